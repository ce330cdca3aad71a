/** Who is on watch, by name, in the header. Not announced: it changes too often to be heard. */

import { element } from "../lib/dom.js";
import { presenceWords } from "../live/presence.js";

export class PresenceLine {
  #node;
  #presence = null;
  #isLive = false;
  #drawn = "";

  /** *node*: a <details> (templates/tracker/_watch_header.html). */
  constructor(node) {
    this.#node = node;
  }

  /** *presence*: {people, consoles, who}, or null. */
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
    const words = presenceWords(this.#presence, this.#isLive);
    const drawn = JSON.stringify(words);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#node.hidden = !words;
    if (!words) {
      this.#node.open = false;
      return;
    }
    const [count, rest] = this.#node.querySelectorAll("summary > span");
    count.textContent = words.count;
    rest.textContent = words.rest;
    const lines = words.lines.map(({ name, where }) =>
      element("li", {}, element("bdi", {}, name), " ", element("small", {}, where)),
    );
    if (words.more) lines.push(element("li", {}, words.more));
    this.#node.querySelector("ul").replaceChildren(...lines);
    this.#node.querySelector("p").textContent = words.maps;
  }
}
