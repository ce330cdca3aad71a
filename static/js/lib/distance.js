/** Distances in words. Pure. */

/**
 * `25 m`, `1.2 km`, `3000 km`.
 * @param {number} metres
 */
export function distance(metres) {
  if (metres < 999.5) return `${Math.round(metres)} m`;
  return `${(metres / 1000).toFixed(metres < 99_950 ? 1 : 0)} km`;
}
