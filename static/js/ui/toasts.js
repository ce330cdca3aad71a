/** New alerts, shown over the map until someone deals with them; many are gathered into one. */

import { button, element } from "../lib/dom.js";
import { severityIcon } from "../lib/severity.js";
import { CAUSES } from "./alert_entry.js";

const AT_MOST = 3; // toasts beside each other; more are gathered
const NARROW = window.matchMedia("(max-width: 48rem)"); // there is room for one
const LOUD = new Set(["UR", "HI"]); // interrupt a screen reader

export class Toasts {
  #root;
  #actions;
  #toasts = new Map(); // by key: {node, text}

  /**
   * @param root     the element they are put into
   * @param actions  {show(entries), acknowledge(numbers) or null, dismiss(numbers)}
   */
  constructor(root, actions) {
    this.#root = root;
    this.#actions = actions;
  }

  /** Show these groups (PendingAlerts.groups); returns the words of those that are new and do not interrupt. */
  draw(groups) {
    const wanted = groups.length > (NARROW.matches ? 1 : AT_MOST) ? [gathered(groups)] : groups.map(wordsOf);
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, { node }] of this.#toasts) {
      if (keys.has(key)) continue;
      node.remove();
      this.#toasts.delete(key);
    }
    const quiet = [];
    for (const toast of wanted) {
      const shown = this.#toasts.get(toast.key);
      if (shown?.text === toast.text) continue;
      const node = this.#build(toast);
      if (shown) shown.node.replaceWith(node);
      else this.#root.append(node);
      this.#toasts.set(toast.key, { node, text: toast.text });
      if (!LOUD.has(toast.worst.severity_code)) quiet.push(toast.text);
    }
    return quiet;
  }

  #build({ title, text, note, worst, entries, many }) {
    const numbers = entries.map(({ alert }) => alert);
    const { show, acknowledge, dismiss } = this.#actions;
    const buttons = element(
      "div",
      { class: "toast-buttons" },
      button("btn btn-sm btn-primary", "Show", () => show(entries)),
    );
    if (acknowledge && !many) {
      buttons.append(button("btn btn-sm btn-outline-primary", "Acknowledge", () => acknowledge(numbers)));
    }
    buttons.append(button("btn btn-sm btn-outline-secondary", "Dismiss", () => dismiss(numbers)));
    return element(
      "section",
      {
        class: `toast-card severity-${worst.severity_code}`,
        "aria-label": text,
        "data-alerts": numbers.join(" "),
        role: LOUD.has(worst.severity_code) ? "alert" : null,
      },
      severityIcon(worst.severity_code),
      element("div", {}, element("strong", {}, title), element("p", {}, note)),
      buttons,
    );
  }
}

/** What a group says; `text` is all of it in one line. */
function wordsOf({ key, entries, worst }) {
  const many = worst.cause === "area" && entries.length > 1;
  const title = many ? `${entries.length} new alerts in ${worst.area_name}` : `${worst.severity}: ${worst.incident_name}`;
  const areas = [...new Set(entries.map((entry) => entry.area_name))].join(", ");
  const note = many ? CAUSES.area : `in ${areas} – ${CAUSES[worst.cause]}`;
  return { key, title, note, text: `${title}. ${note}`, worst, entries, many: false };
}

function gathered(groups) {
  const entries = groups.flatMap((group) => group.entries);
  const title = `${entries.length} new alerts`;
  const note = `The worst: ${groups[0].worst.severity}, ${groups[0].worst.incident_name}`;
  return { key: "gathered", title, note, text: `${title}. ${note}`, worst: groups[0].worst, entries, many: true };
}
