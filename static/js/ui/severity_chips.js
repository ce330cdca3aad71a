/** The severities of the panel's toolbar: how many incidents of each are open, and from which on the panel lists them. */

import { element } from "../lib/dom.js";
import { LEAST } from "../live/filters.js";

const MOST = 999; // more has no room

export class SeverityChips {
  #chips;

  /** *node* has a button for each severity, the worst first, with data-least; *onChoose*(code): "" is all. */
  constructor(node, { onChoose }) {
    this.#chips = /** @type {HTMLElement[]} */ ([...node.querySelectorAll("[data-least]")]);
    for (const chip of this.#chips) {
      const { least, name } = chip.dataset;
      chip.append(element("span", { class: "visually-hidden" }, ` ${name} open; list ${LEAST[least] ?? "all"}`));
      chip.addEventListener("click", () => {
        const isOn = chip.getAttribute("aria-pressed") === "true";
        onChoose(isOn || !Object.hasOwn(LEAST, chip.dataset.least) ? "" : chip.dataset.least);
      });
    }
  }

  /** *least*: the filter's severity, "" for all. */
  showChosen(least) {
    let isListed = true;
    for (const chip of this.#chips) {
      const isOn = chip.dataset.least === (least || "IN");
      chip.setAttribute("aria-pressed", String(isOn));
      chip.classList.toggle("is-off", !isListed);
      if (isOn) isListed = false;
    }
  }

  /** *counts*: by severity code. */
  showCounts(counts) {
    for (const chip of this.#chips) {
      const count = counts[chip.dataset.least] ?? 0;
      const text = count > MOST ? `${MOST}+` : String(count);
      const node = chip.querySelector(".chip-count");
      if (node.textContent === text) continue;
      node.textContent = text;
      chip.title = `${count} ${chip.dataset.name} open; list ${LEAST[chip.dataset.least] ?? "all"}`;
    }
  }
}
