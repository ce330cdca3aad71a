/** The alerts of one incident are one card: in which areas, and which of them wait. Pure. */

import { isolated } from "../lib/isolated.js";
import { worstAlertFirst } from "./pending_alerts.js";

/**
 * @typedef {object} AlertCard
 * @property {string} incident  its key
 * @property {Wire.AlertEntry[]} entries  those that wait first
 * @property {Wire.AlertEntry[]} waiting
 * @property {Wire.AlertEntry} lead  by this one it has its place
 * @property {Held | null} held  it was acknowledged here a moment ago, and stays where it is
 *
 * @typedef {object} Held
 * @property {Wire.AlertEntry} lead  of the card as it was
 * @property {number[]} numbers  the alerts that can be taken back; none while the server has not answered
 */

export class AlertCards {
  /** @type {Map<string, AlertCard>} */
  #cards = new Map();
  /** @type {{entries: Wire.AlertEntry[], held: Held[], cards: AlertCard[]}} */
  #last = { entries: [], held: [], cards: [] };

  /**
   * The cards of these alerts: those that wait first, then the worst, then the newest. A card that says what it said is
   * the same object, and so is the list: a page asks again with every report. *held*: by incident, of the cards that
   * stay where they are.
   * @param {Wire.AlertEntry[]} entries
   * @param {ReadonlyMap<string, Held>} held
   */
  of(entries, held = new Map()) {
    const last = this.#last;
    const staying = [...held.values()];
    if (isSameList(last.entries, entries) && isSameList(last.held, staying)) return last.cards;
    const cards = this.#sorted(entries, held);
    this.#last = { entries, held: staying, cards };
    return cards;
  }

  /**
   * @param {Wire.AlertEntry[]} entries
   * @param {ReadonlyMap<string, Held>} held
   */
  #sorted(entries, held) {
    /** @type {Map<string, Wire.AlertEntry[]>} */
    const groups = new Map();
    for (const entry of entries) {
      const group = groups.get(entry.incident);
      if (group) group.push(entry);
      else groups.set(entry.incident, [entry]);
    }
    /** @type {Map<string, AlertCard>} */
    const cards = new Map();
    for (const [incident, group] of groups)
      cards.set(incident, this.#card(incident, group, held.get(incident) ?? null));
    this.#cards = cards;
    return [...cards.values()].sort((a, b) => rank(a) - rank(b) || worstAlertFirst(a.lead, b.lead));
  }

  /**
   * @param {string} incident
   * @param {Wire.AlertEntry[]} group
   * @param {Held | null} held
   */
  #card(incident, group, held) {
    const waiting = group.filter(isWaiting).sort(worstAlertFirst);
    const rest = group.filter((entry) => !isWaiting(entry)).sort(worstAlertFirst);
    const entries = [...waiting, ...rest];
    const lead = held?.lead ?? entries[0];
    const known = this.#cards.get(incident);
    const isSame = known && known.lead === lead && known.held === held && isSameList(known.entries, entries);
    return isSame ? known : { incident, entries, waiting, lead, held };
  }
}

/**
 * @param {unknown[]} some
 * @param {unknown[]} others
 */
export const isSameList = (some, others) => some.length === others.length && some.every((one, n) => one === others[n]);

/** @param {Pick<Wire.AlertEntry, "state">} entry */
export const isWaiting = (entry) => entry.state === "unacknowledged";

/** @param {AlertCard} card */
const rank = (card) => (card.held || card.waiting.length ? 0 : 1);

/**
 * `in Harbour, Hill and Old town`.
 * @param {Pick<Wire.AlertEntry, "area_name">[]} entries
 */
export function inAreas(entries) {
  const names = [...new Set(entries.map(({ area_name }) => isolated(area_name)))];
  const last = names.pop();
  return `in ${names.length ? `${names.join(", ")} and ${last}` : last}`;
}

/**
 * As short as a card has room for: `Harbour +2`; the area of the alert that comes first, and how many others.
 * @param {Pick<Wire.AlertEntry, "area" | "area_name">[]} entries
 */
export function shortAreas(entries) {
  const others = new Set(entries.map(({ area }) => area)).size - 1;
  return `${isolated(entries[0].area_name)}${others ? ` +${others}` : ""}`;
}
