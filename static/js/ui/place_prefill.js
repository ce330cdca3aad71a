/** Fills in the place in words, and what follows from it, where the person has typed nothing. */

import { fetchJSON } from "../live/collections.js";

const FIELDS = ["place", "name", "description"];
const WAIT_MS = 300; // typing coordinates or moving the pin: only where it comes to rest counts

export class PlacePrefill {
  #url;
  #filled = new Map(); // field -> what was put there
  #timer = null;
  #asked = 0;

  /** *url* answers ?latitude=&longitude= with {place, name, description}. */
  constructor(url) {
    this.#url = url;
  }

  at({ latitude, longitude }) {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#ask(latitude, longitude), WAIT_MS);
  }

  async #ask(latitude, longitude) {
    const question = ++this.#asked;
    let answer;
    try {
      answer = await fetchJSON(`${this.#url}?${new URLSearchParams({ latitude, longitude })}`, { timeoutMs: 10_000 });
    } catch {
      return; // a convenience: without it the fields are typed
    }
    if (question === this.#asked) FIELDS.forEach((name) => this.#fill(name, answer[name] ?? ""));
  }

  #fill(name, text) {
    const field = document.getElementById(`id_${name}`);
    if (!field || (field.value.trim() && field.value !== this.#filled.get(name))) return;
    field.value = text;
    this.#filled.set(name, text);
  }
}
