/**
 * Cards that were acknowledged here a moment ago: each stays where it is, so that nothing slides under the pointer, and
 * for a while it can be taken back. No DOM; the timers are given.
 */

export const UNDO_MS = 3_000;

export class HeldCards {
  #timers;
  #onChange;
  /** @type {Map<string, import("./alert_cards.js").Held>} */
  #held = new Map();
  /** @type {Map<string, unknown>} */
  #running = new Map(); // timer by incident

  /**
   * @param {Pick<Live.Timers, "setTimeout" | "clearTimeout">} timers
   * @param {() => void} onChange  others are held
   */
  constructor(timers, onChange) {
    this.#timers = timers;
    this.#onChange = onChange;
  }

  /** By incident. */
  get all() {
    return this.#held;
  }

  /**
   * These cards are being acknowledged.
   * @param {import("./alert_cards.js").AlertCard[]} cards
   */
  hold(cards) {
    for (const { incident, lead } of cards) {
      this.#stop(incident);
      this.#held.set(incident, { lead, numbers: [] });
    }
    if (cards.length) this.#onChange();
  }

  /**
   * The alerts with these numbers, of this incident, were acknowledged: from now on that can be taken back.
   * @param {string} incident
   * @param {number[]} numbers
   */
  done(incident, numbers) {
    const held = this.#held.get(incident);
    if (!held) return;
    this.#held.set(incident, { ...held, numbers });
    this.#running.set(
      incident,
      this.#timers.setTimeout(() => this.release([incident]), UNDO_MS),
    );
    this.#onChange();
  }

  /**
   * They go where they belong.
   * @param {string[]} incidents
   */
  release(incidents) {
    for (const incident of incidents) {
      this.#stop(incident);
      this.#held.delete(incident);
    }
    if (incidents.length) this.#onChange();
  }

  /** @param {string} incident */
  #stop(incident) {
    this.#timers.clearTimeout(this.#running.get(incident));
    this.#running.delete(incident);
  }
}
