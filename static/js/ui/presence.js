/** Who is on watch, beside the connection badge. Not announced: it changes too often to be heard. */

import { presenceText } from "../live/presence.js";

export class PresenceLine {
  #node;
  #presence = null;
  #isLive = false;

  constructor(node) {
    this.#node = node;
  }

  /** *presence*: {people, consoles}, or null. */
  show(presence) {
    this.#presence = presence;
    this.#draw();
  }

  /** A status as Connection reports it. */
  follow({ state }) {
    this.#isLive = state === "live";
    this.#draw();
  }

  #draw() {
    const text = presenceText(this.#presence, this.#isLive);
    if (this.#node.textContent !== text) this.#node.textContent = text;
  }
}
