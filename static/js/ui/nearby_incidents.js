/** "Is it one of these?": the open incidents around the pin, before somebody reports one of them again. */

import { askJSON, Refusal } from "../lib/ask.js";
import { button, element } from "../lib/dom.js";
import { isolated } from "../lib/isolated.js";
import { Latest } from "../lib/latest.js";
import { severityIcon } from "../lib/severity.js";

const YES = "Yes, it is this one";
const SENDING = "Sending …";
const TIMEOUT_MS = 30_000;

export class NearbyIncidents {
  #box;
  #form;
  #list;
  #problem;
  #onTell;
  #telling = false;
  #question = null; // around which point was asked last
  #isStale = false; // an answer came while one of the list was being told
  #status = document.getElementById("nearby-status");
  #putOff = document.getElementById("nearby-put-off");
  #latest;
  #declined = ""; // those that the person has said it is not

  /**
   * *box*: the section of _nearby.html in *form*; *onNone* when the person says that it is none of them, and
   * *onTell* that it is one, before it is sent.
   */
  constructor(box, form, { onNone, onTell = () => {} }) {
    this.#box = box;
    this.#form = form;
    this.#onTell = onTell;
    this.#list = box.querySelector("ul");
    this.#problem = box.querySelector(".nearby-problem");
    this.#latest = new Latest({
      ask: (question, signal) => askJSON(`${box.dataset.url}?${new URLSearchParams(question)}`, { signal }),
      onAnswer: ({ incidents }) => this.#answered(incidents),
      onFailure: (error) => this.#answered([], putOff(error)), // nobody is kept from reporting
      waitMs: 400,
    });
    window.addEventListener("pageshow", () => {
      for (const yes of this.#list.querySelectorAll("button")) this.#busy(yes, false); // come back to
    });
    box.querySelector(":scope > button").addEventListener("click", () => {
      this.#declined = this.#list.dataset.incidents;
      this.#problem.textContent = "";
      this.#show([]);
      onNone();
    });
  }

  at({ latitude, longitude, accuracy_m }) {
    this.#problem.textContent = "";
    this.#question = { latitude, longitude, ...(accuracy_m && { accuracy_m }) };
    this.#latest.put(this.#question);
  }

  /** *sentence*: why there are none to show for a while, if so. */
  #answered(incidents, sentence = "") {
    if (this.#putOff.textContent !== sentence) this.#putOff.textContent = sentence; // and is not read out again
    if (this.#telling) {
      this.#isStale = true; // a button that is sending stays, and is asked for again should it fail
    } else if (incidents.length || !this.#problem.textContent) {
      this.#show(incidents); // else what was not sent is still said
    }
  }

  #show(incidents) {
    const which = incidents.map(({ reference }) => reference).join();
    const shown = which && which !== this.#declined;
    this.#box.hidden = !shown;
    if (shown && this.#list.dataset.incidents === which && this.#list.children.length === incidents.length) {
      // The same ones from elsewhere: a finger, or the focus, that is on a button stays there.
      incidents.forEach((incident, at) => {
        this.#list.children[at].querySelector(".entry-note").textContent = noteOf(incident);
      });
    } else this.#list.replaceChildren(...(shown ? incidents.map((incident) => this.#entry(incident)) : []));
    this.#list.dataset.incidents = which;
    const count = incidents.length === 1 ? "1 open incident is" : `${incidents.length} open incidents are`;
    this.#status.textContent = shown ? `${count} known near the pin. Is it one of these?` : "";
  }

  #entry(incident) {
    const { reference, name, severity_code, url } = incident;
    // Who works here goes on at the incident itself; what they have typed is kept in the tab.
    const yes = this.#box.dataset.alsoUrl
      ? button("btn btn-outline-primary", YES, () => this.#tell(reference, yes))
      : element("a", { class: "btn btn-outline-primary", href: url }, YES);
    yes.append(element("span", { class: "visually-hidden" }, `: ${isolated(name)}`));
    return element(
      "li",
      { class: "nearby-entry", "data-reference": reference },
      severityIcon(severity_code),
      element(
        "div",
        {},
        element("strong", {}, element("bdi", {}, name)),
        element("p", { class: "entry-note" }, noteOf(incident)),
      ),
      yes,
    );
  }

  /** It is this one: the people on watch see that it was reported once more, and the thanks follow. */
  async #tell(reference, yes) {
    if (this.#telling) return; // a second tap
    this.#onTell();
    this.#isStale = false;
    this.#problem.textContent = "";
    this.#busy(yes, true);
    const fields = new FormData(this.#form); // its place, and its key: sent twice, it counts once
    const token = String(fields.get("csrfmiddlewaretoken"));
    fields.set("incident", reference);
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const { url } = await askJSON(this.#box.dataset.alsoUrl, { fields, token, signal });
      window.location.assign(url);
    } catch (error) {
      this.#problem.textContent = `Not sent. ${why(error)}`;
      this.#busy(yes, false);
      if (this.#isStale) this.#latest.put(this.#question);
    }
  }

  #busy(yes, busy) {
    this.#telling = busy;
    yes.setAttribute("aria-disabled", String(busy));
    yes.firstChild.textContent = busy ? SENDING : YES; // and not the name, which is read out with it
    this.#status.textContent = busy ? SENDING : "";
  }
}

/** What the server says to those who have asked too often; else nothing. */
function putOff(error) {
  return error instanceof Refusal && error.status === 429 ? (error.sentence ?? "") : "";
}

function why(error) {
  if (!(error instanceof Refusal)) return "The server cannot be reached. Check your connection.";
  if (error.status === 403 && !error.sentence) {
    return "This page is too old. Load it again; what you typed is kept."; // its token is
  }
  return error.message;
}

function noteOf({ severity, distance, age, place }) {
  return [severity, distance, age, place].filter(Boolean).join(" · ");
}
