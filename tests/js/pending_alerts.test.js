import assert from "node:assert/strict";
import test from "node:test";

import { PendingAlerts } from "../../static/js/live/pending_alerts.js";
import { apply, initialState } from "../../static/js/live/store.js";

const entry = (alert, changes = {}) => ({
  alert,
  incident: `Incident:${alert}`,
  area: "AreaOfInterest:1",
  severity_code: "HI",
  cause: "created",
  state: "unacknowledged",
  raised: "2026-11-20T10:00:00.000Z",
  ...changes,
});
const stateOf = (...entries) => ({ alerts: new Map(entries.map((one) => [one.alert, one])) });
const numbers = (pending, state) => pending.groups(state).map(({ entries }) => entries.map(({ alert }) => alert));

function opened(...entries) {
  const pending = new PendingAlerts();
  pending.update(stateOf(...entries), { silently: true });
  return pending;
}

test("what is there when the page opens is no news; what comes is, until it is dealt with", () => {
  const pending = opened(entry(1));
  let state = stateOf(entry(1), entry(2), entry(3), entry(4));
  pending.update(state);
  assert.deepEqual(numbers(pending, state).flat().sort(), [2, 3, 4]);
  pending.dismiss([2]);
  state = stateOf(entry(1), entry(2), entry(3, { state: "acknowledged" }));
  pending.update(state);
  assert.deepEqual(numbers(pending, state), []);
});

test("an alert that is raised again is news again", () => {
  const pending = opened(entry(1));
  const state = stateOf(entry(1, { raised: "2026-11-20T11:00:00.000Z", severity_code: "UR" }));
  pending.update(state);
  assert.deepEqual(numbers(pending, state), [[1]]);
});

test("what is restored or waits again is no news, to whoever has seen it and to whoever has not", () => {
  for (const sawIt of [true, false]) {
    const pending = new PendingAlerts();
    pending.update(stateOf(...(sawIt ? [entry(1, { state: "acknowledged" })] : [])), { silently: true });
    pending.update(stateOf());
    /** @type {any} */
    const message = { type: "alert_restored", seq: 1, alerts: [entry(1)] };
    const state = apply(initialState(), [message]);
    assert.deepEqual(pending.update(state), []);
    assert.deepEqual(numbers(pending, state), []);
  }
  const pending = opened(entry(1, { state: "acknowledged" }));
  const state = stateOf(entry(1)); // taken back
  assert.deepEqual(pending.update(state), []);
});

test("an alert that comes acknowledged is no news", () => {
  const pending = opened();
  const state = stateOf(entry(1, { state: "acknowledged" }));
  pending.update(state);
  assert.deepEqual(numbers(pending, state), []);
});

test("the areas of one incident are one piece of news, and so are the incidents of a new area", () => {
  const pending = opened();
  const state = stateOf(
    entry(1, { incident: "Incident:9" }),
    entry(2, { incident: "Incident:9", area: "AreaOfInterest:2" }),
    entry(3, { cause: "area", area: "AreaOfInterest:3" }),
    entry(4, { cause: "area", area: "AreaOfInterest:3" }),
  );
  pending.update(state);
  assert.deepEqual(numbers(pending, state), [
    [4, 3],
    [2, 1],
  ]);
});

test("the worst comes first, then the newest", () => {
  const pending = opened();
  const state = stateOf(
    entry(1, { severity_code: "LO" }),
    entry(2, { raised: "2026-11-20T09:00:00.000Z" }),
    entry(3),
    entry(4, { severity_code: "UR", raised: "2026-11-20T08:00:00.000Z" }),
  );
  pending.update(state);
  assert.deepEqual(numbers(pending, state), [[4], [3], [2], [1]]);
});

test("what has come is told once, and only some of it may count", () => {
  const pending = opened(entry(1));
  const state = stateOf(
    entry(1),
    entry(2, { area: "AreaOfInterest:2" }),
    entry(3),
    entry(4, { state: "acknowledged" }),
  );
  assert.deepEqual(
    pending.update(state).map(({ alert }) => alert),
    [2, 3],
  );
  assert.deepEqual(pending.update(state), []);
  const groups = pending.groups(state, ({ area }) => area === "AreaOfInterest:2");
  assert.deepEqual(
    groups.map(({ entries }) => entries.map(({ alert }) => alert)),
    [[2]],
  );
});
