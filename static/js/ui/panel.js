/** The panel beside the map: alerts and open incidents, the map's accessible twin. */

import { latLngOf, worstIncidentFirst } from "../map/incident_layer.js";
import { worstAlertFirst } from "../live/pending_alerts.js";
import { alertEntry } from "./alert_entry.js";
import { EntryList } from "./entry_list.js";
import { incidentEntry } from "./incident_entry.js";

export class Panel {
  #map;
  #alerts;
  #incidents;
  #state = null;
  #toggle = document.getElementById("panel-toggle");
  #inView = document.getElementById("incidents-in-view");

  /** *actions*: {chooseAlert(entry), chooseIncident(feature), acknowledge(number) or null}. */
  constructor(map, actions) {
    this.#map = map;
    this.#alerts = new EntryList(document.getElementById("alert-list"), {
      keyOf: ({ alert }) => alert,
      create: (entry) => alertEntry(entry, { onChoose: actions.chooseAlert, onAcknowledge: actions.acknowledge }),
    });
    this.#incidents = new EntryList(document.getElementById("incident-list"), {
      keyOf: ({ id }) => id,
      create: (feature) => incidentEntry(feature, { onChoose: actions.chooseIncident }),
    });
    for (const choice of document.querySelectorAll("[name=incidents-shown]")) {
      choice.addEventListener("change", () => this.#drawIncidents());
    }
    map.on("moveend", () => {
      if (this.#inView.checked) this.#drawIncidents();
    });
    this.#toggle.addEventListener("click", () => this.#open(this.#toggle.getAttribute("aria-expanded") !== "true"));
  }

  draw(state) {
    this.#state = state;
    this.#drawAlerts();
    this.#drawIncidents();
  }

  /** Bring an alert's entry into sight and give it the focus. */
  showAlert(number) {
    this.#open(true);
    this.#alerts.focus(number);
  }

  /** On a narrow screen the panel is a sheet that can be put away. */
  #open(open) {
    this.#toggle.setAttribute("aria-expanded", open);
    document.body.classList.toggle("panel-closed", !open);
    this.#map.invalidateSize({ pan: false });
  }

  #drawAlerts() {
    const waiting = ({ state }) => (state === "unacknowledged" ? 0 : 1);
    const alerts = [...this.#state.alerts.values()].sort((a, b) => waiting(a) - waiting(b) || worstAlertFirst(a, b));
    this.#alerts.show(alerts);
    document.getElementById("alert-count").textContent = alerts.length;
  }

  #drawIncidents() {
    if (!this.#state) return;
    const all = [...this.#state.incidents.values()];
    const bounds = this.#map.getBounds();
    const shown = this.#inView.checked ? all.filter((feature) => bounds.contains(latLngOf(feature))) : all;
    this.#incidents.show(shown.sort(worstIncidentFirst));
    document.getElementById("incident-count").textContent =
      shown.length === all.length ? all.length : `${shown.length} of ${all.length}`;
    document.getElementById("incidents-empty").textContent = all.length
      ? "No open incident in this part of the map."
      : "No incident is open.";
  }
}
