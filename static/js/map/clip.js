/** Cutting rings to a box, so that a canvas never gets coordinates beyond what it can draw exactly. Pure. */

/**
 * The part of a ring (flat x, y, ...) inside {west, east, north, south}, as one ring; empty if there is none.
 * (I. Sutherland, G. Hodgman, "Reentrant Polygon Clipping", 1974.)
 */
export function clipRing(ring, { west, east, north, south }) {
  let points = ring;
  points = clipSide(points, 0, west, 1);
  points = clipSide(points, 0, east, -1);
  points = clipSide(points, 1, north, 1);
  return clipSide(points, 1, south, -1);
}

/** Keep what lies on one side of a limit; *axis* 0 is x, 1 is y; *side* 1 keeps what is greater, -1 what is less. */
function clipSide(points, axis, limit, side) {
  const kept = [];
  const count = points.length;
  for (let i = 0; i < count; i += 2) {
    const before = (i - 2 + count) % count;
    const here = (points[i + axis] - limit) * side;
    const there = (points[before + axis] - limit) * side;
    if (here < 0 !== there < 0) {
      const part = there / (there - here);
      kept.push(
        points[before] + part * (points[i] - points[before]),
        points[before + 1] + part * (points[i + 1] - points[before + 1]),
      );
    }
    if (here >= 0) kept.push(points[i], points[i + 1]);
  }
  return kept;
}
