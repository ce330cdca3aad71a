/**
 * An incident's alerts in the panel, in two lines: choose it, acknowledge those that wait, take that back, see who did.
 * What a line has no room for stands in the title of the card's button, and in the popup.
 */

import { ageElement } from "../lib/age.js";
import { button, element } from "../lib/dom.js";
import { isolated } from "../lib/isolated.js";
import { severityIcon } from "../lib/severity.js";
import { isoLocal } from "../lib/time.js";
import { inAreas, shortAreas } from "../live/alert_cards.js";
import { CAUSES } from "../live/news.js";
import { dot, noteLine, severityName } from "./entry_parts.js";

/**
 * {node, update(card)} for a card (live/alert_cards.js).
 * @param onAcknowledge  (card) => void; null: this person may not
 * @param onUndo         (card) => void
 * @param addressOf      (incident) => the address of its page; undefined while that is not known
 * @param serverNow      () => ms
 */
export function alertCard(_, { onChoose, onAcknowledge, onUndo, addressOf, serverNow }) {
  let current;
  const opener = button("entry-open", "", () => onChoose(current.lead));
  const acknowledge = button("btn btn-sm btn-primary entry-deed", "Acknowledge", (event) => {
    // The second half of a double click is about nothing that was read.
    if (event.detail < 2 && !isUnderWay(current)) onAcknowledge(current);
  });
  const undo = button("btn btn-sm btn-outline-primary", "Undo", (event) => {
    if (event.detail < 2) onUndo(current);
  });
  const details = element("a", { class: "entry-link" }, "Details");
  const line = element("div", { class: "entry-line" });
  const node = element("li", { class: "entry" }, opener, line);

  function update(card) {
    current = card;
    const { entries, waiting, lead, held } = card;
    const isOpen = waiting.length > 0;
    const told = isOpen ? waiting : entries;
    const [newest] = told;
    const name = isolated(newest.incident_name);
    const isHeld = held && !isOpen;
    node.className = `entry severity-${newest.severity_code}`;
    node.classList.toggle("is-alerting", isOpen);
    node.classList.toggle("is-held", Boolean(held)); // a click beside its buttons does nothing
    node.dataset.alert = entries[0].alert;
    node.dataset.alerts = entries.map(({ alert }) => alert).join(" ");
    node.dataset.state = isOpen ? "unacknowledged" : "acknowledged";
    opener.replaceChildren(severityIcon(newest.severity_code), severityName(newest.severity, name));
    opener.title = allOf(card);
    acknowledge.setAttribute("aria-label", `Acknowledge: ${name} ${inAreas(told)}`);
    undo.setAttribute("aria-label", `Undo: acknowledged ${name} ${inAreas(told)}`);
    const hadFocus = [acknowledge, undo].includes(/** @type {HTMLButtonElement} */ (document.activeElement));
    const address = addressOf(lead.incident);
    if (address) details.href = address;
    details.setAttribute("aria-label", `Details: ${name}`);
    line.replaceChildren(
      isHeld ? heldNote(held, undo) : noteOf(card, ageElement(newest.raised, serverNow())),
      ...(address ? [dot(), details] : []),
    );
    const isOffered = isOpen && onAcknowledge;
    if (isOffered) acknowledge.setAttribute("aria-disabled", String(isUnderWay(card))); // and keeps the focus
    if (!isOffered) acknowledge.remove();
    else if (!acknowledge.isConnected) opener.after(acknowledge);
    if (hadFocus && ![acknowledge, undo].includes(/** @type {HTMLButtonElement} */ (document.activeElement))) {
      ([undo, acknowledge].find((part) => node.contains(part)) ?? opener).focus({ preventScroll: true });
    }
  }

  return { node, update };
}

/** It is being acknowledged here, and the server has not answered yet. */
const isUnderWay = ({ held }) => held !== null && !held.numbers.length;

function heldNote({ numbers }, undo) {
  return element("span", { class: "entry-held" }, "Acknowledged", ...(numbers.length ? [" – ", undo] : []));
}

/** `Highmuir +2 · 4 min`, and who has those that do not wait. */
function noteOf({ entries, waiting }, age) {
  const isOpen = waiting.length > 0;
  const rest = entries.slice(waiting.length);
  const who = rest.length ? `${isOpen ? `${rest.length} acknowledged` : "Acknowledged"}${byWhom(rest)}` : "";
  return noteLine(shortAreas(isOpen ? waiting : entries), age, who);
}

function byWhom(entries) {
  const people = [...new Set(entries.map(({ by }) => by).filter(Boolean))].map(isolated);
  return people.length ? ` by ${people.join(", ")}` : "";
}

/** A sentence for the alerts that wait, and one for each person who has acknowledged others. */
function allOf({ entries, waiting }) {
  const [first] = waiting.length ? waiting : entries;
  const sentences = [`${CAUSES[first.cause]}, ${isoLocal(new Date(first.raised))}`];
  if (waiting.length) sentences.unshift(`Waits ${inAreas(waiting)}`);
  const groups = new Map();
  for (const entry of entries.slice(waiting.length)) {
    const key = `${entry.by} ${entry.at}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  for (const group of groups.values()) {
    const [{ at }] = group;
    sentences.push(`Acknowledged ${inAreas(group)}${byWhom(group)}${at ? `, ${isoLocal(new Date(at))}` : ""}`);
  }
  return sentences.join(". ");
}
