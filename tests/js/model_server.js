/**
 * A little model of the server: what it stores, what it alerts, and the log it writes. Rows are visible at once;
 * their messages get their numbers later, as on the real server, where numbering follows the commit.
 */

const LABELS = { UR: "Urgent", HI: "High", ME: "Medium", LO: "Low", IN: "Info" };
const CODES = Object.keys(LABELS);

export class ModelServer {
  log = "log-1";
  incidents = new Map(); // pk -> {pk, name, severity, x, closed}
  areas = new Map(); // pk -> {pk, name, severity, west, east}
  alerts = new Map(); // number -> entry of the collection
  messages = []; // numbered
  #pending = [];
  #numbers = { incident: 0, area: 0, alert: 0 };
  #time = 0;

  constructor(random) {
    this.random = random;
  }

  // --- what clients get ---

  get seq() {
    return this.messages.length;
  }

  /** Give numbers to what has been recorded; *count* messages at most. */
  number(count = Infinity) {
    for (const message of this.#pending.splice(0, count)) this.messages.push({ ...message, seq: this.seq + 1 });
  }

  incidentCollection() {
    const open = [...this.incidents.values()].filter(({ closed }) => !closed);
    return { log: this.log, seq: this.seq, features: open.map(incidentFeature) };
  }

  areaCollection() {
    return { log: this.log, seq: this.seq, features: [...this.areas.values()].map(areaFeature) };
  }

  alertCollection() {
    return { log: this.log, seq: this.seq, alerts: [...this.alerts.values()].map((entry) => ({ ...entry })) };
  }

  /** @returns {Wire.Collections} */
  snapshot() {
    return { incidents: this.incidentCollection(), areas: this.areaCollection(), alerts: this.alertCollection() };
  }

  // --- what people do ---

  step() {
    const actions = [
      () => this.createIncident(),
      () => this.changeIncident(),
      () => this.changeIncident(),
      () => this.changeIncident(),
      () => this.deleteIncident(),
      () => this.createArea(),
      () => this.changeArea(),
      () => this.deleteArea(),
      () => this.acknowledge(),
      () => this.acknowledge(),
      () => this.takeBack(),
      () => this.closeByMistake(),
    ];
    this.#time += 1;
    this.#pick(actions)();
  }

  createIncident() {
    const pk = this.#next("incident");
    this.#saveIncident(
      { pk, name: this.#name(), severity: this.#pick(CODES), x: this.#place(), closed: false },
      "created",
    );
  }

  changeIncident() {
    const was = this.#pick([...this.incidents.values()]);
    if (!was) return;
    const now = { ...was };
    this.#pick([
      () => (now.name = this.#name()),
      () => (now.severity = this.#pick(CODES)),
      () => (now.x = this.#place()),
      () => (now.closed = !was.closed),
    ])();
    const worse = CODES.indexOf(now.severity) < CODES.indexOf(was.severity);
    this.#saveIncident(now, was.closed && !now.closed ? "reopened" : worse ? "worsened" : "moved");
  }

  deleteIncident() {
    const gone = this.#pick([...this.incidents.values()]);
    if (!gone) return;
    this.incidents.delete(gone.pk);
    this.#record({ type: "post_delete", feature: incidentFeature(gone) });
    this.#resolve((entry) => entry.incident === `Incident:${gone.pk}`);
  }

  createArea() {
    const pk = this.#next("area");
    const west = this.#place();
    this.#saveArea({ pk, name: this.#name(), severity: this.#pick(CODES), west, east: west + 4 }, true);
  }

  changeArea() {
    const was = this.#pick([...this.areas.values()]);
    if (!was) return;
    const now = { ...was };
    this.#pick([
      () => (now.name = this.#name()),
      () => (now.severity = this.#pick(CODES)),
      () => (now.east = now.west + 1 + this.#place()),
    ])();
    this.#saveArea(now, false);
  }

  deleteArea() {
    const gone = this.#pick([...this.areas.values()]);
    if (!gone) return;
    this.areas.delete(gone.pk);
    this.#record({ type: "post_delete", feature: areaFeature(gone) });
    this.#resolve((entry) => entry.area === `AreaOfInterest:${gone.pk}`);
  }

  acknowledge() {
    const waiting = [...this.alerts.values()].filter(({ state }) => state === "unacknowledged");
    const entry = this.#pick(waiting);
    if (!entry) return;
    Object.assign(entry, { state: "acknowledged", by: "Olga", at: this.#now() });
    this.#record({ type: "alert_state", alerts: [{ ...this.#change(entry, "acknowledged"), by: "Olga" }] });
  }

  takeBack() {
    const entry = this.#pick([...this.alerts.values()].filter(({ state }) => state === "acknowledged"));
    if (!entry) return;
    Object.assign(entry, { state: "unacknowledged", by: null, at: null });
    this.#record({ type: "alert_state", alerts: [this.#change(entry, "unacknowledged")] });
  }

  /** An incident is closed, perhaps something else happens, and the closing is undone. */
  closeByMistake() {
    const was = this.#pick([...this.incidents.values()].filter(({ closed }) => !closed));
    if (!was) return;
    const had = [...this.alerts.values()].filter(({ incident }) => incident === `Incident:${was.pk}`);
    this.#saveIncident({ ...was, closed: true }, "moved");
    if (this.random() < 0.5) this.createArea();
    const restored = had.map((entry) => ({ ...entry }));
    for (const entry of restored) this.alerts.set(entry.alert, entry);
    if (restored.length) this.#record({ type: "alert_restored", alerts: restored });
    this.#saveIncident({ ...was }, "reopened");
  }

  // --- how it follows ---

  #saveIncident(incident, cause) {
    this.incidents.set(incident.pk, incident);
    this.#record({ type: "post_save", created: cause === "created", feature: incidentFeature(incident) });
    this.#match((entry) => entry.incident === `Incident:${incident.pk}`, [incident], [...this.areas.values()], cause);
  }

  #saveArea(area, created) {
    this.areas.set(area.pk, area);
    this.#record({ type: "post_save", created, feature: areaFeature(area) });
    this.#match((entry) => entry.area === `AreaOfInterest:${area.pk}`, [...this.incidents.values()], [area], "area");
  }

  #match(concerned, incidents, areas, cause) {
    const existing = [...this.alerts.values()].filter(concerned);
    const kept = new Set();
    for (const incident of incidents) {
      const news = [];
      for (const area of areas) {
        if (!alerts(incident, area)) continue;
        const ids = { incident: `Incident:${incident.pk}`, area: `AreaOfInterest:${area.pk}` };
        let entry = existing.find((one) => one.incident === ids.incident && one.area === ids.area);
        const severity = { severity: LABELS[incident.severity], severity_code: incident.severity };
        const names = { incident_name: incident.name, area_name: area.name, ...severity };
        const worse = entry && CODES.indexOf(incident.severity) < CODES.indexOf(entry.severity_code);
        if (!entry) {
          const alert = this.#next("alert");
          entry = { alert, ...ids };
          this.alerts.set(alert, entry);
        }
        Object.assign(entry, names);
        kept.add(entry);
        if (entry.state && !worse) continue;
        const raised = { cause: entry.state ? "worsened" : cause, raised: this.#now(), by: null, at: null };
        Object.assign(entry, { state: "unacknowledged", ...raised });
        news.push({ id: ids.area, name: area.name, alert: entry.alert });
      }
      if (news.length) {
        const feature = incidentFeature(incident);
        this.#record({ type: "alert", feature, cause, at: this.#now(), areas_of_interest: news });
      }
    }
    this.#resolve((entry) => existing.includes(entry) && !kept.has(entry));
  }

  #next(kind) {
    this.#numbers[kind] += 1;
    return this.#numbers[kind];
  }

  #resolve(which) {
    const gone = [...this.alerts.values()].filter(which);
    if (!gone.length) return;
    for (const entry of gone) this.alerts.delete(entry.alert);
    this.#record({ type: "alert_state", alerts: gone.map((entry) => this.#change(entry, "resolved")) });
  }

  #change({ alert, incident, area }, state) {
    return { alert, incident, area, state, by: null, at: this.#now(), reason: "" };
  }

  #record(message) {
    this.#pending.push(structuredClone(message));
  }

