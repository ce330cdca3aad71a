/** How long ago something was, as short as a card has room for; the full time is in its title. */

import { element } from "./dom.js";
import { isoLocal } from "./time.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * `now`, `4 min`, `3 h`, `2 d`; what is to come, by a clock that is wrong, is now.
 * @param {number} passed_ms
 */
export function ageText(passed_ms) {
  if (passed_ms < MINUTE_MS) return "now";
  if (passed_ms < HOUR_MS) return `${Math.floor(passed_ms / MINUTE_MS)} min`;
  if (passed_ms < 2 * DAY_MS) return `${Math.floor(passed_ms / HOUR_MS)} h`;
  return `${Math.floor(passed_ms / DAY_MS)} d`;
}

/**
 * The age of a moment that the server has written.
 * @param {string} iso
 * @param {number} now  in ms
 */
export function ageElement(iso, now) {
  const then = new Date(iso);
  return element("time", { class: "age", datetime: iso, title: isoLocal(then) }, ageText(now - then.getTime()));
}

/**
 * Write the ages inside *root* anew.
 * @param {ParentNode} root
 * @param {number} now  in ms
 */
export function renewAges(root, now) {
  for (const node of /** @type {NodeListOf<HTMLTimeElement>} */ (root.querySelectorAll("time.age"))) {
    const text = ageText(now - Date.parse(node.dateTime));
    if (node.textContent !== text) node.textContent = text;
  }
}
