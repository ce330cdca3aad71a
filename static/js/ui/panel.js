/** The panel beside the map: alerts and open incidents, the map's accessible twin. */

import { worstIncidentFirst } from "../map/incident_layer.js";
import { AreaMembership } from "../live/area_membership.js";
import { areaId, compile, countText, hiddenText, isActive, waitingCount } from "../live/filters.js";
import { keepInAddress, readFragment } from "../live/fragment.js";
import { renewAges } from "../lib/age.js";
import { AlertCards } from "../live/alert_cards.js";
import { HeldCards } from "../live/held_cards.js";
import { alertCard } from "./alert_card.js";
import { EntryList } from "./entry_list.js";
import { FilterForm } from "./filter_form.js";
import { incidentEntry } from "./incident_entry.js";
import { Sheet } from "./sheet.js";
import { Tabs } from "./tabs.js";

const TICK_MS = 15_000; // “4 min” and “last hour” go on
const LIST_TAB = { name: "tab", value: "incidents" }; // in the address
const IN_VIEW = { name: "list", value: "in-view" }; // in the address

const numberOf = ({ alert }) => alert;

export class Panel {
  #map;
  #alerts;
  #incidents;
  #filter;
  #announce;
  #onListed;
  #serverNow;
  #state = null;
  #listed = new Map(); // incidents by id
  #passes = null; // {alert(entry), incident(feature)}
  #cards = new AlertCards();
  #held;
  #shownCards = [];
  #sortedIncidents = { of: null, list: [] };
  #membership = new AreaMembership();
  #countsOf = null; // the incidents that the toolbar has counted
  #concerns;
  #placeOf;
  #tabs;
  #sheet;
  #inView = /** @type {HTMLInputElement} */ (document.getElementById("incidents-in-view"));

