/**
 * The socket `/notifications/`: opens it, notices when it is broken, and comes back from the last number that was
 * rendered. No DOM; the WebSocket constructor, the clock and the timers are given, so that tests need neither.
 */

import { delayMs } from "./backoff.js";

export const SILENCE_MS = 30_000; // the server sends a heartbeat every 15 s
export const HANDSHAKE_MS = 15_000;
export const PING_MS = 20_000;
// Acknowledgements: not more often than the pause, and spread over the pages, which all hear the same at the same moment.
export const ACK_MS = 5_000;
export const ACK_SOON_MS = 1_000; // after an alert, whose consoles are counted, and after a heartbeat
export const ACK_CHARACTERS = 256 * 1024; // the server sends on only so far
export const ACK_PAUSE_MS = 500;
export const ANSWER_MS = 5_000; // after a sleep; who is still there has answered by then
const LATE_MS = 2_000; // a timer so late was kept from running
export const STEADY_MS = 5_000; // after so long a life a socket's end is a first failure again

/** Close codes after which the page does not come back, and the reason it shows. All others mean: come back. */
/** @type {Record<number, string>} */
const FINAL = { 4001: "signed-out", 4003: "no-permission", 4009: "too-many", 4010: "refused" };

export class Connection {
  #address;
  #WebSocket;
  #timers;
  #random;
  #position;
  #only;
  #onMessages;
  #onStatus;
  #probe;

  /** @type {Live.Socket | null} */
  #socket = null;
  /** @type {Map<string, unknown>} */
  #running = new Map(); // timer by purpose: starting one again replaces it, so they never pile up
  #attempt = 0;
  #ended = false;
  #greeted = false; // the server's hello has come: this socket is live
  #greetedAt = 0;
  #heardAt = 0;
  #answered = false; // something has come since the line was doubted
  /** @type {number | null} */
  #liveUntil = null; // when the page was last known to be live; null: never yet
  #acknowledged = 0;
  #acknowledgedAt = -Infinity;
  #acknowledgeAt = Infinity; // when the next one is planned
  #received = 0; // characters since the last one
  #alertSeq = 0; // of the newest alert that came
  #heartbeat = false; // one has come since the last one

  /**
   * @param {object} options
   * @param {string} options.address  ws:// or wss:// address without a query
   * @param {new (url: string) => Live.Socket} options.WebSocket
   * @param {Live.Timers} options.timers
   * @param {() => number} options.random  gives numbers in [0, 1)
   * @param {() => {seq: number, log: string}} options.position  the last number that was rendered, and its log
   * @param {"job" | null} [options.only]  "job": nothing of the log is wanted, only what is for this person's jobs
   * @param {(messages: Wire.FromServer[]) => void} options.onMessages  takes those of one frame, without pongs
   * @param {(status: Live.Status) => void} options.onStatus
   * @param {() => Promise<string | null>} options.probe  why a handshake may have been refused: "signed-out",
   *     "no-permission"
   */
  constructor({ address, WebSocket, timers, random, position, only = null, onMessages, onStatus, probe }) {
    this.#address = address;
    this.#only = only;
    this.#WebSocket = WebSocket;
    this.#timers = timers;
    this.#random = random;
    this.#position = position;
    this.#onMessages = onMessages;
    this.#onStatus = onStatus;
    this.#probe = probe;
  }

