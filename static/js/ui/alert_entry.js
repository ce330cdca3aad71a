/** An alert in the panel: choose it, acknowledge it, see who did. */

import { button, element } from "../lib/dom.js";
import { isolated } from "../lib/isolated.js";
import { severityIcon } from "../lib/severity.js";
import { isoLocal } from "../lib/time.js";
import { CAUSES } from "../live/news.js";

/**
 * {node, update(entry)} for an entry of the alert collection.
 * @param onAcknowledge  (number) => void; null: this person may not
 * @param addressOf      (entry) => the address of its incident's page; undefined while that is not known
 */
export function alertEntry({ alert }, { onChoose, onAcknowledge, addressOf }) {
  let current;
  const opener = button("entry-open", "", () => onChoose(current));
  const acknowledge = button("btn btn-sm btn-primary", "Acknowledge", () => onAcknowledge(current.alert));
  const acknowledged = element("p", { class: "entry-note" });
  const details = element("a", { class: "entry-link" }, "Details");
  const node = element("li", { class: "entry", "data-alert": alert }, opener, details);

  function update(entry) {
    current = entry;
    const open = entry.state === "unacknowledged";
    node.className = `entry severity-${entry.severity_code}${open ? " is-alerting" : ""}`;
    node.dataset.state = entry.state;
    opener.replaceChildren(
      severityIcon(entry.severity_code),
      element("span", { class: "entry-name" }, `${entry.severity}: ${isolated(entry.incident_name)}`),
      element("span", { class: "entry-note" }, `in ${isolated(entry.area_name)} – ${CAUSES[entry.cause]}`),
      element("span", { class: "entry-note" }, time(entry.raised)),
    );
    acknowledged.replaceChildren(
      `Acknowledged${entry.by ? ` by ${isolated(entry.by)}` : ""}, `,
      entry.at ? time(entry.at) : "",
    );
    const hadFocus = acknowledge === document.activeElement;
    acknowledge.setAttribute(
      "aria-label",
      `Acknowledge: ${isolated(entry.incident_name)} in ${isolated(entry.area_name)}`,
    );
    acknowledge.remove();
    acknowledged.remove();
    if (!open) opener.after(acknowledged);
    else if (onAcknowledge) opener.after(acknowledge);
    const address = addressOf(entry);
    details.hidden = !address;
    if (address) details.href = address;
    details.setAttribute("aria-label", `Details: ${isolated(entry.incident_name)}`);
    if (hadFocus) (acknowledge.isConnected ? acknowledge : opener).focus({ preventScroll: true });
  }

  return { node, update };
}

function time(iso) {
  return element("time", { datetime: iso }, isoLocal(new Date(iso)));
}
