/** All the drafts of a browser tab: each belongs to a person (empty: nobody signed in) and to a form's address. No DOM. */

import { Draft } from "./draft.js";

const PREFIX = "form:";

/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length"> | null} TabStorage */

/**
 * @typedef {object} Kept
 * @property {string} id  by which the server says that it has it
 * @property {Record<string, string[]>} values
 * @property {Record<string, string[]>} files  the names of those that were chosen
 * @property {boolean} hasKey  sent twice, it makes one row: it may be shown again after it was sent
 */

export class Drafts {
  #storage;

  /** @param {TabStorage} storage  null: it is forbidden, and nothing is kept */
  constructor(storage) {
    this.#storage = storage;
  }

  /**
   * @template [Values=Kept]
   * @param {string} owner
   * @param {string} path
   * @returns {Draft<Values>}
   */
  of(owner, path) {
    return new Draft(/** @type {Storage} */ (this.#storage), keyOf(owner, path));
  }

  /**
   * Keep it, if need be in the place of others: a tab has room for some millions of characters.
   * @param {string} owner
   * @param {string} path
   * @param {Kept} kept
   */
  keep(owner, path, kept) {
    const draft = this.of(owner, path);
    if (draft.keep(kept)) return true;
    for (const key of this.#keys()) if (key !== keyOf(owner, path)) this.#storage?.removeItem(key);
    return draft.keep(kept);
  }

  /**
   * Those for this address that the server does not have, of whomever: the owners.
   * @param {string} path
   */
  ownersAt(path) {
    const owners = this.#keys()
      .map(ownerAndPath)
      .filter(([, at]) => at === path);
    return owners.map(([owner]) => owner).filter((owner) => this.of(owner, path).get()?.sent === false);
  }

  /**
   * The server has the one of this id.
   * @param {string} id
   */
  saved(id) {
    for (const key of this.#keys()) {
      const [owner, path] = ownerAndPath(key);
      const draft = this.of(owner, path);
      const kept = draft.get();
      if (kept?.values.id !== id) continue;
      if (kept.values.hasKey) draft.markSent();
      else draft.drop();
    }
  }

  #keys() {
    const storage = this.#storage;
    if (!storage) return [];
    const keys = Array.from({ length: storage.length }, (_, n) => storage.key(n) ?? "");
    return keys.filter((key) => key.startsWith(PREFIX));
  }
}

/**
 * @param {string} owner
 * @param {string} path
 */
function keyOf(owner, path) {
  return `${PREFIX}${owner}:${path}`;
}

/**
 * @param {string} key
 * @returns {[string, string]}
 */
function ownerAndPath(key) {
  const [owner, ...path] = key.slice(PREFIX.length).split(":");
  return [owner, path.join(":")];
}
