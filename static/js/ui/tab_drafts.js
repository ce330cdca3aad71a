/** The drafts of this browser tab, and whose page this is (templates/_drafts.html). */

import { Drafts } from "../lib/drafts.js";

const about = /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=drafts]"));

/** Who is signed in on this page; empty: nobody. */
export const owner = about.content;

/** Whether this page answers a form, and shows it as it was sent. */
export const isAnswer = "answered" in about.dataset;

export const drafts = new Drafts(tabStorage());

/** Whether somebody came here by going back. */
export function cameBack() {
  const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  return navigation?.type === "back_forward";
}

function tabStorage() {
  try {
    return window.sessionStorage;
  } catch {
    return null; // forbidden: nothing is kept
  }
}
