/** Names from outside in sentences: what is written from right to left turns nothing but itself. As tracker/lib/text.py. */

const TURNING = /[\u202a-\u202e\u2066-\u2069]/gu;
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}\u202a-\u202e\u2066-\u2069]/u;

/**
 * The text, between a first strong isolate and its end if it is needed.
 * @param {string} text
 */
export function isolated(text) {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text.replace(TURNING, "")}\u2069` : text;
}
