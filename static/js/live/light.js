/** What a page without the map knows at first, in the shape of the collections that a map is loaded from. Pure. */

/**
 * Of most alerts only the number is known, and when they were raised: they are counted, and are no news. *known*: those
 * that the page before has left, whole.
 * @param {Live.Waiting} waiting
 * @param {Wire.AlertEntry[]} known
 * @returns {Wire.Collections}
 */
export function lightCollections({ log, seq, listed, newest, areas = [] }, known = []) {
  const whole = new Map([...known, ...newest].map((entry) => [entry.alert, entry]));
  const alerts = listed.map(([alert, raised]) => {
    const entry = whole.get(alert);
    return entry?.raised === raised ? { ...entry, state: "unacknowledged", by: null, at: null } : { alert, raised };
  });
  const features = areas.map((pk) => ({
    id: `AreaOfInterest:${pk}`,
    properties: { name: "", model: "AreaOfInterest" },
  }));
  return /** @type {any} */ ({
    incidents: { log, seq, features: [] },
    areas: { log, seq, features },
    alerts: { log, seq, alerts: alerts.map((entry) => ({ state: "unacknowledged", ...entry })) },
  });
}

/**
 * Whether an entry is more than a number.
 * @param {Wire.AlertEntry} entry
 */
export const isWhole = (entry) => entry.incident !== undefined;
