/** The panel's filters: which alerts and which open incidents it lists. Pure; the clock and the geometry are given. */

import { folded, wordsOf } from "../lib/folding.js";
import { isolated } from "../lib/isolated.js";
import { compareSeverity } from "../lib/severity.js";

const HOUR_MS = 3_600_000;
/** @type {Record<string, {ms: number, words: string}>} */
export const WITHIN = {
  "1h": { ms: HOUR_MS, words: "last hour" },
  "24h": { ms: 24 * HOUR_MS, words: "last 24 hours" },
  "7d": { ms: 7 * 24 * HOUR_MS, words: "last 7 days" },
};
/**
 * Which alerts, and the incidents that they are about; otherwise everything that is open.
 * @type {Record<string, string>}
 */
export const SHOW = { mine: "mine", waiting: "waiting" };
/** @type {Record<string, string>} */
export const LEAST = { UR: "Urgent", HI: "High or worse", ME: "Medium or worse", LO: "Low or worse" };
const LONGEST_TEXT = 200;

/**
 * show: a key of SHOW; severity: the least one; area: an area's number; within: a key of WITHIN; text: words that all
 * must occur.
 * @type {Readonly<Live.Filters>}
 */
export const ALL = Object.freeze({ show: "", severity: "", area: "", within: "", text: "" });

/**
 * The filters that an address names (live/fragment.js); what it says wrongly is left out.
 * @param {Map<string, string>} values
 * @returns {Live.Filters}
 */
export function fromFragment(values) {
  /** @param {string} name */
  const value = (name) => values.get(name) ?? "";
  return {
    show: Object.hasOwn(SHOW, value("show")) ? value("show") : "",
    severity: Object.hasOwn(LEAST, value("severity")) ? value("severity") : "",
    area: /^\d{1,18}$/.test(value("area")) ? value("area") : "",
    within: Object.hasOwn(WITHIN, value("within")) ? value("within") : "",
    text: value("text").trim().slice(0, LONGEST_TEXT),
  };
}

/** @param {Live.Filters} filters */
export function isActive(filters) {
  const names = /** @type {(keyof Live.Filters)[]} */ (Object.keys(ALL));
  return names.some((name) => filters[name] !== ALL[name]);
}

/**
 * The id of the Feature of the area that is asked for; null: any.
 * @param {Pick<Live.Filters, "area">} filters
 */
export function areaId({ area }) {
  return area ? `AreaOfInterest:${area}` : null;
}

/**
 * What is active, in words; *areaName*: of the area that is asked for, if it is there.
 * @param {Live.Filters} filters
 * @param {string} [areaName]
 */
export function describeFilters(filters, areaName) {
  const { show, severity, area, within, text } = filters;
  const words = [];
  if (show) words.push(SHOW[show]);
  if (severity) words.push(LEAST[severity]);
  if (area) words.push(areaName ? isolated(areaName) : "an area that is not there");
  if (within) words.push(WITHIN[within].words);
  if (text) words.push(`“${isolated(text)}”`);
  return words.join(" · ") || "none";
}

/**
 * {alert(entry), incident(feature)}: whether it is listed.
 * @param {Live.Filters} filters
 * @param {object} given
 * @param {number} given.now  in ms
 * @param {(area: string, incident: Wire.IncidentFeature) => boolean} given.isIn  whether the incident lies in the area
 * @param {(entry: Wire.AlertEntry) => boolean} [given.isMine]  whether the alert calls this person (live/mine.js)
 * @param {(entry: Wire.AlertEntry) => boolean} [given.isHeld]  whether it was acknowledged here a moment ago
 */
export function compile(filters, { now, isIn, isMine = () => true, isHeld = () => false }) {
  const { show } = filters;
  const area = areaId(filters);
  const hasWords = wordsIn(filters.text);
  const since = filters.within ? now - WITHIN[filters.within].ms : -Infinity;
  const threshold = { severity_code: filters.severity };
  /** @param {{severity_code: string}} thing */
  const isBad = (thing) => !filters.severity || compareSeverity(thing, threshold) <= 0;
  /** @param {string} iso */
  const isNew = (iso) => since === -Infinity || Date.parse(iso) >= since;
  return {
    /** @param {Wire.AlertEntry} entry */
    alert: (entry) =>
      (show !== "waiting" || entry.state === "unacknowledged" || isHeld(entry)) &&
      (show !== "mine" || isMine(entry)) &&
      isBad(entry) &&
      (!area || entry.area === area) &&
      isNew(entry.raised) &&
      hasWords(entry, entry.incident.split(":")[1], [entry.incident_name, entry.area_name, entry.by ?? ""]),
    /** @param {Wire.IncidentFeature} feature */
    incident: (feature) => {
      if (show) return false; // those that a listed alert is about are listed with it
      const { pk, name, place, description, created } = feature.properties;
      return (
        isBad(feature.properties) &&
        isNew(created) &&
        hasWords(feature, String(pk), [name, place, description]) &&
        (!area || isIn(area, feature))
      );
    },
  };
}

/**
 * `12` or `3 of 12`.
 * @param {number} shown
 * @param {number} all
 */
export function countText(shown, all) {
  return shown === all ? `${all}` : `${shown} of ${all}`;
}

/**
 * How many of these entries nobody has acknowledged.
 * @param {Pick<Wire.AlertEntry, "state">[]} entries
 */
export function waitingCount(entries) {
  return entries.filter(({ state }) => state === "unacknowledged").length;
}

/**
 * That alerts wait which are not listed; a filter must not hide that.
 * @param {Pick<Wire.AlertEntry, "state">[]} all
 * @param {Pick<Wire.AlertEntry, "state">[]} shown
 */
export function hiddenText(all, shown) {
  const hidden = waitingCount(all) - waitingCount(shown);
  if (!hidden) return "";
  return `${hidden} unacknowledged ${hidden === 1 ? "alert is" : "alerts are"} hidden by the filter.`;
}

/**
 * What things say, folded, as long as they are the same: a filter is asked again with every change of any.
 * @type {WeakMap<object, string>}
 */
const foldedTexts = new WeakMap();

/**
 * (thing, reference, texts) => whether it has all these words: as the lists of the site look for them (search.py), in
 * its texts in any order, or as its reference. Punctuation alone is looked for as it is.
 * @param {string} text
 * @returns {(thing: object, reference: string, texts: string[]) => boolean}
 */
function wordsIn(text) {
  if (!text.trim()) return () => true;
  const words = wordsOf(text);
  if (!words.length) return (_thing, _reference, texts) => texts.some((each) => each.includes(text.trim()));
  return (thing, reference, texts) => {
    let all = foldedTexts.get(thing);
    if (all === undefined) {
      all = texts.map(folded).join("\n");
      foldedTexts.set(thing, all);
    }
    const said = all;
    return words.every((word) => said.includes(word) || word.replace(/^0+/, "") === reference);
  };
}
