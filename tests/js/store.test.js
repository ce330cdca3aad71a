import assert from "node:assert/strict";
import test from "node:test";

import { apply, fromSnapshot, initialState, isRestored } from "../../static/js/live/store.js";
import { areaFeature, incidentFeature, ModelServer } from "./model_server.js";
import { chosenSeed, seeded } from "./random.js";

const fire = { pk: 7, name: "Fire", severity: "HI", x: 1, closed: false };
const harbour = { pk: 3, name: "Harbour", severity: "ME", west: 0, east: 2 };
/** @returns {Wire.PostSave} */
const save = (seq, incident, created = false) => ({
  type: "post_save",
  seq,
  created,
  feature: incidentFeature(incident),
});
/** @returns {Wire.Hello} */
const hello = (log) => ({ type: "hello", log, seq: 9, floor: 1, process: "" });
/** @returns {Wire.AlertRaised} */
const alert = (seq, number = 5) => ({
  type: "alert",
  seq,
  feature: incidentFeature(fire),
  cause: "created",
  at: "2026-11-20T10:00:00.000Z",
  areas_of_interest: [
    { id: "AreaOfInterest:3", name: "Harbour", severity: "Medium", severity_code: "ME", url: "", alert: number },
  ],
});
/**
 * @param {number} seq
 * @param {Wire.AlertChange["state"]} state
 * @param {string | null} by
 * @returns {Wire.AlertState}
 */
const alertState = (seq, state, by = null) => ({
  type: "alert_state",
  seq,
  alerts: [
    {
      alert: 5,
      incident: "Incident:7",
      area: "AreaOfInterest:3",
      state,
      by,
      at: "2026-11-20T11:00:00.000Z",
      reason: "",
    },
  ],
});
/**
 * @param {[incidents: number, areas: number, alerts: number]} seqs
 * @returns {Wire.Collections}
 */
const collections = (seqs, { features = [], areas = [], alerts = [] } = {}) => ({
  incidents: { log: "a", seq: seqs[0], features },
  areas: { log: "a", seq: seqs[1], features: areas },
  alerts: { log: "a", seq: seqs[2], alerts },
});

test("at first nothing is known, of no log", () => {
  assert.deepEqual(initialState(), {
    log: "",
    seq: 0,
    readAt: { incidents: 0, areas: 0, alerts: 0 },
    needsReload: false,
    incidents: new Map(),
    areas: new Map(),
    alerts: new Map(),
    presence: null,
  });
});

test("a saved incident appears, a closed or deleted one goes", () => {
  let state = apply(initialState(), [save(1, fire, true)]);
  assert.equal(state.incidents.get("Incident:7").properties.name, "Fire");
  state = apply(state, [save(2, { ...fire, closed: true })]);
  assert.equal(state.incidents.size, 0);
  state = apply(state, [save(3, fire), { type: "post_delete", seq: 4, feature: incidentFeature(fire) }]);
  assert.equal(state.incidents.size, 0);
  assert.equal(state.seq, 4);
});

test("a number that was handled is ignored", () => {
  const state = apply(initialState(), [save(2, fire)]);
  assert.equal(apply(state, [save(2, { ...fire, name: "Other" }), save(1, { ...fire, closed: true })]), state);
});

test("an alert is raised, acknowledged and resolved", () => {
  let state = apply(initialState(), [save(1, fire), alert(2)]);
  assert.deepEqual(state.alerts.get(5), {
    alert: 5,
    incident: "Incident:7",
    incident_name: "Fire",
    area: "AreaOfInterest:3",
    area_name: "Harbour",
    severity: "High",
    severity_code: "HI",
    cause: "created",
    state: "unacknowledged",
    raised: "2026-11-20T10:00:00.000Z",
    by: null,
    at: null,
  });
  state = apply(state, [alertState(3, "acknowledged", "Olga")]);
  assert.deepEqual([state.alerts.get(5).state, state.alerts.get(5).by], ["acknowledged", "Olga"]);
  state = apply(state, [alert(4)]);
  assert.deepEqual([state.alerts.get(5).state, state.alerts.get(5).by], ["unacknowledged", null]);
  state = apply(state, [alertState(5, "resolved")]);
  assert.equal(state.alerts.size, 0);
});

test("an acknowledgement that was taken back leaves the alert as it was raised", () => {
  const raised = apply(initialState(), [save(1, fire), alert(2)]);
  const state = apply(raised, [alertState(3, "acknowledged", "Olga"), alertState(4, "unacknowledged")]);
  assert.deepEqual(state.alerts.get(5), raised.alerts.get(5));
});

