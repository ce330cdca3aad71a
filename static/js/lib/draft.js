/** What somebody has typed into a form, kept for an hour in case the page goes before it is sent. No DOM. */

const LASTS_MS = 60 * 60_000; // a place from this morning is not where somebody reports from now

export class Draft {
  #storage;
  #key;
  #now;

  /** *storage*: sessionStorage, which ends with the tab; one that refuses (private windows) keeps nothing. */
  constructor(storage, key, now = Date.now) {
    this.#storage = storage;
    this.#key = key;
    this.#now = now;
  }

  /** Keep these values (by field); *sent*: the server has them, and only going back shows them again. */
  keep(values, { sent = false } = {}) {
    this.#try(() => this.#storage.setItem(this.#key, JSON.stringify({ values, sent, at: this.#now() })));
  }

  /** {values, sent}, or null. */
  get() {
    const kept = this.#try(() => JSON.parse(this.#storage.getItem(this.#key)));
    return kept?.values && this.#now() - kept.at < LASTS_MS ? { values: kept.values, sent: kept.sent } : null;
  }

  drop() {
    this.#try(() => this.#storage.removeItem(this.#key));
  }

  #try(action) {
    try {
      return action();
    } catch {
      return null;
    }
  }
}
