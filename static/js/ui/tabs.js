/**
 * Tabs (WAI-ARIA Authoring Practices): one stop of the Tab key; the arrow keys, Home and End choose. Each tab names its
 * panel in aria-controls, and itself in data-tab.
 */

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

export class Tabs {
  #tabs;

  /** *list* has the tabs; *onChange*(name) after somebody has chosen another. */
  constructor(list, { onChange }) {
    this.#tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=tab]")]);
    list.addEventListener("click", ({ target }) => {
      const tab = target.closest("[role=tab]");
      if (tab && this.show(tab.dataset.tab)) onChange(this.shown);
    });
    list.addEventListener("keydown", (event) => {
      const next = this.#byKey(event);
      if (!next) return;
      event.preventDefault();
      this.show(next.dataset.tab);
      next.focus();
      onChange(this.shown);
    });
  }

  get shown() {
    return this.#chosen.dataset.tab;
  }

  /** Whether it is another one than before. */
  show(name) {
    const isOther = name !== this.shown;
    for (const tab of this.#tabs) {
      const isChosen = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
    }
    return isOther;
  }

  get #chosen() {
    return this.#tabs.find((tab) => tab.getAttribute("aria-selected") === "true");
  }

  #byKey({ key, altKey, ctrlKey, metaKey }) {
    if (altKey || ctrlKey || metaKey) return null; // Alt and an arrow is the browser's “back”
    if (key === "Home") return this.#tabs[0];
    if (key === "End") return this.#tabs[this.#tabs.length - 1];
    if (!Object.hasOwn(STEPS, key)) return null;
    const at = this.#tabs.indexOf(this.#chosen) + STEPS[key];
    return this.#tabs[(at + this.#tabs.length) % this.#tabs.length];
  }
}
