/**
 * How far things reach, and where most of them are. Pure; boxes {west, east, north, south} in the unit square of
 * world.js, whose west and east edges are one meridian; the east of a box may lie beyond 1.
 */

const NEAR = 20 / 40_075; // of the world's width: about 20 km at the equator; what is within it is one place
const FAR = 4; // times as large with what lies far away than without

/** Where the boxes begin and how far they reach, going east around the Earth from behind the widest gap. */
export function narrowestSpan(boxes) {
  const sorted = boxes.map(({ west, east }) => ({ west, east })).sort((a, b) => a.west - b.west);
  const end = sorted.reduce((most, { east }) => Math.max(most, east), -Infinity);
  let reach = Math.max(sorted[0].east, end - 1); // one may reach around to where the first begins
  let best = { gap: sorted[0].west + 1 - end, west: sorted[0].west };
  for (const { west, east } of sorted.slice(1)) {
    if (west - reach > best.gap) best = { gap: west - reach, west };
    reach = Math.max(reach, east);
  }
  return { west: best.west, span: Math.max(0, 1 - best.gap) };
}

/** One box around these, the short way around the Earth; null of none. */
export function boxAround(boxes) {
  if (!boxes.length) return null;
  const { west, span } = narrowestSpan(boxes);
  let north = Infinity;
  let south = -Infinity;
  for (const box of boxes) {
    north = Math.min(north, box.north);
    south = Math.max(south, box.south);
  }
  return { west, east: west + span, north, south };
}

/**
 * The box around most of these. A few that lie far from all others are left out, if without them it is much smaller;
 * *least* of them are in it. Null of none.
 */
export function mainBox(boxes, least) {
  const whole = boxAround(boxes);
  if (!whole) return null;
  const unrolled = boxes.map((box) => (box.west < whole.west ? moved(box, 1) : box));
  const middle = {
    x: median(unrolled.map(({ west, east }) => (west + east) / 2)),
    y: median(unrolled.map(({ north, south }) => (north + south) / 2)),
  };
  const sorted = unrolled
    .map((box) => ({ box, distance: distanceOf(box, middle) }))
    .sort((a, b) => a.distance - b.distance);
  const grown = []; // the box around the first, the first two, ...
  for (const { box } of sorted) grown.push(grown.length ? union(grown[grown.length - 1], box) : box);
  let count = grown.length;
  for (let n = count - 1; n >= Math.max(1, least); n -= 1) {
    if (Math.max(sizeOf(grown[n - 1]), NEAR) * FAR <= sizeOf(grown[count - 1])) count = n;
  }
  const box = grown[count - 1];
  return moved(box, -Math.floor(box.west));
}

/** The box, larger on each side by *part* of its size. */
export function padded({ west, east, north, south }, part) {
  const by = Math.max(east - west, south - north, NEAR) * part;
  return { west: west - by, east: east + by, north: Math.max(0, north - by), south: Math.min(1, south + by) };
}

const sizeOf = ({ west, east, north, south }) => Math.max(east - west, south - north);

const moved = (box, worlds) => ({ ...box, west: box.west + worlds, east: box.east + worlds });

function median(numbers) {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** Of the corner that is farthest from the middle, along the longer axis. */
function distanceOf({ west, east, north, south }, { x, y }) {
  return Math.max(Math.abs(west - x), Math.abs(east - x), Math.abs(north - y), Math.abs(south - y));
}

function union(a, b) {
  return {
    west: Math.min(a.west, b.west),
    east: Math.max(a.east, b.east),
    north: Math.min(a.north, b.north),
    south: Math.max(a.south, b.south),
  };
}
