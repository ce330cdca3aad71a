/** What entries of the panel are made of. */

import { element } from "../lib/dom.js";

/** The name, cut where there is no room; the severity, which the icon shows, in words for who does not see it. */
export function severityName(severity, name) {
  const word = element("span", { class: "visually-hidden" }, `${severity}: `);
  return element("span", { class: "entry-name" }, word, name);
}

export const dot = () => element("span", { "aria-hidden": "true" }, "·");
