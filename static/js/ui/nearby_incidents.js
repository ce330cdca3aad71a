/** "Is it one of these?": the open incidents around the pin, before somebody reports one of them again. */

import { askJSON } from "../lib/ask.js";
import { element } from "../lib/dom.js";
import { Latest } from "../lib/latest.js";
import { severityIcon } from "../lib/severity.js";

export class NearbyIncidents {
  #box;
  #list;
  #status = document.getElementById("nearby-status");
  #latest;
  #declined = ""; // those that the person has said it is not

  /** *box*: the section of incident_report.html; *onNone* when the person says that it is none of them. */
  constructor(box, onNone) {
    this.#box = box;
    this.#list = box.querySelector("ul");
    this.#latest = new Latest({
      ask: (question, signal) => askJSON(`${box.dataset.url}?${new URLSearchParams(question)}`, { signal }),
      onAnswer: ({ incidents }) => this.#show(incidents),
      onFailure: () => this.#show([]), // nobody is kept from reporting
      waitMs: 400,
    });
    box.querySelector("button").addEventListener("click", () => {
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
    this.#list.dataset.incidents = which;
    this.#list.replaceChildren(...(shown ? incidents.map((incident) => this.#entry(incident)) : []));
    const count = incidents.length === 1 ? "1 open incident is" : `${incidents.length} open incidents are`;
    this.#status.textContent = shown ? `${count} known near the pin. Is it one of these?` : "";
  }

  #entry({ reference, name, severity, severity_code, place, distance, age }) {
    const note = [severity, distance, age, place].filter(Boolean).join(" · ");
    const address = `${this.#box.dataset.knownUrl}?${new URLSearchParams({ known: reference })}`;
    return element(
      "li",
      { class: "nearby-entry", "data-reference": reference },
      severityIcon(severity_code),
      element("div", {}, element("strong", {}, name), element("p", { class: "entry-note" }, note)),
      element(
        "a",
        { class: "btn btn-outline-primary", href: address, "aria-label": `Yes, it is this one: ${name}` },
        "Yes, it is this one",
      ),
    );
  }
}
