/** What an area would have meant, and what it raises when it is saved, in words. Pure. */

export const DRAW_SOMETHING =
  "Draw the area, or paste its GeoJSON: here you will read how many alerts it would have meant.";

/**
 * @typedef {{alerts: number, at_night: number}} Count
 * @typedef {{alerts: number, in_hand: number}} Now
 * @typedef {{days: number, night: string, time_zone: string, thresholds: Record<string, Count>, now: Record<string, Now>}} Answer
 */

/**
 * "This shape at High: 14 alerts in the last 90 days, 3 of them at night (22–06 UTC)."
 * @param {Answer} answer  the server's, with every threshold by its code
 * @param {{code: string, label: string}} severity  of the threshold
 */
export function backTestSentence({ days, night, time_zone, thresholds }, { code, label }) {
  const { alerts, at_night } = thresholds[code];
  const start = `This shape at ${label}: `;
  if (!alerts) return `${start}no alert in the last ${days} days.`;
  const count = alerts === 1 ? "1 alert" : `${alerts} alerts`;
  const hours = `at night (${night} ${time_zone})`;
  return `${start}${count} in the last ${days} days, ${share(alerts, at_night)} ${hours}.`;
}

/**
 * @param {number} alerts
 * @param {number} atNight
 */
function share(alerts, atNight) {
  if (!atNight) return alerts === 1 ? "not" : "none of them";
  if (alerts === 1) return "it came";
  return atNight === alerts ? "all of them" : `${atNight} of them`;
}

/**
 * "Saving it raises 14 alerts now, for what is open in it. 3 of these incidents somebody has acknowledged elsewhere."
 * @param {Now} now  of the threshold
 * @param {boolean} onlyFromNowOn
 */
export function alertsNowSentence({ alerts, in_hand }, onlyFromNowOn) {
  if (!alerts) return "Saving it raises no alert now.";
  const open = alerts === 1 ? "1 incident is open in it" : `${alerts} incidents are open in it`;
  if (onlyFromNowOn) return `Saving it calls nobody: ${open}, which you know of.`;
  const raised = alerts === 1 ? "1 alert" : `${alerts} alerts`;
  const known = in_hand === 1 ? "1 of them has" : `${in_hand} of them have`;
  const elsewhere = in_hand ? ` ${known} been acknowledged in another area.` : "";
  return `Saving it raises ${raised} now: ${open}.${elsewhere}`;
}
