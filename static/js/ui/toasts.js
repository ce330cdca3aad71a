/** New alerts, shown over the map until someone deals with them; many are gathered into one. */

import { button, element } from "../lib/dom.js";
import { severityIcon } from "../lib/severity.js";
import { UNDO_MS } from "../live/held_cards.js";
import { gathered, wordsOf } from "../live/news.js";

const AT_MOST = 3; // toasts beside each other; more are gathered
const NARROW = window.matchMedia("(max-width: 48rem)"); // there is room for one
const LATE = "Somebody had it already, or it has ended."; // who, the list of alerts says
const LOUD = new Set(["UR", "HI"]); // interrupt a screen reader

export class Toasts {
  #root;
  #actions;
  #toasts = new Map(); // by key: {node, about}
  #groups = []; // that were shown last
  #leaving = new Set(); // keys of those that were acknowledged here a moment ago, and stay for a while
  #told = new Set(); // the alerts that were shown last: what is left of them is no news

  /**
   * @param {HTMLElement} root  the element they are put into
   * @param {object} actions
   * @param {((entries: Wire.AlertEntry[]) => void) | null} [actions.show]  where there is a map
   * @param {((entries: Wire.AlertEntry[]) => string) | null} [actions.addressOf]  where there is none: of the page that
   *     shows them
   * @param {((numbers: number[]) => Promise<number[] | null>) | null} actions.acknowledge  gives those that were; null if
   *     it failed
   * @param {(numbers: number[]) => Promise<boolean>} actions.takeBack  whether it was
   * @param {(numbers: number[]) => void} actions.dismiss
   */
  constructor(root, actions) {
    this.#root = root;
    this.#actions = actions;
  }

  /** Show these groups (PendingAlerts.groups); returns the words of those that are new and do not interrupt. */
  draw(groups) {
    this.#groups = groups;
    const wanted = groups.length > (NARROW.matches ? 1 : AT_MOST) ? [gathered(groups)] : groups.map(wordsOf);
    const keys = new Set(wanted.map(({ key }) => key));
    const hadFocus = this.#root.contains(document.activeElement);
    for (const [key, { node }] of this.#toasts) {
      if (keys.has(key) || this.#leaving.has(key)) continue;
      node.remove();
      this.#toasts.delete(key);
    }
    const quiet = [];
    for (const toast of wanted) {
      const about = `${toast.text} ${toast.entries.map(({ alert }) => alert).join(" ")}`;
      const shown = this.#toasts.get(toast.key);
      if (shown?.about === about) continue;
      const isNews = toast.entries.some((entry) => !this.#told.has(toldOf(entry)));
      this.#leaving.delete(toast.key);
      const node = this.#build(toast, isNews && LOUD.has(toast.worst.severity_code));
      if (shown) replace(shown.node, node);
      else this.#root.append(node);
      this.#toasts.set(toast.key, { node, about });
      if (isNews && !LOUD.has(toast.worst.severity_code)) quiet.push(toast.text);
    }
    this.#told = new Set(groups.flatMap(({ entries }) => entries.map(toldOf)));
    if (hadFocus && !this.#root.contains(document.activeElement)) {
      /** @type {HTMLElement} */
      const next = this.#root.querySelector("a, button") ?? document.getElementById("content");
      next.focus({ preventScroll: true });
    }
    return quiet;
  }

  #build({ key, title, text, note, worst, entries, many }, isLoud) {
    const numbers = entries.map(({ alert }) => alert);
    const { show, addressOf, acknowledge, dismiss } = this.#actions;
    const buttons = element("div", { class: "toast-buttons" });
    const offer = () => {
      /** @type {HTMLElement[]} */
      const shown = [addressOf ? linkTo(addressOf(entries)) : showButton(() => show(entries))];
      if (acknowledge) {
        const label = numbers.length > 1 ? `Acknowledge all ${numbers.length}` : "Acknowledge";
        const act = many ? ask : () => this.#acknowledge(key, numbers, buttons, offer);
        shown.push(button("btn btn-sm btn-outline-primary", label, read(act), { "data-action": "acknowledge" }));
      }
      shown.push(
        button("btn btn-sm btn-outline-secondary", "Dismiss", () => dismiss(numbers), { "data-action": "dismiss" }),
      );
      buttons.replaceChildren(...shown);
    };
    const ask = () => {
      const question = element("p", { class: "toast-question" }, `Acknowledge all ${numbers.length} alerts, unseen?`);
      const yes = button("btn btn-sm btn-primary", `Yes, all ${numbers.length}`, (event) => {
        if (event.detail > 1) return; // the second half of a double click has not read the question
        yes.disabled = true;
        this.#acknowledge(key, numbers, buttons, offer);
      });
      const no = button("btn btn-sm btn-outline-secondary", "No", () => {
        offer();
        /** @type {HTMLElement} */
        const again = buttons.querySelector("[data-action=acknowledge]");
        again.focus();
      });
      buttons.replaceChildren(question, yes, no);
      no.focus();
    };
    offer();
    return element(
      "section",
      {
        class: `toast-card severity-${worst.severity_code}`,
        "aria-label": text,
        "data-alerts": numbers.join(" "),
        role: isLoud ? "alert" : null,
      },
      severityIcon(worst.severity_code),
      element("div", {}, element("strong", {}, title), element("p", {}, note)),
      buttons,
    );
  }

  /** The toast stays for a while, so that no other one comes under the pointer, and it can be taken back. */
  async #acknowledge(key, numbers, buttons, offer) {
    if (this.#leaving.has(key)) return; // it is under way
    this.#leaving.add(key);
    const done = await this.#actions.acknowledge(numbers);
    if (!done || !this.#leaving.has(key)) {
      this.#leaving.delete(key);
      offer();
      return;
    }
    const leave = () => {
      if (this.#leaving.delete(key)) this.draw(this.#groups);
    };
    const hadFocus = buttons.contains(document.activeElement);
    const undo = button(
      "btn btn-sm btn-outline-primary",
      "Undo",
      read(async () => {
        undo.disabled = true;
        await this.#actions.takeBack(done);
        leave();
      }),
    );
    const said = done.length ? ["Acknowledged", " – ", undo] : [element("strong", { class: "toast-late" }, LATE)];
    buttons.replaceChildren(...said);
    if (hadFocus) undo.focus({ preventScroll: true });
    window.setTimeout(leave, UNDO_MS);
  }
}

const showButton = (act) => button("btn btn-sm btn-primary", "Show", act, { "data-action": "show" });

/** In a window of its own: what is typed in this one stays. */
function linkTo(address) {
  const more = element("span", { class: "visually-hidden" }, " in a new tab");
  const attributes = { href: address, target: "_blank", rel: "noopener", "data-action": "show" };
  return element("a", { class: "btn btn-sm btn-primary", ...attributes }, "Show", more);
}

/** For a click; the second half of a double click is about nothing that was read. */
const read = (act) => (event) => {
  if (event.detail < 2) act();
};

function toldOf({ alert, raised }) {
  return `${alert} ${raised}`;
}

/** What has come meanwhile takes back a question that was asked; the focus stays at the same button. */
function replace(old, node) {
  const focused = /** @type {HTMLElement} */ (old.contains(document.activeElement) ? document.activeElement : null);
  old.replaceWith(node);
  if (!focused) return;
  const action = focused.dataset.action ?? "acknowledge";
  /** @type {HTMLElement} */
  const next = node.querySelector(`[data-action=${action}]`) ?? node.querySelector("a, button");
  next.focus({ preventScroll: true });
}
