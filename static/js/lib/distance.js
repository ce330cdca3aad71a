/** Distances in words. Pure. */

/**
 * `25 m`, `1.2 km`.
 * @param {number} metres
 */
export function distance(metres) {
  return metres < 999.5 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`;
}
