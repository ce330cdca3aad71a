/** What entries of the panel are made of. */

import { element } from "../lib/dom.js";

/** The name, cut where there is no room; the severity, which the icon shows, in words for who does not see it. */
export function severityName(severity, name) {
  const word = element("span", { class: "visually-hidden" }, `${severity}: `);
  return element("span", { class: "entry-name" }, word, name);
}

/** `Harbour +2 · 4 min · more`: of the words as much as there is room for, of the age all. */
export function noteLine(where, age, more = "") {
  const words = (text) => element("span", { class: "entry-words" }, text);
  return element(
    "span",
    { class: "entry-note" },
    ...(where ? [words(where)] : []),
    element("span", { class: "entry-age" }, where ? " · " : "", age),
    ...(more ? [words(` · ${more}`)] : []),
  );
}

export const dot = () => element("span", { "aria-hidden": "true" }, "·");