  #now() {
    return new Date(this.#time * 1000).toISOString();
  }

  #pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  #name() {
    return `name ${Math.floor(this.random() * 1000)}`;
  }

  #place() {
    return Math.floor(this.random() * 10);
  }
}

function alerts(incident, area) {
  const inside = incident.x >= area.west && incident.x <= area.east;
  return inside && !incident.closed && CODES.indexOf(incident.severity) <= CODES.indexOf(area.severity);
}

/** @returns {Wire.IncidentFeature} */
export function incidentFeature({ pk, name, severity, x, closed }) {
  return {
    type: "Feature",
    id: `Incident:${pk}`,
    geometry: { type: "Point", coordinates: [x, 0] },
    properties: {
      model: "Incident",
      pk,
      name,
      description: "",
      place: "",
      severity: LABELS[severity],
      severity_code: severity,
      created: "2026-11-20T06:00:00.000Z",
      closed,
      url: `/tracker/incident/${pk}/`,
    },
  };
}

/** @returns {Wire.AreaFeature} */
export function areaFeature({ pk, name, severity, west, east }) {
  return {
    type: "Feature",
    id: `AreaOfInterest:${pk}`,
    geometry: {
      type: "Polygon",
      coordinates: [
        [
          [west, -1],
          [east, -1],
          [east, 1],
          [west, 1],
          [west, -1],
        ],
      ],
    },
    properties: {
      model: "AreaOfInterest",
      pk,
      name,
      severity: LABELS[severity],
      severity_code: severity,
      centroid: { type: "Point", coordinates: [(west + east) / 2, 0] },
      url: `/tracker/area_of_interest/${pk}/`,
    },
  };
}
