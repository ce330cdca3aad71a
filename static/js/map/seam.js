/**
 * Shapes across the antimeridian are stored in parts that are cut there. Drawn beside each other they are joined again,
 * so that no line runs where nobody has drawn one. Pure; polygons are lists of rings of [longitude, latitude].
 */

/** These polygons; those that meet at the antimeridian as one list of rings, to be filled by the even-odd rule. */
export function joined(polygons) {
  const seams = polygons.map(seamOf);
  const meeting = [...new Set(seams)].find((seam) => seam !== null && seams.filter((each) => each === seam).length > 1);
  if (meeting === undefined) return polygons;
  const rings = polygons.filter((_, n) => seams[n] === meeting).flat();
  return [...polygons.filter((_, n) => seams[n] !== meeting), withoutSeam(rings, meeting)];
}

/** The meridian of 180 degrees, or a turn from it, on which an edge of the polygon lies; null: none. */
function seamOf([shell]) {
  for (let i = 1; i < shell.length; i += 1) {
    const [longitude] = shell[i];
    if (longitude === shell[i - 1][0] && Math.abs(longitude % 360) === 180) return longitude;
  }
  return null;
}

/** The rings without the edges that run along the seam both ways, and what is left of them put together. */
function withoutSeam(rings, seam) {
  const edges = rings.flatMap((ring) => ring.slice(1).map((end, n) => [ring[n], end]));
  const key = ([a, b]) => `${a} ${b}`;
  const there = new Set(edges.map(key));
  const isInner = ([a, b]) => a[0] === seam && b[0] === seam && there.has(key([b, a]));
  const left = edges.filter((edge) => !isInner(edge));
  if (left.length === edges.length) return rings; // they touch in other points: leave them as they are
  const starts = new Map(); // edges by where they start
  for (const edge of left) starts.set(String(edge[0]), [...(starts.get(String(edge[0])) ?? []), edge]);
  const found = [];
  for (const first of left) {
    if (!starts.get(String(first[0]))?.includes(first)) continue; // it is in a ring already
    const ring = [first[0]];
    let edge = first;
    while (edge) {
      const waiting = starts.get(String(edge[0]));
      waiting.splice(waiting.indexOf(edge), 1);
      ring.push(edge[1]);
      edge = starts.get(String(edge[1]))?.[0];
    }
    found.push(ring);
  }
  return found;
}