  /** Open the socket, unless there is one or it has ended for good. */
  open() {
    if (this.#ended || this.#socket) return;
    this.#stop("retry");
    const { seq, log } = this.#position();
    const query = new URLSearchParams(this.#only ? { only: this.#only } : { since: String(seq), log });
    const socket = new this.#WebSocket(`${this.#address}?${query}`);
    this.#socket = socket;
    this.#greeted = false;
    this.#acknowledged = seq;
    this.#acknowledgedAt = -Infinity;
    this.#received = 0;
    this.#alertSeq = 0;
    this.#heartbeat = false;
    this.#report("connecting");
    this.#start("handshake", HANDSHAKE_MS, () => this.#lost());
    // A socket that was dropped may still have events under way; they are not this connection's any more.
    let opened = false;
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      opened = true;
      this.#start("handshake", SILENCE_MS, () => this.#lost()); // without a hello it is not live, whatever else comes
      this.#heardAt = this.#timers.now();
      this.#start("silence", SILENCE_MS, () => this.#checkSilence());
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      if (event.code in FINAL) this.end(FINAL[event.code]);
      else this.#lost();
      if (!opened) this.#askWhy();
    };
  }

  /** The network may be back, the page has slept, or is looked at again: look at the line, or try again, at once. */
  retryNow() {
    if (this.#ended) return;
    if (this.#socket) {
      if (this.#greeted) this.#doubt();
    } else if (this.#running.has("retry")) {
      this.open();
    }
  }

  /**
   * End for good, and say why: signed-out, no-permission, ...
   * @param {string} why
   */
  end(why) {
    if (this.#ended) return;
    if (this.#greeted) this.#liveUntil = this.#timers.now();
    this.#ended = true;
    this.#drop();
    this.#report("ended", { why });
  }

  close() {
    this.end("closed");
  }

  // --- what comes in ---

  /** @param {string} frame */
  #receive(frame) {
    const now = this.#timers.now();
    this.#heardAt = now;
    this.#answered = true;
    /** @type {Wire.FromServer[]} */
    let messages;
    try {
      messages = frame
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    } catch {
      this.#lost(); // what cannot be read may have been an alert: fetch it again from the log
      return;
    }
    for (const message of messages) {
      if (message.type === "hello") this.#greet(now);
      if (message.type === "pong") this.#report("live", { roundTripMs: now - /** @type {number} */ (message.t) });
    }
    this.#onMessages(messages.filter((message) => message.type !== "pong"));
    if (this.#greeted) this.#planAcknowledgement(messages, frame.length);
  }

  /**
   * Say something to the server; whether there is a live socket to say it through.
   * @param {Wire.FromClient} message
   */
  say(message) {
    if (this.#greeted) this.#send(message);
    return this.#greeted;
  }

  /** @param {number} now */
  #greet(now) {
    this.#stop("handshake");
    this.#greeted = true;
    this.#greetedAt = now;
    this.#report("live");
    this.#ping();
    this.#acknowledgeAt = Infinity;
    this.#acknowledgeWithin(this.#random() * ACK_MS);
  }

  // --- what goes out ---

  #ping() {
    this.#send({ type: "ping", t: this.#timers.now() });
    this.#start("ping", PING_MS, () => this.#ping());
  }

  /**
   * What came decides how soon to acknowledge.
   * @param {Wire.FromServer[]} messages
   * @param {number} characters
   */
  #planAcknowledgement(messages, characters) {
    this.#received += characters;
    for (const message of messages) {
      const { type } = message;
      if (type === "alert") this.#alertSeq = message.seq;
      if (type === "heartbeat") this.#heartbeat = true;
      if (type === "alert" || type === "heartbeat") this.#acknowledgeWithin(this.#random() * ACK_SOON_MS);
    }
    if (this.#received >= ACK_CHARACTERS) this.#acknowledgeWithin(0);
    // A hidden page's timers may be a minute late.
    if (this.#timers.now() >= this.#acknowledgeAt) this.#acknowledge();
  }

  /** @param {number} ms */
  #acknowledgeWithin(ms) {
    const now = this.#timers.now();
    const at = Math.max(now + ms, this.#acknowledgedAt + ACK_PAUSE_MS);
    if (at >= this.#acknowledgeAt) return;
    this.#acknowledgeAt = at;
    this.#start("ack", at - now, () => this.#acknowledge());
  }

  /**
   * Say what was rendered, when that is more than was said. By this the server counts on how many consoles an alert was
   * shown, and how much it may send on. A heartbeat is answered in any case: what has no number counts as well.
   */
  #acknowledge() {
    const { seq } = this.#position();
    if (seq > this.#acknowledged || this.#heartbeat) {
      this.#send({ type: "ack", seq });
      this.#acknowledged = seq;
      this.#acknowledgedAt = this.#timers.now();
      this.#received = 0;
      this.#heartbeat = false;
    }
    this.#acknowledgeAt = Infinity;
    const isAlertToCome = seq < this.#alertSeq; // it is not rendered yet
    this.#acknowledgeWithin(isAlertToCome ? ACK_SOON_MS : ACK_MS);
  }

  /** @param {Wire.FromClient} message */
  #send(message) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  // --- when it breaks ---

  #checkSilence() {
    const left = this.#heardAt + SILENCE_MS - this.#timers.now();
    if (left > 0) this.#start("silence", left, () => this.#checkSilence());
    else if (left > -LATE_MS) this.#lost();
    else this.#doubt(); // this page was asleep: what has come meanwhile may not have been read yet
  }

  /** Is anybody still there? Whoever is answers a ping. */
  #doubt() {
    if (this.#running.has("answer")) return;
    this.#answered = false;
    this.#ping();
    this.#start("answer", ANSWER_MS, () => {
      if (this.#answered) this.#checkSilence();
      else this.#lost();
    });
  }

  #lost() {
    if (this.#greeted) {
      this.#liveUntil = this.#heardAt;
      if (this.#timers.now() - this.#greetedAt >= STEADY_MS) this.#attempt = 0;
    }
    this.#drop();
    const wait = delayMs(this.#attempt++, this.#random);
    this.#start("retry", wait, () => this.open());
    this.#report("waiting", { nextTry: this.#timers.now() + wait });
  }

  /** A refused handshake looks like any failure to the browser; meanwhile the next try is already planned. */
  async #askWhy() {
    const why = await this.#probe();
    if (why && !this.#ended) this.end(why);
  }

  #drop() {
    for (const purpose of [...this.#running.keys()]) this.#stop(purpose);
    const socket = this.#socket;
    this.#socket = null; // first: its close event is not news
    this.#greeted = false;
    socket?.close();
  }

  // --- small change ---

  /**
   * @param {Live.Status["state"]} state
   * @param {Partial<Live.Status>} details
   */
  #report(state, details = {}) {
    this.#onStatus({ state, since: this.#liveUntil, ...details });
  }

  /**
   * @param {string} purpose
   * @param {number} ms
   * @param {() => void} action
   */
  #start(purpose, ms, action) {
    this.#stop(purpose);
    const timer = this.#timers.setTimeout(() => {
      this.#running.delete(purpose);
      action();
    }, ms);
    this.#running.set(purpose, timer);
  }

  /** @param {string} purpose */
  #stop(purpose) {
    this.#timers.clearTimeout(this.#running.get(purpose));
    this.#running.delete(purpose);
  }
}
