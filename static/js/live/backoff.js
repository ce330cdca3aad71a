/**
 * Exponential back-off with full jitter: after a failure everyone waits a different time, so that a server that comes
 * back is not met by all its clients at once. (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture, 2015.)
 */

export const FIRST_MS = 1000;
export const LONGEST_MS = 15_000;

/**
 * Milliseconds to wait before attempt number *attempt* (0 is the first); *random* gives numbers in [0, 1).
 * @param {number} attempt
 * @param {() => number} random
 */
export function delayMs(attempt, random) {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
}
