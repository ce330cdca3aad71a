/**
 * Which alerts toast and sound for one person: those of chosen areas, from a chosen severity on. Everything else still
 * shows on the map and in the panel. Pure. What cannot be read, and a choice whose areas are gone, means everything:
 * a choice that is lost must not hide an alert.
 */

import { isolated } from "../lib/isolated.js";
import { compareSeverity } from "../lib/severity.js";
import { LEAST } from "./filters.js";

/**
 * areas: ids of their Features, null for all, also those to come; severity: the least one, "" for all.
 * @type {Readonly<Live.Mine>}
 */
export const EVERYTHING = Object.freeze({ areas: null, severity: "" });

/**
 * @param {string | null} text
 * @returns {Live.Mine}
 */
export function readMine(text) {
  let found;
  try {
    found = JSON.parse(text ?? "null");
  } catch {
    return EVERYTHING;
  }
  if (typeof found !== "object" || found === null) return EVERYTHING;
  const { areas, severity } = found;
  const isList = Array.isArray(areas) && areas.every((id) => typeof id === "string");
  return { areas: isList ? areas : null, severity: Object.hasOwn(LEAST, severity) ? severity : "" };
}

/** @param {Live.Mine} mine */
export function writeMine({ areas, severity }) {
  return JSON.stringify({ areas, severity });
}

/**
 * The chosen areas that are still there; null: all areas.
 * @param {Live.Mine} mine
 * @param {Live.State["areas"]} areas
 */
export function chosenAreas(mine, areas) {
  const left = mine.areas?.filter((id) => areas.has(id)) ?? [];
  return left.length ? left : null;
}

/**
 * entry => whether it is to toast and sound.
 * @param {Live.Mine} mine
 * @param {Live.State["areas"]} areas
 * @returns {(entry: Wire.AlertEntry) => boolean}
 */
export function concerning(mine, areas) {
  const chosen = chosenAreas(mine, areas);
  const threshold = { severity_code: mine.severity };
  return (entry) =>
    (!chosen || chosen.includes(entry.area)) && (!mine.severity || compareSeverity(entry, threshold) <= 0);
}

/**
 * In words, for the line that is always seen.
 * @param {Live.Mine} mine
 * @param {Live.State["areas"]} areas
 */
export function describeMine(mine, areas) {
  const chosen = chosenAreas(mine, areas);
  if (!chosen && !mine.severity) return "every alert";
  const where = chosen ? chosen.map((id) => isolated(areas.get(id)?.properties.name ?? "")).join(", ") : "all areas";
  return `${mine.severity ? LEAST[mine.severity] : "all alerts"} in ${where}`;
}
