/** A list that follows its items: entries are kept by key, in place, so that focus and scrolling stay. */

import { button } from "../lib/dom.js";

const PAGE = 100; // entries shown at first, and added by "Show more"

export class EntryList {
  #list;
  #empty;
  #create;
  #keyOf;
  #entries = new Map(); // by key: {node, item, update(item)}
  #items = [];
  #limit = PAGE;
  #more = button("btn btn-sm btn-outline-secondary entries-more", "", () => this.#showMore());

  /**
   * @param list    a <ul>; the node after it is shown when there are no items
   * @param keyOf   item => key
   * @param create  item => {node: <li>, update(item)}
   */
  constructor(list, { keyOf, create }) {
    this.#list = list;
    this.#empty = list.nextElementSibling;
    this.#keyOf = keyOf;
    this.#create = create;
    list.after(this.#more);
  }

  /** Show these items, in their order. */
  show(items) {
    this.#items = items;
    const shown = items.slice(0, this.#limit);
    const focused = /** @type {HTMLElement} */ (document.activeElement);
    this.#removeAllBut(new Set(shown.map(this.#keyOf)));
    let next = this.#list.firstElementChild;
    for (const item of shown) {
      const { node } = this.#entryFor(item);
      if (node === next) next = next.nextElementSibling;
      else this.#list.insertBefore(node, next);
    }
    if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
    this.#empty.hidden = items.length > 0;
    this.#more.hidden = items.length <= shown.length;
    this.#more.textContent = `Show more (${items.length - shown.length} left)`;
  }

  /** Move the focus to the entry with this key, however far down it is. */
  focus(key) {
    const place = this.#items.findIndex((item) => this.#keyOf(item) === key);
    if (place >= this.#limit) {
      this.#limit = Math.ceil((place + 1) / PAGE) * PAGE;
      this.show(this.#items);
    }
    const node = this.#entries.get(key)?.node;
    node?.scrollIntoView({ block: "nearest" });
    node?.querySelector("button")?.focus();
  }

  #entryFor(item) {
    const key = this.#keyOf(item);
    let entry = this.#entries.get(key);
    if (!entry) {
      entry = { ...this.#create(item), item };
      entry.update(item);
      this.#entries.set(key, entry);
    } else if (entry.item !== item) {
      entry.item = item;
      entry.update(item);
    }
    return entry;
  }

  #removeAllBut(keys) {
    for (const [key, { node }] of this.#entries) {
      if (keys.has(key)) continue;
      node.remove();
      this.#entries.delete(key);
    }
  }

  #showMore() {
    this.#limit += PAGE;
    this.show(this.#items);
  }
}
