import assert from "node:assert/strict";
import test from "node:test";

import { Handover } from "../../static/js/live/handover.js";
import { isWhole, lightCollections } from "../../static/js/live/light.js";
import { PendingAlerts } from "../../static/js/live/pending_alerts.js";
import { apply, fromSnapshot } from "../../static/js/live/store.js";

const AT = ["2026-12-01T10:00:00.000Z", "2026-12-01T10:01:00.000Z", "2026-12-01T10:02:00.000Z"];

/** @returns {any} */
const entry = (alert, raised, changes = {}) => ({
  alert,
  incident: `Incident:${alert}`,
  incident_name: `Fire ${alert}`,
  area: "AreaOfInterest:1",
  area_name: "Harbour",
  severity: "High",
  severity_code: "HI",
  cause: "created",
  state: "unacknowledged",
  raised,
  by: null,
  at: null,
  ...changes,
});

/** @returns {any} */
const waiting = (listed, newest = [], more = {}) => ({ log: "a", seq: 7, listed, more: false, newest, ...more });

/** @returns {any} */
const raised = (seq, alert, at) => ({
  type: "alert",
  seq,
  cause: "created",
  at,
  feature: { id: `Incident:${alert}`, properties: { name: `Fire ${alert}`, severity: "High", severity_code: "HI" } },
  areas_of_interest: [{ id: "AreaOfInterest:1", name: "Harbour", alert }],
});

const open = (state) => [...state.alerts.values()].filter(({ state: how }) => how === "unacknowledged").length;

test("a page without the map counts what waits, and follows it from its number on", () => {
  let state = fromSnapshot(
    lightCollections(
      waiting(
        [
          [2, AT[1]],
          [1, AT[0]],
        ],
        [entry(2, AT[1])],
      ),
    ),
  );
  assert.equal(open(state), 2);
  assert.equal(state.seq, 7);
  assert.deepEqual([isWhole(state.alerts.get(2)), isWhole(state.alerts.get(1))], [true, false]);
  state = apply(state, [raised(8, 3, AT[2])]);
  assert.equal(open(state), 3);
  /** @type {any} */
  const ended = {
    type: "alert_state",
    seq: 9,
    alerts: [
      { alert: 1, state: "resolved" },
      { alert: 2, state: "acknowledged" },
    ],
  };
  state = apply(state, [ended]);
  assert.equal(open(state), 1);
});

test("what was raised and is not numbered yet is counted once, whichever comes first", () => {
  let state = fromSnapshot(lightCollections(waiting([[1, AT[0]]], [entry(1, AT[0])])));
  const pending = new PendingAlerts();
  pending.update(state, { silently: true });
  state = apply(state, [raised(8, 1, AT[0])]);
  assert.equal(open(state), 1);
  assert.deepEqual(pending.update(state), []);
});

test("the areas that somebody chose are known where they were asked for", () => {
  const state = fromSnapshot(lightCollections(waiting([], [], { areas: [3, 5] })));
  assert.deepEqual([...state.areas.keys()], ["AreaOfInterest:3", "AreaOfInterest:5"]);
});

test("what is taken back comes from the server again, and is no news", () => {
  const pending = new PendingAlerts();
  pending.update(fromSnapshot(lightCollections(waiting([]))), { silently: true });
  pending.expectBack([1]);
  const state = fromSnapshot(lightCollections(waiting([[1, AT[0]]], [entry(1, AT[0])])));
  assert.deepEqual(pending.update(state), []);
});

// --- from page to page ---------------------------------------------------------------------------------------------

function storage() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, text) => kept.set(key, text),
    removeItem: (key) => kept.delete(key),
  };
}

/** A page is left, with what it knew: *seen* silently, *come* since; and the next one takes it. */
function turnPage(seen, come, changes = {}) {
  const there = storage();
  const pending = new PendingAlerts();
  const before = fromSnapshot(
    lightCollections(
      waiting(
        seen.map((one) => [one.alert, one.raised]),
        seen,
      ),
    ),
  );
  pending.update(before, { silently: true });
  const all = [...seen, ...come];
  const after = fromSnapshot(
    lightCollections(
      waiting(
        all.map((one) => [one.alert, one.raised]),
        all,
        changes,
      ),
    ),
  );
  pending.update(after);
  new Handover(() => there, 1).leave(pending.left(after));
  return new Handover(() => there, 1).take();
}

test("a toast that nobody has dealt with is there on the next page, and no news", () => {
  const [old, new_] = [entry(1, AT[0]), entry(2, AT[1])];
  const left = turnPage([old], [new_]);
  const state = fromSnapshot(
    lightCollections(
      waiting([
        [2, AT[1]],
        [1, AT[0]],
      ]),
      left.pending,
    ),
  );
  const pending = new PendingAlerts();
  assert.deepEqual(pending.begin(state, left), []);
  assert.deepEqual(
    pending.groups(state).map(({ key }) => key),
    ["Incident:2"],
  );
});

test("an alert that came while the page was loaded is news, and what is only a number is not", () => {
  const left = turnPage([entry(1, AT[0])], []);
  const state = fromSnapshot(
    lightCollections(
      waiting(
        [
          [3, AT[2]],
          [1, AT[0]],
          [0, "2026-11-01T00:00:00.000Z"],
        ],
        [entry(3, AT[2])],
      ),
    ),
  );
  const pending = new PendingAlerts();
  assert.deepEqual(
    pending.begin(state, left).map(({ alert }) => alert),
    [3],
  );
});

test("of many that waited only the newest are known, and the others are no news to a map", () => {
  const left = turnPage([entry(9, AT[2])], []);
  const old = entry(1, "2026-11-01T00:00:00.000Z");
  const state = fromSnapshot(
    lightCollections(
      waiting(
        [
          [9, AT[2]],
          [1, old.raised],
        ],
        [entry(9, AT[2]), old],
      ),
    ),
  );
  assert.deepEqual(new PendingAlerts().begin(state, left), []);
});

test("another log, another person and a browser that keeps nothing: the page begins anew", () => {
  const [old, new_] = [entry(1, AT[0]), entry(2, AT[1])];
  const state = fromSnapshot(
    lightCollections(
      waiting(
        [
          [1, AT[0]],
          [2, AT[1]],
        ],
        [old, new_],
      ),
    ),
  );
  const other = turnPage([old], [], { log: "b" });
  assert.deepEqual(new PendingAlerts().begin(state, other), []);
  assert.deepEqual(new PendingAlerts().begin(state, null), []);
  const there = storage();
  const handover = new Handover(() => there, 1);
  const left = new PendingAlerts().left(state);
  handover.leave(left);
  assert.equal(new Handover(() => there, 2).take(), null);
  assert.notEqual(handover.take(), null);
  assert.equal(handover.take(), null, "it is taken once");
  const closed = () => {
    throw new Error("forbidden");
  };
  new Handover(closed, 1).leave(left);
  assert.equal(new Handover(closed, 1).take(), null);
});
