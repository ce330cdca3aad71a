/** What somebody has typed into a form, kept for an hour in case the page goes before it is sent. No DOM. */

const LASTS_MS = 60 * 60_000; // a place from this morning is not where somebody reports from now

/** @template [Values=Record<string, string>] */
export class Draft {
  #storage;
  #key;
  #now;

  /**
   * @param {Pick<Storage, "getItem" | "setItem" | "removeItem">} storage  sessionStorage, which ends with the tab; one
   *     that refuses (private windows) keeps nothing
   * @param {string} key
   * @param {() => number} now
   */
  constructor(storage, key, now = Date.now) {
    this.#storage = storage;
    this.#key = key;
    this.#now = now;
  }

  /**
   * Keep these values (by field); *ours*: those of them that the page had filled in, and nobody typed; *sent*: the
   * server has them, and only going back shows them again. False if the storage did not take them.
   * @param {Values} values
   * @param {{ours?: Record<string, string>, sent?: boolean}} [what]
   */
  keep(values, { ours = {}, sent = false } = {}) {
    const kept = JSON.stringify({ values, ours, sent, at: this.#now() });
    return this.#try(() => this.#storage.setItem(this.#key, kept) ?? true) === true;
  }

  /**
   * {values, ours, sent}, or null.
   * @returns {{values: Values, ours: Record<string, string>, sent: boolean} | null}
   */
  get() {
    const kept = this.#try(() => JSON.parse(this.#storage.getItem(this.#key) ?? "null"));
    if (!kept?.values || this.#now() - kept.at >= LASTS_MS) return null;
    return { values: kept.values, ours: kept.ours ?? {}, sent: kept.sent };
  }

  /** The server has what is kept. */
  markSent() {
    const kept = this.get();
    if (kept) this.keep(kept.values, { ours: kept.ours, sent: true });
  }

  drop() {
    this.#try(() => this.#storage.removeItem(this.#key));
  }

  /**
   * @template Found
   * @param {() => Found} action
   */
  #try(action) {
    try {
      return action();
    } catch {
      return null;
    }
  }
}