test("an alert that was restored is there as it was, and is known to be no news", () => {
  const before = apply(initialState(), [save(1, fire), alert(2), alertState(3, "acknowledged", "Olga")]);
  const entry = before.alerts.get(5);
  let state = apply(before, [save(4, { ...fire, closed: true }), alertState(5, "resolved")]);
  assert.equal(state.alerts.size, 0);
  state = apply(state, [{ type: "alert_restored", seq: 6, alerts: [{ ...entry }] }, save(7, fire)]);
  assert.deepEqual(state.alerts.get(5), entry);
  assert.ok(isRestored(state.alerts.get(5)));
  assert.equal(isRestored(entry), false);
});

test("alerts follow the names of their incident and area, and the incident's severity", () => {
  let state = apply(initialState(), [save(1, fire), alert(2), save(3, { ...fire, name: "Big fire", severity: "UR" })]);
  assert.deepEqual([state.alerts.get(5).incident_name, state.alerts.get(5).severity], ["Big fire", "Urgent"]);
  const renamed = areaFeature({ ...harbour, name: "Old harbour" });
  state = apply(state, [{ type: "post_save", seq: 4, created: false, feature: renamed }]);
  assert.equal(state.alerts.get(5).area_name, "Old harbour");
});

test("what repeats the names that alerts have already changes no alert", () => {
  const state = apply(initialState(), [save(1, fire), alert(2)]);
  assert.equal(apply(state, [save(3, { ...fire, x: 2 })]).alerts, state.alerts);
});

test("in a flood of reports nobody looks through the alerts: a new incident has none, those of a closed one end", () => {
  const state = apply(initialState(), [alert(1)]);
  state.alerts.values = () => assert.fail("the alerts were looked through");
  apply(state, [save(2, { ...fire, pk: 8 }, true), save(3, { ...fire, closed: true })]);
  assert.throws(() => apply(state, [save(4, fire)]), /looked through/);
});

test("what is said of an alert that is not there makes none", () => {
  assert.equal(apply(initialState(), [alertState(1, "acknowledged", "Olga")]).alerts.size, 0);
});

test("an alert that waits again was acknowledged by nobody", () => {
  const state = apply(initialState(), [alert(1), alertState(2, "acknowledged", "Olga")]);
  const { by, at } = apply(state, [alertState(3, "unacknowledged", "Olga")]).alerts.get(5);
  assert.deepEqual([by, at], [null, null]);
});

// --- what the collections hold already ---

test("a collection that was read later keeps what it has", () => {
  const [fireAlert] = apply(initialState(), [alert(1)]).alerts.values();
  const rows = { features: [incidentFeature(fire)], areas: [areaFeature(harbour)], alerts: [fireAlert] };
  const before = fromSnapshot(collections([3, 3, 3], rows));
  before.seq = 0; // the others were read earlier
  for (const message of [
    save(2, { ...fire, name: "Old name" }),
    save(3, { ...fire, name: "Old name" }),
    save(2, { ...fire, closed: true }),
    { type: "post_delete", seq: 3, feature: incidentFeature(fire) },
    { type: "post_save", seq: 2, created: false, feature: areaFeature({ ...harbour, name: "Old name" }) },
    { type: "post_delete", seq: 2, feature: areaFeature(harbour) },
    { ...alert(3), cause: "moved" },
    alertState(3, "acknowledged", "Olga"),
    alertState(2, "resolved"),
  ]) {
    const after = apply(before, [/** @type {Wire.Numbered} */ (message)]);
    assert.deepEqual(after, { ...before, seq: message.seq }, JSON.stringify(message));
  }
  assert.equal(apply(before, [save(4, { ...fire, closed: true })]).incidents.size, 0);
});

test("a deletion of what is not there changes nothing", () => {
  const before = fromSnapshot(collections([0, 0, 0], { features: [incidentFeature(fire)] }));
  const gone = { ...fire, pk: 8 };
  const after = apply(before, [{ type: "post_delete", seq: 1, feature: incidentFeature(gone) }]);
  assert.equal(after.incidents, before.incidents);
});

test("an alert that the collection already knows as resolved does not come back", () => {
  const state = fromSnapshot(collections([1, 1, 3], { features: [incidentFeature(fire)] }));
  assert.equal(state.seq, 1);
  assert.equal(apply(state, [alert(2)]).alerts.size, 0);
});

test("a heartbeat raises the number", () => {
  assert.equal(apply(initialState(), [{ type: "heartbeat", seq: 9 }]).seq, 9);
});

