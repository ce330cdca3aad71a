/**
 * A text field with a list of suggestions under it (WAI-ARIA Authoring Practices, "Editable Combobox With List
 * Autocomplete"): arrows move in the list, Enter takes, Escape closes it, and then empties the field.
 */

import { element } from "../lib/dom.js";

export class Combobox {
  #input;
  #list;
  #onType;
  #onChoose;
  #onEnter;
  #options = []; // {label, note, value}
  #active = -1;

  /**
   * *onType*(text) when the text has changed; *onChoose*(value, label) when a suggestion is taken; *onEnter*() when
   * somebody wants one, and there is none to take.
   */
  constructor(input, list, { onType, onChoose, onEnter = () => {} }) {
    this.#input = input;
    this.#list = list;
    this.#onType = onType;
    this.#onChoose = onChoose;
    this.#onEnter = onEnter;
    input.addEventListener("input", () => {
      this.show([]); // what was suggested was for another text
      onType(input.value);
    });
    input.addEventListener("keydown", (event) => this.#pressed(event));
    input.addEventListener("blur", () => this.close());
    input.addEventListener("focus", () => this.#open(this.#options.length > 0));
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#take(Number(option.dataset.number));
    });
  }

  /** Show these suggestions, each {label, note, value}; none closes the list. */
  show(options) {
    this.#options = options;
    this.#list.replaceChildren(
      ...options.map(({ label, note }, number) =>
        element(
          "li",
          { role: "option", id: `${this.#list.id}-${number}`, "data-number": number, "aria-selected": "false" },
          element("span", { class: "combobox-label" }, label),
          note ? element("span", { class: "combobox-note" }, note) : "",
        ),
      ),
    );
    this.#activate(-1);
    this.#open(options.length > 0 && document.activeElement === this.#input);
  }

  /** As if the first suggestion had been chosen. */
  takeFirst() {
    if (this.#options.length) this.#take(0);
  }

  close() {
    this.#activate(-1);
    this.#open(false);
  }

  get #isOpen() {
    return !this.#list.hidden;
  }

  #open(open) {
    this.#list.hidden = !open;
    this.#input.setAttribute("aria-expanded", String(open));
  }

  #pressed(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const count = this.#options.length;
    if (event.key === "Enter") {
      if (count && this.#isOpen) this.#take(Math.max(this.#active, 0));
      else this.#onEnter();
    } else if (event.key === "Escape") {
      if (this.#isOpen) this.close();
      else if (this.#input.value) this.#empty();
      else return;
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = this.#active < 0 && step < 0 ? 0 : this.#active;
      this.#open(true);
      this.#activate((from + step + count) % count);
    } else {
      return;
    }
    event.preventDefault(); // Enter sends no form from here
  }

  #activate(number) {
    this.#list.children[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = number;
    const option = this.#list.children[number];
    if (!option) {
      this.#input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", option.id);
  }

  #take(number) {
    const { label, value } = this.#options[number];
    this.#input.value = label;
    this.#options = [];
    this.close();
    this.#onChoose(value, label);
  }

  #empty() {
    this.#input.value = "";
    this.#onType("");
  }
}
