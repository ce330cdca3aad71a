/**
 * The filters of a list act as they are changed: the parts of the page that depend on them are replaced by those of the
 * page that the form asks for. Without scripts, and where that fails, the form has a button.
 */

import { Latest } from "../lib/latest.js";

const ACTING = "acts-at-once";
const NOT_LOADED = "The list could not be loaded. Choose Show to try again.";

export class ListFilters {
  #form;
  #parts;
  #said;
  #problem;
  #onShown;
  #latest;

  /**
   * @param {HTMLFormElement} form
   * @param {object} options
   * @param {string[]} options.parts  the ids of what is replaced
   * @param {HTMLElement} options.said  a live region
   * @param {HTMLElement} options.problem
   * @param {() => void} options.onShown  other rows are on the page
   */
  constructor(form, { parts, said, problem, onShown }) {
    this.#form = form;
    this.#parts = parts;
    this.#said = said;
    this.#problem = problem;
    this.#onShown = onShown;
    this.#latest = new Latest({
      ask: fetchPage,
      onAnswer: (answer, address) => this.#show(answer, address),
      onFailure: () => this.#fail(),
    });
    form.classList.add(ACTING);
    form.addEventListener("input", () => this.#latest.put(this.#address()));
    form.addEventListener("submit", (event) => {
      if (!form.classList.contains(ACTING)) return;
      event.preventDefault();
      this.#latest.put(this.#address());
    });
  }

  /** The page that the form asks for; what is empty is left out. */
  #address() {
    const fields = /** @type {[string, string][]} */ ([...new FormData(this.#form)]);
    const asked = new URLSearchParams(fields.filter(([, value]) => value !== ""));
    return `${window.location.pathname}?${asked}`;
  }

  #show({ page, isElsewhere }, address) {
    const found = this.#parts.map((id) => page.getElementById(id));
    if (isElsewhere || found.includes(null)) {
      window.location.assign(address); // signed out: whoever signs in comes back to it
      return;
    }
    this.#problem.textContent = "";
    this.#form.classList.add(ACTING);
    for (const part of found) {
      document.getElementById(part.id).replaceChildren(...[...part.childNodes].map((node) => document.adoptNode(node)));
    }
    window.history.replaceState(window.history.state, "", address);
    this.#onShown();
    this.#said.textContent = (document.querySelector(".hits, .list-rows .empty")?.textContent ?? "").trim();
  }

  #fail() {
    this.#form.classList.remove(ACTING);
    this.#problem.textContent = NOT_LOADED;
  }
}

/**
 * @param {string} address
 * @param {AbortSignal} signal
 */
async function fetchPage(address, signal) {
  const response = await fetch(address, { signal, cache: "no-store", headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return { page, isElsewhere: new URL(response.url).pathname !== window.location.pathname };
}
