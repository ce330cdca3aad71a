/** What a person chose for this browser. No DOM; a browser that keeps nothing is as one that is new. */

export class Choices {
  #storage;
  #prefix;

  /**
   * @param {() => Pick<Storage, "getItem" | "setItem">} storage  localStorage, which throws where it is forbidden
   * @param {number} user  the person's number
   */
  constructor(storage, user) {
    this.#storage = storage;
    this.#prefix = `tracker.${user}.`;
  }

  /**
   * The text that was kept; null if there is none.
   * @param {string} name
   */
  get(name) {
    try {
      return this.#storage().getItem(this.#prefix + name);
    } catch {
      return null;
    }
  }

  /**
   * Whether it could be kept beyond this page.
   * @param {string} name
   * @param {string} text
   */
  set(name, text) {
    try {
      this.#storage().setItem(this.#prefix + name, text);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Whether a `storage` event of another window is about this choice.
   * @param {Pick<StorageEvent, "key">} event
   * @param {string} name
   */
  isAbout({ key }, name) {
    return key === null || key === this.#prefix + name;
  }
}
