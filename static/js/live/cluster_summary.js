/** What a cluster of incidents says of those inside. Pure. */

import { compareSeverity } from "../lib/severity.js";

/**
 * {count, worst, alerting, text} of *shown*, at least one.
 * @param {{feature: Wire.IncidentFeature, alerting: boolean}[]} shown
 */
export function summaryOf(shown) {
  let worst = shown[0].feature.properties;
  let alerting = 0;
  for (const each of shown) {
    if (compareSeverity(each.feature.properties, worst) < 0) worst = each.feature.properties;
    if (each.alerting) alerting += 1;
  }
  const { severity, severity_code } = worst;
  const waiting = alerting ? `; ${alerting} with an alert that waits` : "";
  const text = `${shown.length} incidents, the worst: ${severity}${waiting}`;
  return { count: shown.length, worst: severity_code, alerting, text };
}
