/** Notifications of the operating system for new alerts, for those who asked for them by a click. */

import { gathered, wordsOf } from "../live/news.js";

export const NOTES_WORDS = {
  off: "Off",
  on: "On",
  refused: "Refused by the browser",
  missing: "Not possible in this browser",
};
const TAG = "tracker-alerts"; // one at a time: the newest stands for all

export class SystemNotes {
  #wanted;
  #onState;
  #onChoose;
  #failed = false;

  /** *wanted*: they were switched on before; *onState*() when `state` has changed; *onChoose*(entries) when one is clicked. */
  constructor({ wanted, onState, onChoose }) {
    this.#wanted = wanted;
    this.#onState = onState;
    this.#onChoose = onChoose;
  }

  /** off, on, refused, missing. */
  get state() {
    if (this.#failed || !window.Notification || !window.isSecureContext) return "missing";
    if (Notification.permission === "denied") return "refused";
    return this.#wanted && Notification.permission === "granted" ? "on" : "off";
  }

  get wanted() {
    return this.#wanted;
  }

  /** To be called from a click: only then may a page ask. */
  async switchTo(wanted) {
    this.#wanted = wanted;
    if (wanted && this.state !== "missing") this.#wanted = (await Notification.requestPermission()) === "granted";
    this.#onState();
  }

  /** Show what is pending (PendingAlerts.groups); *isNews*: not only more of what was shown a moment ago. */
  show(groups, { isNews }) {
    if (this.state !== "on" || !groups.length) return;
    const { title, note, entries } = groups.length === 1 ? wordsOf(groups[0]) : gathered(groups);
    let shown;
    try {
      shown = new Notification(title, { body: note, tag: TAG, renotify: isNews, silent: !isNews });
    } catch {
      this.#failed = true; // phones allow them to service workers only
      this.#onState();
      return;
    }
    shown.addEventListener("click", () => {
      window.focus();
      shown.close();
      this.#onChoose(entries);
    });
  }
}
