/** New alerts in words, one group (PendingAlerts.groups) or many gathered. Pure. */

import { isolated } from "../lib/isolated.js";

export const CAUSES = {
  created: "Incident reported",
  worsened: "Incident worsened",
  reopened: "Incident reopened",
  moved: "Incident moved",
  area: "Area drawn or widened",
};

/**
 * What a group says; `text` is all of it in one line.
 * @param {Live.AlertGroup} group
 */
export function wordsOf({ key, entries, worst }) {
  const many = worst.cause === "area" && entries.length > 1;
  const title = many
    ? `${entries.length} new alerts in ${isolated(worst.area_name)}`
    : `${worst.severity}: ${isolated(worst.incident_name)}`;
  const areas = [...new Set(entries.map((entry) => isolated(entry.area_name)))].join(", ");
  const note = many ? CAUSES.area : `in ${areas} – ${CAUSES[worst.cause]}`;
  return { key, title, note, text: `${title}. ${note}`, worst, entries, many: false };
}

/**
 * What many groups say together; the worst comes first.
 * @param {Live.AlertGroup[]} groups
 */
export function gathered(groups) {
  const entries = groups.flatMap((group) => group.entries);
  const title = `${entries.length} new alerts`;
  const note = `The worst: ${groups[0].worst.severity}, ${isolated(groups[0].worst.incident_name)}`;
  return { key: "gathered", title, note, text: `${title}. ${note}`, worst: groups[0].worst, entries, many: true };
}
