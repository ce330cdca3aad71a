/**
 * What one page leaves to the next one in the same tab: the new alerts that nobody has looked at yet, and those that are
 * no news. So an alert that comes while the next page is loaded calls, and a toast stays until somebody deals with it.
 * No DOM; a browser that keeps nothing is as one that is new.
 */

const PENDING = 100; // at most

export class Handover {
  #storage;
  #key;

  /**
   * @param {() => Pick<Storage, "getItem" | "setItem" | "removeItem">} storage  sessionStorage, which throws where it is
   *     forbidden
   * @param {number} user  the person's number
   */
  constructor(storage, user) {
    this.#storage = storage;
    this.#key = `tracker.${user}.left`;
  }

  /**
   * This page goes away.
   * @param {Live.Left} left
   */
  leave(left) {
    const kept = { ...left, pending: left.pending.slice(0, PENDING) };
    try {
      this.#storage().setItem(this.#key, JSON.stringify(kept));
    } catch {
      // the next page begins anew
    }
  }

  /**
   * What the page before has left, once; null if there was none.
   * @returns {Live.Left | null}
   */
  take() {
    try {
      const left = JSON.parse(this.#storage().getItem(this.#key) ?? "null");
      this.#storage().removeItem(this.#key);
      return left && Array.isArray(left.known) && Array.isArray(left.pending) ? left : null;
    } catch {
      return null;
    }
  }
}
