/**
 * Keeps the page's state equal to the server's: loads a snapshot, follows the socket from there, and loads again when
 * messages alone cannot bring it up to date. No DOM.
 */

import { delayMs } from "./backoff.js";
import { apply, fromSnapshot, initialState } from "./store.js";

export const HELD_AT_MOST = 20_000;
const SHOWN = /** @type {const} */ (["incidents", "areas", "alerts", "presence"]); // of a state
const RENDER_EVERY_MS = 100; // in a flood; a single message is rendered at once
/** @type {Wire.Reset} */
const DROPPED = { type: "reset", seq: Infinity, why: "" }; // for what was held: a snapshot under way may lack it, so load another

/**
 * @typedef {{open(): void, end(why: string): void, retryNow(): void}} Link
 * @typedef {{
 *   position: () => {seq: number, log: string},
 *   onMessages: (messages: Wire.FromServer[]) => void,
 *   onStatus: (status: Live.Status) => void,
 * }} Callbacks
 */

export class Feed {
  #fetchCollections;
  #connect;
  #timers;
  #random;
  #onState;
  #onStatus;

  /** @type {Link | null} */
  #connection = null;
  /** @type {Live.Status} */
  #link = { state: "connecting", since: null }; // the connection's last status
  /** @type {Live.Status | null} */
  #failing = null; // a load has failed, and none has brought all of it since: the status that says so
  #state = initialState();
  #renderedSeq = 0;
  #renderedAt = -Infinity;
  /** @type {Wire.FromServer[]} */
  #queue = []; // came, not rendered yet
  /** @type {unknown} */
  #render = null; // the timer that will render them
  /** @type {unknown} */
  #retry = null;
  #loading = false;
  /** @type {number | null} */
  #staleSince = null; // since when the load that runs has been needed; null: the page has shown nothing yet
  /** @type {Wire.FromServer[]} */
  #held = []; // came since the load began: they may be newer than what it brings

  /**
   * @param {object} options
   * @param {() => Promise<Wire.Collections>} options.fetchCollections  an error with `why` means: do not ask again
   * @param {(callbacks: Callbacks) => Link} options.connect  makes a Connection
   * @param {Live.Timers} options.timers
   * @param {() => number} options.random  gives numbers in [0, 1)
   * @param {(state: Live.State, how: {first: boolean}) => void} options.onState  first: the page has shown nothing before
   * @param {(status: Live.Status) => void} options.onStatus  as Connection reports it; live only if no reload is
   *     failing, either
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
    this.#report();
    this.#load(null);
  }

  retryNow() {
    this.#connection?.retryNow();
    if (this.#retry) this.#attemptLoad();
  }

  /** What is known has a hole that messages do not fill. */
  reload() {
    if (this.#connection && !this.#loading && !this.#ended) this.#load(this.#timers.now());
  }

  close() {
    this.#end("closed");
    this.#timers.clearTimeout(this.#render);
    this.#render = null;
  }

  // --- how live it is ---

  /**
   * The connection's status.
   * @param {Live.Status} link
   */
  #follow(link) {
    this.#link = link;
    if (this.#ended) this.#stopRetry();
    this.#report();
  }

  #report() {
    const failing = this.#ended ? null : this.#failing;
    const away = this.#connection && this.#link.state !== "live";
    if (failing && away) this.#onStatus({ ...this.#link, since: failing.since });
    else this.#onStatus(failing ?? this.#link);
  }

  /** @param {string} why */
  #end(why) {
    if (this.#connection) this.#connection.end(why);
    else this.#follow({ state: "ended", since: null, why });
  }

  get #ended() {
    return this.#link.state === "ended";
  }

  // --- the snapshot ---

  /** @param {number | null} staleSince */
  #load(staleSince) {
    this.#loading = true;
    this.#staleSince = staleSince;
    this.#held = [];
    this.#attemptLoad();
  }

  async #attemptLoad(attempt = 0) {
    this.#stopRetry();
    if (this.#failing) this.#fails({ state: "connecting" });
    let snapshot;
    try {
      snapshot = fromSnapshot(await this.#fetchCollections());
    } catch (error) {
      if (this.#ended) return;
      const { why } = /** @type {{why?: string}} */ (error);
      if (why) this.#end(why);
      else this.#planLoad(attempt + 1, delayMs(attempt, this.#random));
      return;
    }
    if (!this.#ended) this.#take(snapshot);
  }

  /**
   * @param {number} attempt
   * @param {number} wait  in ms
   */
  #planLoad(attempt, wait) {
    this.#retry = this.#timers.setTimeout(() => this.#attemptLoad(attempt), wait);
    this.#fails({ state: "waiting", nextTry: this.#timers.now() + wait });
  }

  /** @param {Omit<Live.Status, "since">} status */
  #fails(status) {
    this.#failing = { ...status, since: this.#staleSince };
    this.#report();
  }

  #stopRetry() {
    this.#timers.clearTimeout(this.#retry);
    this.#retry = null;
  }

  /** @param {Live.State} snapshot */
  #take(snapshot) {
    const first = this.#connection === null;
    this.#loading = false;
    // A reset asks for a snapshot that is at least as new as itself; this one may be.
    const held = this.#held.filter((message) => message.type !== "reset" || message.seq > snapshot.seq);
    this.#held = [];
    this.#queue = []; // they are in held, too
    this.#show(apply(snapshot, held), first, this.#staleSince);
    if (this.#failing && !this.#loading) {
      this.#failing = null;
      this.#report();
    }
    if (first) {
      this.#connection = this.#connect({
        position: () => ({ seq: this.#renderedSeq, log: this.#state.log }),
        onMessages: (messages) => this.#receive(messages),
        onStatus: (status) => this.#follow(status),
      });
      this.#connection.open();
    }
  }

  // --- the stream ---

  /** @param {Wire.FromServer[]} messages */
  #receive(messages) {
    this.#queue.push(...messages);
    if (this.#loading) this.#hold(messages);
    // Not a frame of an animation: a hidden page gets none, and would fall behind.
    if (this.#timers.now() - this.#renderedAt >= RENDER_EVERY_MS) this.#flush();
    else this.#render ??= this.#timers.setTimeout(() => this.#flush(), RENDER_EVERY_MS);
  }

  /** @param {Wire.FromServer[]} messages */
  #hold(messages) {
    const newLog = messages.some((message) => message.type === "hello" && message.log !== this.#state.log);
    if (newLog) this.#held = []; // the numbers of another log mean nothing in this one
    this.#held.push(...messages);
    if (this.#held.length > HELD_AT_MOST) this.#held = [DROPPED];
  }

  #flush() {
    this.#timers.clearTimeout(this.#render);
    this.#render = null;
    const messages = this.#queue;
    this.#queue = [];
    // These come to a new socket only: if it came back, the page has been out of date since the last one broke.
    const cameBack = messages.some(({ type }) => type === "hello" || type === "reset");
    this.#show(apply(this.#state, messages), false, (cameBack ? this.#link.since : null) ?? this.#timers.now());
  }

  /**
   * @param {Live.State} state
   * @param {boolean} first
   * @param {number | null} staleSince  when what it shows began to be out of date, if it is
   */
  #show(state, first, staleSince) {
    const drawn = this.#state;
    this.#state = state;
    const same = SHOWN.every((part) => state[part] === drawn[part]);
    if (first || !same) this.#onState(state, { first });
    this.#renderedSeq = state.seq;
    this.#renderedAt = this.#timers.now();
    if (state.needsReload && !this.#loading && !this.#ended) this.#load(staleSince);
  }
}
