/** Keeps “4 min ago” true while a page is open, by the server's clock, and says on paper when it was printed. */

import { ago, isoLocal } from "../lib/time.js";
import { PageClock } from "../live/page_clock.js";

const LOOK_MS = 15_000;

const clock = new PageClock();
/** @type {HTMLElement | null} */
const told = document.querySelector("[data-now]");
if (told) clock.heard(Number(told.dataset.now) * 1000, clock.now());

/** The time at the server. */
export function serverTime() {
  return new Date(clock.serverNow());
}

/** Write all ages of the page anew, also those that a script has just put there. */
export function showTimes() {
  const now = serverTime();
  for (const node of /** @type {NodeListOf<HTMLTimeElement>} */ (document.querySelectorAll("time.ago[datetime]"))) {
    const words = ago(new Date(node.dateTime), now);
    if (node.textContent !== words) node.textContent = words;
  }
  for (const node of document.querySelectorAll("[data-print-time]")) node.textContent = isoLocal(now);
}

window.setInterval(showTimes, LOOK_MS);
window.addEventListener("beforeprint", showTimes);
window.addEventListener("pageshow", showTimes);
document.addEventListener("visibilitychange", () => document.hidden || showTimes());
