/**
 * How much time has passed, and what time it is. No DOM; the clocks are given.
 *
 * What has passed is told by the clock that is never set (performance.now()). That one may stand still while the machine
 * sleeps: then the clock on the wall has gone on further than it has, and what is ahead counts as passed, too. A wall
 * clock that is put forward looks the same, and one that is put back changes nothing. What time it is the server says.
 */

export const TICK_MS = 1_000; // how often a page calls tick()
const JUMP_MS = 1_000; // further ahead at once the wall clock goes by a sleep, or by being set
const LATE_MS = 5_000; // a tick so late was kept from running
export const WRONG_MS = 60_000; // further off the server's, this device's clock is wrong

export class PageClock {
  #monotonic;
  #wall;
  #onWake;
  #lastMonotonic;
  #lastWall;
  #slept = 0; // ms that only the wall clock has counted
  #jumped = false; // since the last tick
  #tickedAt;
  /** @type {number | null} */
  #ahead = null; // how far the server's time is ahead of now(); null: not known yet

  /**
   * @param {object} options
   * @param {() => number} [options.monotonic]
   * @param {() => number} [options.wall]
   * @param {() => void} [options.onWake]  the machine, or this page, may have slept: look whether all is still there
   */
  constructor({ monotonic = () => performance.now(), wall = () => Date.now(), onWake = () => {} } = {}) {
    this.#monotonic = monotonic;
    this.#wall = wall;
    this.#onWake = onWake;
    this.#lastMonotonic = this.#tickedAt = monotonic();
    this.#lastWall = wall();
  }

  /** Milliseconds that have passed since some moment; never fewer than before. */
  now() {
    const [monotonic, wall] = [this.#monotonic(), this.#wall()];
    const ahead = wall - this.#lastWall - (monotonic - this.#lastMonotonic);
    if (ahead > JUMP_MS) {
      this.#slept += ahead;
      this.#jumped = true;
    }
    this.#lastMonotonic = monotonic;
    this.#lastWall = wall;
    return monotonic + this.#slept;
  }

  /** To be called every TICK_MS. */
  tick() {
    this.now();
    const isLate = this.#lastMonotonic - this.#tickedAt > TICK_MS + LATE_MS;
    const woke = this.#jumped || isLate;
    this.#tickedAt = this.#lastMonotonic;
    this.#jumped = false;
    if (woke) this.#onWake();
  }

  /**
   * The server has said what time it is.
   * @param {number} serverMs  since 1970
   * @param {number} askedAt  when it was asked, as now() gave it
   */
  heard(serverMs, askedAt) {
    const now = this.now();
    this.#ahead = serverMs + (now - askedAt) / 2 - now;
  }

  /** The time it is at the server, in ms since 1970; by this device's clock until the server has said it. */
  serverNow() {
    return this.#ahead === null ? this.#wall() : this.now() + this.#ahead;
  }

  /**
   * The date of a moment that now() gave.
   * @param {number} moment
   */
  dateOf(moment) {
    return new Date(this.serverNow() - (this.now() - moment));
  }

  /** By how many ms this device's clock is ahead of the server's; 0 while that is not known. */
  wrongBy() {
    return this.#ahead === null ? 0 : this.#wall() - this.serverNow();
  }
}

/**
 * What a page says of a clock that is so many ms ahead; empty if it is right enough.
 * @param {number} ms
 */
export function wrongClockText(ms) {
  if (Math.abs(ms) < WRONG_MS) return "";
  return `The clock of this device is wrong: it is ${inWords(Math.abs(ms))} ${ms > 0 ? "ahead of" : "behind"} the server’s. What you see here goes by the server’s clock.`;
}

/** @param {number} ms */
function inWords(ms) {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.round(hours / 24)} days`;
}
