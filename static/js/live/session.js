/**
 * Keeps the sign-in of a watch that is in use: tells the server so, now and then, and says in time when it ends all the
 * same. What time it is comes with each answer. No DOM.
 */

const SHORTEST_MS = 5_000; // between two questions
const LONGEST_MS = 15 * 60_000;
const AGAIN_MS = 30_000; // after one that failed
export const WARN_MS = 10 * 60_000;

export class WatchSession {
  #ask;
  #timers;
  #random;
  #clock;
  #onEnd;
  /** @type {unknown} */
  #timer = null;
  #asking = false;
  #stopped = false;

  /**
   * @param {object} options
   * @param {() => Promise<{now: string, ends: string, last: string}>} options.ask
   * @param {Pick<import("./page_clock.js").PageClock, "now" | "heard">} options.clock
   * @param {Live.Timers} options.timers
   * @param {() => number} options.random  gives numbers in [0, 1)
   * @param {(end: Date | null) => void} options.onEnd  it ends then, within WARN_MS; null: it does not
   */
  constructor({ ask, clock, timers, random, onEnd }) {
    this.#ask = ask;
    this.#clock = clock;
    this.#timers = timers;
    this.#random = random;
    this.#onEnd = onEnd;
  }

  /** Ask now; afterwards by itself. */
  async look() {
    if (this.#asking || this.#stopped) return;
    this.#asking = true;
    this.#timers.clearTimeout(this.#timer);
    let wait = AGAIN_MS;
    const askedAt = this.#clock.now();
    try {
      const answer = await this.#ask();
      const [now, ends, last] = [answer.now, answer.ends, answer.last].map((text) => Date.parse(text));
      this.#clock.heard(now, askedAt);
      const isEnding = last - now <= WARN_MS;
      this.#onEnd(isEnding ? new Date(Math.min(ends, last)) : null);
      // So that two may fail; and at the moment from which on an end has to be said.
      const untilWarning = isEnding ? Infinity : last - WARN_MS - now;
      const usual = Math.min(LONGEST_MS, (ends - now) / 3) * (0.75 + this.#random() / 4);
      wait = Math.max(SHORTEST_MS, Math.min(usual, untilWarning));
    } catch {
      // Signed out, or nobody answers: the badge says so.
    }
    this.#asking = false;
    if (!this.#stopped) this.#timer = this.#timers.setTimeout(() => this.look(), wait);
  }

  /** The page has ended: nothing is to be prolonged any more. */
  stop() {
    this.#stopped = true;
    this.#timers.clearTimeout(this.#timer);
  }
}
