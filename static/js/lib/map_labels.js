/** Which part of the world to ask for names, and which names have room beside each other. Pure. */

const LINE_PX = 16;

/**
 * What to ask the server for this view, {bbox, zoom}: west, south, east, north in degrees as text, out to the next edges
 * of map tiles, so that a small move asks the same again and caches can answer. West is greater than east across the
 * antimeridian.
 * @param {{west: number, south: number, east: number, north: number}} view
 * @param {number} zoom
 */
export function askedView({ west, south, east, north }, zoom) {
  const tiles = 2 ** zoom;
  const [left, right] = [Math.floor(column(west, tiles)), Math.floor(column(east, tiles)) + 1];
  const [top, bottom] = [Math.floor(row(north, tiles)), Math.floor(row(south, tiles)) + 1];
  const sides = right - left >= tiles ? [-180, 180] : [turned(left, tiles), turned(right, tiles)];
  const edges = [sides[0], latitude(Math.min(bottom, tiles), tiles), sides[1], latitude(Math.max(top, 0), tiles)];
  return { bbox: edges.map((degrees) => degrees.toFixed(5)).join(","), zoom };
}

/**
 * @param {number} longitude
 * @param {number} tiles
 */
const column = (longitude, tiles) => ((longitude + 180) / 360) * tiles;

/**
 * @param {number} degrees
 * @param {number} tiles
 */
function row(degrees, tiles) {
  const phi = (Math.max(-85, Math.min(85, degrees)) * Math.PI) / 180;
  return ((1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2) * tiles;
}

/**
 * @param {number} index
 * @param {number} tiles
 */
const turned = (index, tiles) => ((((index % tiles) + tiles) % tiles) / tiles) * 360 - 180;

/**
 * @param {number} index
 * @param {number} tiles
 */
const latitude = (index, tiles) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * index) / tiles))) * 180) / Math.PI;

/**
 * The same meridian, within half a turn of *around* (degrees): a map that was moved past the antimeridian goes on.
 * @param {number} around
 * @param {number} longitude
 */
export function nearTo(around, longitude) {
  return longitude + 360 * Math.round((around - longitude) / 360);
}

/** @typedef {{x: number, y: number, halfWidth: number}} Spot  in pixels */

/**
 * Those of these spots that touch neither an earlier one nor one that is *taken*.
 * @template {Spot} Given
 * @param {Given[]} spots
 * @param {Spot[]} taken
 */
export function withRoom(spots, taken = []) {
  /** @type {Given[]} */
  const placed = [];
  for (const spot of spots) {
    if (![...taken, ...placed].some((other) => overlap(spot, other))) placed.push(spot);
  }
  return placed;
}

/**
 * @param {Spot} a
 * @param {Spot} b
 */
export function overlap(a, b) {
  return Math.abs(a.x - b.x) < a.halfWidth + b.halfWidth && Math.abs(a.y - b.y) < LINE_PX;
}
