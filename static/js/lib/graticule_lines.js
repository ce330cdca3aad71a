/** Which meridians and parallels are drawn. Pure. */

const TILE_PX = 256;
const APART_PX = 110; // at least
const STEPS = [45, 30, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005];

/**
 * How many degrees lines are apart at this zoom.
 * @param {number} zoom
 */
export function stepAt(zoom) {
  const least = (APART_PX * 360) / (TILE_PX * 2 ** zoom);
  return STEPS.reduce((best, step) => (step >= least ? step : best), STEPS[0]);
}

/**
 * The multiples of *step* from *start* to *end*, rounded to what is written.
 * @param {number} start
 * @param {number} end
 * @param {number} step
 */
export function multiples(start, end, step) {
  const found = [];
  for (let n = Math.ceil(start / step); n * step <= end; n += 1) found.push(Number((n * step).toFixed(4)));
  return found;
}
