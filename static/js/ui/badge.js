/** The connection badge: always visible, always true. */

import { element } from "../lib/dom.js";
import { TICK_MS } from "../live/page_clock.js";
import { describe, detailsOf } from "../live/status.js";

export class Badge {
  #node;
  #announce;
  #onStatus;
  #loginURL;
  #clock;
  #openedAt;
  /** @type {Live.Status} */
  #connection = { state: "connecting", since: null };
  #steady = "";

  /**
   * *clock*: a PageClock; *announce*(text): for those who hear the page; the seconds that count down are not for them;
   * *onStatus*(status) when that has changed: live, reconnecting, offline, signed-out.
   */
  constructor(node, { clock, announce, loginURL, onStatus = (_status) => {} }) {
    this.#node = node;
    this.#clock = clock;
    this.#openedAt = clock.now();
    this.#announce = announce;
    this.#onStatus = onStatus;
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
    const now = this.#clock.now();
    const dateOf = (/** @type {number} */ moment) => this.#clock.dateOf(moment);
    const { status, text, steady } = describe(this.#connection, this.#openedAt, now, dateOf);
    this.#node.title = detailsOf(this.#connection, now);
    if (this.#node.textContent !== text || this.#node.dataset.status !== status) {
      const isNew = document.body.dataset.connection !== status;
      this.#node.dataset.status = document.body.dataset.connection = status;
      this.#node.replaceChildren(status === "signed-out" ? element("a", { href: this.#loginURL }, text) : text);
      if (isNew) this.#onStatus(status);
    }
    if (steady !== this.#steady) {
      this.#steady = steady;
      this.#announce(`Connection: ${steady}`);
    }
  }
}
