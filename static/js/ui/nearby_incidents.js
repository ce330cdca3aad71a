/** "Is it one of these?": the open incidents around the pin, before somebody reports one of them again. */

import { askJSON, Refusal } from "../lib/ask.js";
import { button, element } from "../lib/dom.js";
import { Latest } from "../lib/latest.js";
import { severityIcon } from "../lib/severity.js";

const YES = "Yes, it is this one";
const TIMEOUT_MS = 30_000;

export class NearbyIncidents {
  #box;
  #form;
  #list;
  #problem;
  #telling = false;
  #status = document.getElementById("nearby-status");
  #latest;
  #declined = ""; // those that the person has said it is not

  /** *box*: the section of incident_report.html in *form*; *onNone* when the person says that it is none of them. */
  constructor(box, form, onNone) {
    this.#box = box;
    this.#form = form;
    this.#list = box.querySelector("ul");
    this.#problem = box.querySelector(".nearby-problem");
    this.#latest = new Latest({
      ask: (question, signal) => askJSON(`${box.dataset.url}?${new URLSearchParams(question)}`, { signal }),
      onAnswer: ({ incidents }) => this.#show(incidents),
      onFailure: () => this.#show([]), // nobody is kept from reporting
      waitMs: 400,
    });
    window.addEventListener("pageshow", () => {
      for (const yes of this.#list.querySelectorAll("button")) this.#busy(yes, false); // come back to
    });
    box.querySelector(":scope > button").addEventListener("click", () => {
      this.#declined = this.#list.dataset.incidents;
      this.#show([]);
      onNone();
    });
  }

  at({ latitude, longitude, accuracy_m }) {
    this.#latest.put({ latitude, longitude, ...(accuracy_m && { accuracy_m }) });
  }

  #show(incidents) {
    const which = incidents.map(({ reference }) => reference).join();
    const shown = which && which !== this.#declined;
    this.#box.hidden = !shown;
    this.#problem.textContent = "";
    this.#list.dataset.incidents = which;
    this.#list.replaceChildren(...(shown ? incidents.map((incident) => this.#entry(incident)) : []));
    const count = incidents.length === 1 ? "1 open incident is" : `${incidents.length} open incidents are`;
    this.#status.textContent = shown ? `${count} known near the pin. Is it one of these?` : "";
  }

  #entry({ reference, name, severity, severity_code, place, distance, age }) {
    const note = [severity, distance, age, place].filter(Boolean).join(" · ");
    const yes = button("btn btn-outline-primary", YES, () => this.#tell(reference, yes), {
      "aria-label": `${YES}: ${name}`,
    });
    return element(
      "li",
      { class: "nearby-entry", "data-reference": reference },
      severityIcon(severity_code),
      element("div", {}, element("strong", {}, name), element("p", { class: "entry-note" }, note)),
      yes,
    );
  }

  /** It is this one: the people on watch see that it was reported once more, and the thanks follow. */
  async #tell(reference, yes) {
    if (this.#telling) return; // a second tap
    this.#busy(yes, true);
    this.#problem.textContent = "";
    const fields = new FormData(this.#form); // its place, and its key: sent twice, it counts once
    const token = fields.get("csrfmiddlewaretoken");
    fields.set("incident", reference);
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const { url } = await askJSON(this.#box.dataset.alsoUrl, { fields, token, signal });
      window.location.assign(url);
    } catch (error) {
      const why = error instanceof Refusal ? error.message : "The server cannot be reached. Check your connection.";
      this.#problem.textContent = `Not sent. ${why}`;
      this.#busy(yes, false);
    }
  }

  #busy(yes, busy) {
    this.#telling = busy;
    yes.setAttribute("aria-disabled", String(busy));
    yes.textContent = busy ? "Sending …" : YES;
  }
}
