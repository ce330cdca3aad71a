/** The connection badge: always visible, always true. */

import { element } from "../lib/dom.js";
import { describe, detailsOf } from "../live/status.js";

const TICK_MS = 1000;

export class Badge {
  #node;
  #announce;
  #loginURL;
  #openedAt = Date.now();
  /** @type {Live.Status} */
  #connection = { state: "connecting", since: null };
  #steady = "";

  /** *announce*(text): for those who hear the page; the seconds that count down are not for them. */
  constructor(node, { announce, loginURL }) {
    this.#node = node;
    this.#announce = announce;
    this.#loginURL = loginURL;
    window.setInterval(() => this.#draw(), TICK_MS);
  }

  /** A status as Connection reports it. */
  show(connection) {
    // Only pongs carry the round trip; between them the last one stands.
    const { roundTripMs } = this.#connection;
    this.#connection = connection.state === "live" ? { roundTripMs, ...connection } : connection;
    this.#draw();
  }

  #draw() {
    const now = Date.now();
    const { status, text, steady } = describe(this.#connection, this.#openedAt, now);
    this.#node.title = detailsOf(this.#connection, now);
    if (this.#node.textContent !== text || this.#node.dataset.status !== status) {
      this.#node.dataset.status = document.body.dataset.connection = status;
      this.#node.replaceChildren(status === "signed-out" ? element("a", { href: this.#loginURL }, text) : text);
    }
    if (steady !== this.#steady) {
      this.#steady = steady;
      this.#announce(`Connection: ${steady}`);
    }
  }
}
