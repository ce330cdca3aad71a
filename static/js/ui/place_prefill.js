/** Fills in the place in words, and what follows from it, where the person has typed nothing. */

import { askJSON } from "../lib/ask.js";
import { Latest } from "../lib/latest.js";

export const FIELDS = ["place", "name", "description"];

/** @param {string} name */
export const fieldOf = (name) => /** @type {HTMLInputElement | null} */ (document.getElementById(`id_${name}`));

export class PlacePrefill {
  #latest;
  #onPlace;
  #fields;
  #filled; // field -> what was put there
  #following;
  #settled = Promise.resolve();
  #settle = () => {};

  /**
   * *url* answers ?latitude=&longitude= with {place, name, description}; *onPlace*(the place in words); *filled*: what
   * was put there when the page was open before, by field; *fields*: which to fill in; *following*: what is stored in
   * those that the server itself lets follow the place, if they are sent so.
   */
  constructor(url, onPlace = () => {}, filled = {}, fields = FIELDS, following = {}) {
    this.#following = following;
    this.#fields = fields;
    this.#onPlace = onPlace;
    this.#filled = new Map(Object.entries(filled));
    this.#latest = new Latest({
      ask: (question, signal) => askJSON(`${url}?${new URLSearchParams(question)}`, { signal }),
      onAnswer: (answer) => {
        this.#take(answer);
        this.#settle();
      },
      onFailure: () => this.#settle(), // a convenience: the fields are typed
    });
    for (const name of fields) {
      const field = fieldOf(name);
      // Whoever taps the field to say it better types over what was filled in; a second tap sets the cursor.
      let tapped = false;
      field?.addEventListener("blur", () => {
        tapped = false;
      });
      field?.addEventListener("click", () => {
        if (!tapped && field.value && field.value === this.#filled.get(name)) field.select();
        tapped = true;
      });
    }
  }

  at({ latitude, longitude }) {
    this.#settle();
    this.#settled = new Promise((resolve) => {
      this.#settle = () => resolve();
    });
    // Sent before the answer has come, the form must not name the place where the pin was.
    for (const name of this.#fields) this.#fill(name, this.#following[name] ?? "");
    this.#latest.put({ latitude, longitude });
  }

  /** Resolves when the words for the place that was given last have come, or will not come. */
  get settled() {
    return this.#settled;
  }

  /** What was filled in, by field; of a field that was typed over it is not what stands there. */
  get filled() {
    return Object.fromEntries(this.#filled);
  }

  /** Fill in nothing more for the place that was given last: the form is being sent as it is. */
  cancel() {
    this.#latest.cancel();
    this.#settle();
  }

  #take(answer) {
    for (const name of this.#fields) this.#fill(name, answer[name] ?? "");
    this.#onPlace(answer.place ?? "");
  }

  #fill(name, text) {
    const field = fieldOf(name);
    if (!field || (field.value.trim() && field.value !== this.#filled.get(name))) return;
    field.value = text;
    this.#filled.set(name, text);
    if (document.activeElement === field) field.select(); // who is about to type types over it
  }
}
