/** The bell in the header: how many alerts wait, and whether they are heard. */

const COUNTED = 999; // of more only that there are

export class Bell {
  #node;
  #count;

  /** *node*: the link, or null for who may not see alerts. */
  constructor(node) {
    this.#node = node;
    this.#count = node?.querySelector(".bell-count");
  }

  /** So many wait; *more*: than that. */
  show(waiting, more = false) {
    if (!this.#node) return;
    const isMany = more || waiting > COUNTED;
    const words = isMany ? `${COUNTED}+` : String(waiting);
    const text = waiting ? words : "";
    if (this.#count.textContent !== text) this.#count.textContent = text;
    this.#node.classList.toggle("is-waiting", waiting > 0);
    const label = `Alerts that wait: ${words}`;
    if (this.#node.getAttribute("aria-label") !== label) this.#node.setAttribute("aria-label", label);
  }

  /** *state*: off, on, blocked, missing; *words* for it. */
  showSound(state, words) {
    if (!this.#node) return;
    this.#node.dataset.sound = state;
    this.#node.title = `Sound: ${words}`;
  }
}