test("hello and reset do not raise the number; changed, reset and another log ask for a reload", () => {
  const state = fromSnapshot(collections([4, 4, 4]));
  assert.equal(apply(state, [hello("a")]), state);
  for (const message of [hello("b"), /** @type {Wire.Reset} */ ({ type: "reset", seq: 2, why: "" })]) {
    const after = apply(state, [message]);
    assert.deepEqual([after.needsReload, after.seq], [true, 4]);
  }
  assert.equal(apply(state, [{ type: "changed", seq: 5, model: "Incident", count: 20000 }]).needsReload, true);
});

test("a batch copies only the Maps that it changes, and never changes the state it was given", () => {
  const before = fromSnapshot(collections([0, 0, 0]));
  const after = apply(before, [save(1, fire, true), save(2, { ...fire, pk: 8 }, true)]);
  assert.equal(before.incidents.size, 0);
  assert.equal(after.incidents.size, 2);
  assert.equal(after.areas, before.areas);
  assert.equal(after.alerts, before.alerts);
});

test("messages of unknown types are counted and otherwise ignored", () => {
  const unknown = /** @type {any[]} */ ([{ type: "new thing", seq: 1 }, { type: "newer thing" }]);
  const after = apply(initialState(), unknown);
  assert.equal(after.seq, 1);
});

test("who is on watch: the last that was said, until somebody else greets", () => {
  const said = apply(initialState(), [{ type: "presence", people: 2, consoles: 3, who: [] }]);
  assert.deepEqual([said.presence, said.seq], [{ people: 2, consoles: 3, who: [] }, 0]);
  assert.equal(apply(said, [{ type: "presence", people: 2, consoles: 3, who: [] }]), said);
  assert.deepEqual(apply(said, [{ type: "presence", people: 2, consoles: 4, who: [] }]).presence, {
    people: 2,
    consoles: 4,
    who: [],
  });
  const who = [{ name: "Vera", on_map: false }];
  assert.deepEqual(apply(said, [{ type: "presence", people: 2, consoles: 3, who }]).presence.who, who);
  assert.equal(apply(said, [hello("")]).presence, null);
});

test("a new snapshot says nothing of who is on watch: that stays", () => {
  assert.equal(fromSnapshot(collections([1, 1, 1])).presence, null);
  assert.deepEqual(fromSnapshot(collections([1, 1, 1]), { people: 2, consoles: 3, who: [] }).presence, {
    people: 2,
    consoles: 3,
    who: [],
  });
});

test("collections of different logs are not a snapshot", () => {
  for (const name of ["incidents", "areas", "alerts"]) {
    const parts = collections([1, 1, 1]);
    parts[name].log = "b";
    assert.throws(() => fromSnapshot(parts), { message: "The collections were read from different logs." });
  }
});

// --- the rule ---

const visible = ({ incidents, areas, alerts }) =>
  [incidents, areas, alerts].map((map) => [...map.entries()].sort(([a], [b]) => (a < b ? -1 : 1)));

test("snapshot + messages = a fresh snapshot, whatever happened between", () => {
  const seed = chosenSeed();
  console.log(`SEED=${seed}`);
  const random = seeded(seed);
  const chance = (probability) => random() < probability;
  for (let round = 0; round < 300; round += 1) {
    const server = new ModelServer(random);
    const live = (steps) => {
      for (let i = 0; i < steps * random(); i += 1) {
        server.step();
        if (chance(0.6)) server.number(chance(0.3) ? 1 + Math.floor(random() * 3) : Infinity);
      }
    };
    live(60);
    const parts = server.snapshot();
    for (const name of ["alerts", "incidents", "areas"].sort(() => random() - 0.5)) {
      parts[name] = server.snapshot()[name];
      live(6);
    }
    let state = fromSnapshot(structuredClone(parts));
    live(60);
    server.number();

    const stream = server.messages.slice(state.seq);
    while (stream.length) {
      const batch = stream.splice(0, 1 + Math.floor(random() * 8));
      state = apply(state, structuredClone(batch));
      if (chance(0.2)) state = apply(state, structuredClone(batch)); // a reconnect that brings them again
      if (chance(0.1)) state = apply(state, server.messages.slice(Math.max(0, state.seq - 5), state.seq));
    }
    assert.equal(state.seq, server.seq, `round ${round}, SEED=${seed}`);
    assert.equal(state.needsReload, false);
    assert.deepEqual(visible(state), visible(fromSnapshot(server.snapshot())), `round ${round}, SEED=${seed}`);
  }
});
