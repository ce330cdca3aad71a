/** What keeps a page live, the map and any other: its feed over one socket, its sign-in, and what wakes both. */

import { askJSON } from "../lib/ask.js";
import { csrfToken } from "../lib/dom.js";
import { askWhyRefused } from "../live/collections.js";
import { Connection } from "../live/connection.js";
import { Feed } from "../live/feed.js";
import { PageClock, TICK_MS } from "../live/page_clock.js";
import { WatchSession } from "../live/session.js";
import { PageNotes } from "./page_notes.js";

export class LiveChannel {
  clock = new PageClock({ onWake: () => this.#wake() });
  #feed;
  #session;
  #notes;
  #connection = null;

  /**
   * @param {any} config  of the page (tracker/web/live_config.py)
   * @param {object} options
   * @param {"other" | null} [options.page]  "other": this page is not the live map, and is said apart
   * @param {string} options.asked  the address that says why a handshake may have been refused
   * @param {() => Promise<Wire.Collections>} options.fetchCollections
   * @param {(text: string) => void} options.announce
   * @param {(messages: Wire.FromServer[]) => void} [options.onMessages]  before the state has them
   * @param {(state: Live.State, what: {first: boolean}) => void} options.onState
   * @param {(status: Live.Status) => void} options.onStatus
   */
  constructor(config, { page = null, asked, fetchCollections, announce, onMessages = () => {}, onState, onStatus }) {
    const { clock } = this;
    const common = {
      timers: {
        setTimeout: (action, ms) => window.setTimeout(action, ms),
        clearTimeout: (/** @type {number} */ timer) => window.clearTimeout(timer),
        now: () => clock.now(),
      },
      random: Math.random,
    };
    const socket = new URL(config.socket, window.location.href);
    socket.protocol = socket.protocol.replace("http", "ws");
    this.#notes = new PageNotes(clock, config, announce);
    this.#session = new WatchSession({
      ask: () => askJSON(config.session, { fields: [], token: csrfToken(), signal: AbortSignal.timeout(10_000) }),
      clock,
      onEnd: (end) => this.#notes.showEnd(end),
      ...common,
    });
    this.#feed = new Feed({
      fetchCollections,
      connect: (callbacks) => {
        this.#connection = new Connection({
          address: socket.href,
          WebSocket: window.WebSocket,
          page,
          probe: () => askWhyRefused(asked, { origins: config.origins, origin: window.location.origin }),
          ...common,
          ...callbacks,
          onMessages: (messages) => {
            onMessages(messages);
            callbacks.onMessages(messages);
          },
        });
        return this.#connection;
      },
      onState,
      onStatus: (status) => {
        onStatus(status);
        this.#notes.followStatus(status);
        if (status.state === "ended") this.#session.stop();
      },
      ...common,
    });
  }

  /** *firstLookMs*: after so long the sign-in is prolonged, who only passes by needs no longer one. */
  start(firstLookMs = 0) {
    window.setInterval(() => {
      this.clock.tick();
      this.#notes.tick();
    }, TICK_MS);
    window.addEventListener("online", () => this.#feed.retryNow());
    window.addEventListener("pageshow", () => this.#feed.retryNow());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#feed.retryNow();
    });
    this.#feed.start();
    if (firstLookMs) window.setTimeout(() => this.#session.look(), firstLookMs);
    else this.#session.look();
  }

  /** What is known has a hole that messages do not fill. */
  reload() {
    this.#feed.reload();
  }

  /** Say something to the server; whether there is a live socket to say it through. */
  say(message) {
    return this.#connection?.say(message) ?? false;
  }

  /** After a sleep. */
  #wake() {
    this.#feed.retryNow();
    this.#session.look(); // it may be over, and the server knows what time it is
  }
}
