/**
 * Keeps the page's state equal to the server's: loads a snapshot, follows the socket from there, and loads again when
 * messages alone cannot bring it up to date. No DOM.
 */

import { delayMs } from "./backoff.js";
import { apply, fromSnapshot, initialState } from "./store.js";

const RENDER_EVERY_MS = 100; // in a flood; a single message is rendered at once

export class Feed {
  #fetchCollections;
  #connect;
  #timers;
  #random;
  #onState;
  #onStatus;

  #connection = null;
  #state = initialState();
  #renderedSeq = 0;
  #renderedAt = -Infinity;
  #queue = []; // came, not rendered yet
  #render = null; // the timer that will render them
  #retry = null;
  #loading = false;
  #held = []; // came since the load began: they may be newer than what it brings

  /**
   * @param fetchCollections  async () => {incidents, areas, alerts}; an error with `why` means: do not ask again
   * @param connect           ({position, onMessages, onStatus}) => Connection
   * @param timers            {setTimeout, clearTimeout, now}
   * @param random            () => number in [0, 1)
   * @param onState           (state, {first}) => void; first: the page has shown nothing before
   * @param onStatus          (status) => void, as Connection reports it
   */
  constructor({ fetchCollections, connect, timers, random, onState, onStatus }) {
    this.#fetchCollections = fetchCollections;
    this.#connect = connect;
    this.#timers = timers;
    this.#random = random;
    this.#onState = onState;
    this.#onStatus = onStatus;
  }

  start() {
    this.#onStatus({ state: "connecting", since: null });
    this.#load();
  }

  retryNow() {
    this.#connection?.retryNow();
    if (this.#retry) this.#attemptLoad();
  }

  close() {
    this.#connection?.close();
    this.#timers.clearTimeout(this.#render);
    this.#timers.clearTimeout(this.#retry);
    this.#render = this.#retry = null;
  }

  // --- the snapshot ---

  #load() {
    this.#loading = true;
    this.#held = [];
    this.#attemptLoad();
  }

  async #attemptLoad(attempt = 0) {
    this.#timers.clearTimeout(this.#retry);
    this.#retry = null;
    let snapshot;
    try {
      snapshot = fromSnapshot(await this.#fetchCollections());
    } catch (error) {
      if (error.why) this.#refused(error.why);
      else this.#planLoad(attempt + 1, delayMs(attempt, this.#random));
      return;
    }
    this.#take(snapshot);
  }

  #planLoad(attempt, wait) {
    this.#retry = this.#timers.setTimeout(() => this.#attemptLoad(attempt), wait);
    if (!this.#connection) this.#onStatus({ state: "waiting", since: null, nextTry: this.#timers.now() + wait });
  }

  #refused(why) {
    if (this.#connection) this.#connection.end(why);
    else this.#onStatus({ state: "ended", since: null, why });
  }

  #take(snapshot) {
    const first = this.#connection === null;
    this.#loading = false;
    // A reset asks for a snapshot that is at least as new as itself; this one may be.
    const held = this.#held.filter((message) => message.type !== "reset" || message.seq > snapshot.seq);
    this.#held = [];
    this.#queue = []; // they are in held, too
    this.#show(apply(snapshot, held), first);
    if (first) {
      this.#connection = this.#connect({
        position: () => ({ seq: this.#renderedSeq, log: this.#state.log }),
        onMessages: (messages) => this.#receive(messages),
        onStatus: this.#onStatus,
      });
      this.#connection.open();
    }
  }

  // --- the stream ---

  #receive(messages) {
    this.#queue.push(...messages);
    if (this.#loading) this.#hold(messages);
    // Not a frame of an animation: a hidden page gets none, and would fall behind.
    if (this.#timers.now() - this.#renderedAt >= RENDER_EVERY_MS) this.#flush();
    else this.#render ??= this.#timers.setTimeout(() => this.#flush(), RENDER_EVERY_MS);
  }

  #hold(messages) {
    const newLog = messages.some((message) => message.type === "hello" && message.log !== this.#state.log);
    if (newLog) this.#held = []; // the numbers of another log mean nothing in this one
    this.#held.push(...messages);
  }

  #flush() {
    this.#timers.clearTimeout(this.#render);
    this.#render = null;
    const messages = this.#queue;
    this.#queue = [];
    this.#show(apply(this.#state, messages), false);
  }

  #show(state, first) {
    const drawn = this.#state;
    this.#state = state;
    const same = ["incidents", "areas", "alerts"].every((collection) => state[collection] === drawn[collection]);
    if (first || !same) this.#onState(state, { first });
    this.#renderedSeq = state.seq;
    this.#renderedAt = this.#timers.now();
    if (state.needsReload && !this.#loading) this.#load();
  }
}
