/**
 * The new alerts that somebody still has to look at: raised (or raised again) while this page was open, and neither
 * acknowledged, resolved nor dismissed since. Pure; what is shown of them is ui/toasts.js.
 */

import { compareSeverity } from "../lib/severity.js";
import { newestFirst } from "../lib/time.js";
import { isWhole } from "./light.js";
import { isRestored } from "./store.js";

const LATE_MS = 60_000; // so much earlier than the newest known one an alert may say that it was raised, and be news

export class PendingAlerts {
  /** @type {Map<number, string>} */
  #known = new Map(); // number -> when it was raised last: an alert raised again is news again
  /** @type {Set<number>} */
  #pending = new Set();
  /** @type {Set<number>} */
  #old = new Set(); // that are to come, and are no news

  /**
   * Take in a state, and return the entries that are news. *silently*: none is (the page has just been opened).
   * @param {Pick<Live.State, "alerts">} state
   * @param {{silently?: boolean}} [how]
   */
  update(state, { silently = false } = {}) {
    const come = [];
    for (const number of this.#known.keys()) {
      if (!state.alerts.has(number)) this.#known.delete(number);
    }
    for (const [number, entry] of state.alerts) {
      const news = this.#known.get(number) !== entry.raised;
      if (news) this.#known.set(number, entry.raised);
      const isOld = this.#old.delete(number);
      if (news && !silently && !isOld && isWhole(entry) && !isRestored(entry) && entry.state === "unacknowledged") {
        this.#pending.add(number);
        come.push(entry);
      }
    }
    for (const number of this.#pending) {
      if (state.alerts.get(number)?.state !== "unacknowledged") this.#pending.delete(number);
    }
    return come;
  }

  /**
   * Take in the first state of a page, and return the entries that are news: none, but those that came since the page
   * before was left.
   * @param {Pick<Live.State, "alerts" | "log">} state
   * @param {Live.Left | null} left
   */
  begin(state, left) {
    if (!left || left.log !== state.log) return this.update(state, { silently: true });
    this.#known = new Map(left.known);
    const newest = left.known.reduce((latest, [, raised]) => Math.max(latest, Date.parse(raised)), 0);
    for (const [number, { raised }] of state.alerts) {
      const isOld = Date.parse(raised) < newest - LATE_MS; // of many the page before knew the newest only
      if (isOld && !this.#known.has(number)) this.#known.set(number, raised);
    }
    for (const { alert, raised } of left.pending) {
      const entry = state.alerts.get(alert);
      if (entry?.raised === raised && isWhole(entry)) this.#pending.add(alert);
    }
    return this.update(state);
  }

  /**
   * What is left to the next page.
   * @param {Pick<Live.State, "alerts" | "log">} state
   * @returns {Live.Left}
   */
  left({ alerts, log }) {
    const pending = [...this.#pending].flatMap((number) => alerts.get(number) ?? []);
    return { log, known: [...this.#known], pending };
  }

  /**
   * They wait again, and are no news when they come.
   * @param {number[]} numbers
   */
  expectBack(numbers) {
    for (const number of numbers) this.#old.add(number);
  }

  /** @param {number[]} numbers */
  dismiss(numbers) {
    for (const number of numbers) this.#pending.delete(number);
  }

  /**
   * The pending alerts, gathered: those of one incident, or those that drawing one area raised, are one piece of news.
   * The worst first, then the newest.
   * @param {Pick<Live.State, "alerts">} state
   * @param {(entry: Wire.AlertEntry) => boolean} concerns  whether it counts here
   * @returns {Live.AlertGroup[]}
   */
  groups(state, concerns = () => true) {
    /** @type {Map<string, Wire.AlertEntry[]>} */
    const groups = new Map();
    for (const number of this.#pending) {
      const entry = state.alerts.get(number);
      if (!entry || !concerns(entry)) continue;
      const key = entry.cause === "area" ? `${entry.area}@${entry.raised}` : entry.incident;
      const group = groups.get(key);
      if (group) group.push(entry);
      else groups.set(key, [entry]);
    }
    return [...groups]
      .map(([key, entries]) => ({ key, entries: entries.sort(worstAlertFirst), worst: entries[0] }))
      .sort((a, b) => worstAlertFirst(a.worst, b.worst));
  }
}

/**
 * The order of alerts: the worst first, then the newest.
 * @param {Wire.AlertEntry} a
 * @param {Wire.AlertEntry} b
 */
export function worstAlertFirst(a, b) {
  return compareSeverity(a, b) || newestFirst(a.raised, b.raised) || b.alert - a.alert;
}
