/** The report as it was typed, should the page go before it is sent, or be come back to afterwards. */

import { cameBack, drafts, owner } from "./tab_drafts.js";

const OURS = "csrfmiddlewaretoken"; // a token belongs to its page

/**
 * The draft of this browser tab, and of who is signed in.
 * @param {string} url  of the report page
 * @returns {import("../lib/draft.js").Draft}
 */
export const reportDraft = (url) => drafts.of(owner, new URL(url, window.location.href).pathname);

export class ReportDraft {
  #form;
  #draft;
  #touched = false;
  #ours;

  /** *ours*() gives what the page itself has filled in, by field. */
  constructor(form, ours = () => ({})) {
    this.#form = form;
    this.#draft = reportDraft(form.getAttribute("action"));
    this.#ours = ours;
    form.addEventListener("input", () => this.touch());
    window.addEventListener("pagehide", () => this.keep());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.keep();
    });
  }

  /** A person has typed or chosen something: worth keeping. */
  touch() {
    this.#touched = true;
  }

  keep() {
    if (this.#touched) this.#draft.keep(this.#values(), { ours: this.#ours() });
  }

  sent() {
    this.#touched = false;
    this.#draft.keep(this.#values(), { ours: this.#ours(), sent: true });
  }

  /** What the page had filled in of what is kept, by field. */
  get ours() {
    return this.#draft.get()?.ours ?? {};
  }

  /**
   * Put back what was kept; whether anything was. A report that was sent comes back only by going back, with its old
   * key, so that sending it again makes no second incident.
   */
  restore() {
    const kept = this.#draft.get();
    if (!kept) return false;
    if (kept.sent && !cameBack()) {
      this.#draft.drop();
      return false;
    }
    for (const [name, value] of Object.entries(kept.values)) this.#put(name, value);
    this.#touched = !kept.sent;
    return true;
  }

  drop() {
    this.#touched = false;
    this.#draft.drop();
  }

  #values() {
    const values = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(this.#form)));
    delete values[OURS];
    return values;
  }

  #put(name, value) {
    const field = this.#form.elements.namedItem(name);
    if (field && typeof value === "string") field.value = value; // of radio buttons: the one with this value
  }
}
