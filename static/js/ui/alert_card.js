/** An incident's alerts in the panel: choose it, acknowledge those that wait, take that back, see who did. */

import { button, element, timeElement } from "../lib/dom.js";
import { isolated } from "../lib/isolated.js";
import { severityIcon } from "../lib/severity.js";
import { inAreas } from "../live/alert_cards.js";
import { CAUSES } from "../live/news.js";

/**
 * {node, update(card)} for a card (live/alert_cards.js).
 * @param onAcknowledge  (card) => void; null: this person may not
 * @param onUndo         (card) => void
 * @param addressOf      (incident) => the address of its page; undefined while that is not known
 */
export function alertCard(_, { onChoose, onAcknowledge, onUndo, addressOf }) {
  let current;
  const opener = button("entry-open", "", () => onChoose(current.lead));
  const acknowledge = button("btn btn-sm btn-primary", "Acknowledge", (event) => {
    // The second half of a double click is about nothing that was read.
    if (event.detail < 2 && !isUnderWay(current)) onAcknowledge(current);
  });
  const undo = button("btn btn-sm btn-outline-primary", "Undo", (event) => {
    if (event.detail < 2) onUndo(current);
  });
  const note = element("p", { class: "entry-held" });
  const acknowledged = element("div");
  const details = element("a", { class: "entry-link" }, "Details");
  const node = element("li", { class: "entry" }, opener, details);

  function update(card) {
    current = card;
    const { entries, waiting, lead, held } = card;
    const isOpen = waiting.length > 0;
    const [newest] = isOpen ? waiting : entries;
    node.className = `entry severity-${newest.severity_code}${isOpen ? " is-alerting" : ""}`;
    node.dataset.alert = entries[0].alert;
    node.dataset.alerts = entries.map(({ alert }) => alert).join(" ");
    node.dataset.state = isOpen ? "unacknowledged" : "acknowledged";
    opener.replaceChildren(
      severityIcon(newest.severity_code),
      element("span", { class: "entry-name" }, `${newest.severity}: ${isolated(newest.incident_name)}`),
      element("span", { class: "entry-note" }, `${inAreas(isOpen ? waiting : entries)} – ${CAUSES[newest.cause]}`),
      element("span", { class: "entry-note" }, timeElement(newest.raised)),
    );
    const rest = entries.slice(waiting.length);
    acknowledged.replaceChildren(...whoHas(rest, isOpen));
    const about = `${isolated(newest.incident_name)} ${inAreas(isOpen ? waiting : entries)}`;
    acknowledge.setAttribute("aria-label", `Acknowledge: ${about}`);
    undo.setAttribute("aria-label", `Undo: acknowledged ${about}`);
    const hadFocus = [acknowledge, undo].includes(/** @type {HTMLButtonElement} */ (document.activeElement));
    for (const part of [acknowledge, note, acknowledged]) part.remove();
    if (rest.length && (isOpen || !held)) opener.after(acknowledged);
    if (held && !isOpen) {
      note.replaceChildren("Acknowledged", ...(held.numbers.length ? [" – ", undo] : []));
      opener.after(note);
    } else if (isOpen && onAcknowledge) {
      acknowledge.setAttribute("aria-disabled", String(isUnderWay(card))); // and keeps the focus
      opener.after(acknowledge);
    }
    const address = addressOf(lead.incident);
    details.hidden = !address;
    if (address) details.href = address;
    details.setAttribute("aria-label", `Details: ${isolated(newest.incident_name)}`);
    if (hadFocus) ([undo, acknowledge].find((part) => part.isConnected) ?? opener).focus({ preventScroll: true });
  }

  return { node, update };
}

/** It is being acknowledged here, and the server has not answered yet. */
const isUnderWay = ({ held }) => held !== null && !held.numbers.length;

/** A line for each person who has acknowledged: of a card of which others wait, also in which areas. */
function whoHas(entries, isOpen) {
  const groups = new Map();
  for (const entry of entries) {
    const key = `${entry.by} ${entry.at}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()].map((group) => {
    const [{ by, at }] = group;
    const where = isOpen || groups.size > 1 ? ` ${inAreas(group)}` : "";
    return element(
      "p",
      { class: "entry-note" },
      `Acknowledged${where}${by ? ` by ${isolated(by)}` : ""}, `,
      at ? timeElement(at) : "",
    );
  });
}