  /**
   * *actions*: {chooseAlert(entry), chooseIncident(feature), acknowledge(numbers) or null, takeBack(numbers),
   * announce(text), onListed(), serverNow(), concerns() gives (entry) => whether it calls this person,
   * placeOf(feature): where it is drawn}. onListed is called when a filter, and not a new state, has changed what is
   * `listed`.
   */
  constructor(map, actions) {
    this.#map = map;
    this.#announce = actions.announce;
    this.#onListed = actions.onListed;
    this.#serverNow = actions.serverNow;
    this.#concerns = actions.concerns;
    this.#placeOf = actions.placeOf;
    const { serverNow } = actions;
    this.#alerts = new EntryList(document.getElementById("alert-list"), {
      keyOf: ({ incident }) => incident,
      create: (card) =>
        alertCard(card, {
          onChoose: actions.chooseAlert,
          onAcknowledge: actions.acknowledge && (({ waiting }) => actions.acknowledge(waiting.map(numberOf))),
          onUndo: ({ held }) => actions.takeBack(held?.numbers ?? []),
          addressOf: (incident) => this.#state.incidents.get(incident)?.properties.url,
          serverNow,
        }),
    });
    this.#incidents = new EntryList(document.getElementById("incident-list"), {
      keyOf: ({ id }) => id,
      create: (feature) => incidentEntry(feature, { onChoose: actions.chooseIncident, serverNow }),
    });
    this.#held = new HeldCards(window, () => this.#drawLists());
    this.#filter = new FilterForm(document.getElementById("panel-filters"), { onChange: () => this.#follow() });
    this.#tabs = new Tabs(document.getElementById("panel-tabs"), {
      onChange: (name) => keepInAddress({ [LIST_TAB.name]: name === LIST_TAB.value ? name : "" }),
    });
    this.#followAddress();
    window.addEventListener("hashchange", () => this.#followAddress());
    for (const choice of document.querySelectorAll("[name=incidents-shown]")) {
      choice.addEventListener("change", () => {
        keepInAddress({ [IN_VIEW.name]: this.#inView.checked ? IN_VIEW.value : "" });
        this.#drawLists();
      });
    }
    map.on("moveend", () => {
      if (this.#inView.checked) this.#drawLists();
    });
    this.#sheet = new Sheet(document.querySelector(".panel"), {
      toggle: document.getElementById("panel-toggle"),
      size: document.getElementById("panel-size"),
      onChange: () => map.invalidateSize({ pan: false }),
    });
    window.setInterval(() => {
      if (this.#state && this.#filter.filters.within) this.#redraw();
      renewAges(document.getElementById("panel-body"), this.#serverNow());
    }, TICK_MS);
  }

  /** The incidents that pass the filter or that a listed alert is about (Map by id), in whatever part of the map. */
  get listed() {
    return this.#listed;
  }

  get isFiltered() {
    return isActive(this.#filter.filters);
  }

  draw(state) {
    const old = this.#state;
    this.#state = state;
    if (state.areas !== old?.areas) this.#filter.showAreas(state.areas);
    const isSame = (part) => state[part] === old?.[part];
    if (isSame("alerts") && isSame("incidents") && isSame("areas")) return;
    this.#drawLists();
  }

  /** Bring an alert's entry into sight and give it the focus; a filter that hides it is switched off. */
  showAlert(number) {
    this.#sheet.open(true);
    if (this.#tabs.show("alerts")) keepInAddress({ [LIST_TAB.name]: "" });
    const entry = this.#state.alerts.get(number);
    if (entry && !this.#passes.alert(entry)) this.#filter.clear();
    if (entry) this.#alerts.focus(entry.incident);
  }

  /** The alerts with these numbers are being acknowledged here: their cards stay where they are for a while. */
  hold(numbers) {
    const incidents = this.#incidentsOf(numbers);
    this.#held.hold(this.#shownCards.filter(({ incident }) => incidents.has(incident)));
  }

  /** These were, and can be taken back for a while; those of *asked* that were not are held no more. */
  letUndo(numbers, asked) {
    const done = this.#incidentsOf(numbers);
    if (done.size) this.#announce("Acknowledged. It can be undone for three seconds.");
    for (const [incident, own] of done) this.#held.done(incident, own);
    this.#held.release([...this.#incidentsOf(asked).keys()].filter((incident) => !done.has(incident)));
  }

  /** The cards of the alerts with these numbers go where they belong. */
  release(numbers) {
    this.#held.release([...this.#incidentsOf(numbers).keys()]);
  }

  /** By incident, the numbers of its alerts. */
  #incidentsOf(numbers) {
    const found = new Map();
    for (const number of numbers) {
      const incident = this.#state.alerts.get(number)?.incident;
      if (incident) found.set(incident, [...(found.get(incident) ?? []), number]);
    }
    return found;
  }

  /** Other alerts call this person than before. */
  followMine() {
    if (this.#state && this.#filter.filters.show === "mine") this.#redraw();
  }

  /** Lead to the filter, from the map. */
  showFilter() {
    this.#sheet.open(true);
    this.#filter.focus();
  }

  #followAddress() {
    const values = readFragment(window.location.hash);
    if (!values.size) return; // #content, and not ours
    this.#tabs.show(values.get(LIST_TAB.name) === LIST_TAB.value ? LIST_TAB.value : "alerts");
    const name = values.get(IN_VIEW.name) === IN_VIEW.value ? "in-view" : "all";
    /** @type {HTMLInputElement} */
    const choice = document.querySelector(`[name=incidents-shown][value=${name}]`);
    choice.checked = true;
    this.#drawLists();
  }

  // --- what is listed ---

  /** Somebody has changed the filter. */
  #follow() {
    if (!this.#state) return;
    const said = this.#redraw();
    this.#announce(this.isFiltered ? `Listed: ${said}.` : "Filter off: everything is listed.");
  }

  #redraw() {
    const said = this.#drawLists();
    this.#onListed();
    return said;
  }

  #drawLists() {
    if (!this.#state) return "";
    const area = this.#state.areas.get(areaId(this.#filter.filters));
    this.#passes = compile(this.#filter.filters, {
      now: this.#serverNow(),
      isIn: (_, incident) => Boolean(area) && this.#membership.has(area, incident),
      isMine: this.#concerns(),
      isHeld: ({ incident }) => this.#held.all.has(incident),
    });
    const { shown, said: alerts } = this.#drawAlerts();
    const incidents = this.#drawIncidents(shown);
    const said = `${alerts} alerts, ${incidents} incidents`;
    this.#filter.showResult(said);
    return said;
  }

  /** Returns the entries that are listed, and how many of how many. */
  #drawAlerts() {
    const { alerts } = this.#state;
    const all = [...alerts.values()];
    const shown = all.filter(this.#passes.alert);
    this.#shownCards = this.#cards.of(shown, this.#held.all);
    this.#alerts.show(this.#shownCards);
    const count = countText(shown.length, all.length);
    document.getElementById("alert-count").textContent = count;
    document.getElementById("alerts-empty").textContent = all.length
      ? "No alert passes the filter."
      : "No alert is waiting. All is quiet.";
    const hidden = document.getElementById("alerts-hidden");
    const text = hiddenText(all, shown);
    if (hidden.textContent !== text) hidden.textContent = text;
    this.#sayWaiting(waitingCount(all));
    return { shown, said: count };
  }

  /** Also on the sheet's button: on a phone nothing else says it while the sheet is away. */
  #sayWaiting(waiting) {
    const text = waiting ? `${waiting} waiting` : "";
    for (const node of document.querySelectorAll("#alerts-waiting, #panel-toggle-waiting")) {
      if (node.textContent !== text) node.textContent = text;
    }
  }

  #drawIncidents(alerts) {
    const { incidents } = this.#state;
    if (this.#sortedIncidents.of !== incidents) {
      this.#sortedIncidents = { of: incidents, list: [...incidents.values()].sort(worstIncidentFirst) };
    }
    const all = this.#sortedIncidents.list;
    this.#count(incidents);
    const bounds = this.#map.getBounds();
    const passing = this.isFiltered ? this.#passing(all, alerts) : all;
    this.#listed = this.isFiltered ? new Map(passing.map((feature) => [feature.id, feature])) : incidents;
    const shown = this.#inView.checked ? passing.filter((feature) => bounds.contains(this.#placeOf(feature))) : passing;
    this.#incidents.show(shown);
    const count = countText(shown.length, all.length);
    document.getElementById("incident-count").textContent = count;
    document.getElementById("incidents-empty").textContent = this.#whyEmpty(all.length, passing.length);
    return count;
  }

  /** How many of each severity are open, whatever is listed. */
  #count(incidents) {
    if (this.#countsOf === incidents) return;
    this.#countsOf = incidents;
    const counts = {};
    for (const { properties } of incidents.values()) {
      counts[properties.severity_code] = (counts[properties.severity_code] ?? 0) + 1;
    }
    this.#filter.showCounts(counts);
  }

  #passing(all, alerts) {
    const called = new Set(alerts.map(({ incident }) => incident)); // what an alert is about is there where it leads
    return all.filter((feature) => called.has(feature.id) || this.#passes.incident(feature));
  }

  #whyEmpty(all, passing) {
    if (!all) return "No incident is open.";
    return passing ? "No open incident in this part of the map." : "No open incident passes the filter.";
  }
}
