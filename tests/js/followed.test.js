import assert from "node:assert/strict";
import test from "node:test";

import { Followed, newsText } from "../../static/js/live/followed.js";

/** @returns {Live.Follows} */
const follows = (changes = {}) => ({ rows: [], alerts: [], about: "", list: "", takes_new: false, ...changes });

/** @returns {any} */
const save = (pk, { model = "Incident", created = false } = {}) => ({
  type: "post_save",
  created,
  feature: { id: `${model}:${pk}`, properties: { model } },
});
/** @returns {any} */
const state = (...alerts) => ({
  type: "alert_state",
  alerts: alerts.map(([alert, incident]) => ({ alert, incident: `Incident:${incident}`, area: "AreaOfInterest:9" })),
});
/** @returns {any} */
const raised = (alert, incident) => ({
  type: "alert",
  feature: { id: `Incident:${incident}` },
  areas_of_interest: [{ alert, id: "AreaOfInterest:9" }],
});

test("the page of an incident hears of its incident and of its alerts, and of no other", () => {
  const followed = new Followed(follows({ rows: ["Incident:5"], about: "Incident:5" }));
  assert.equal(followed.take([save(6), state([1, 6]), raised(2, 6), { type: "heartbeat", seq: 3 }]), false);
  assert.equal(followed.take([save(5)]), true);
  assert.equal(followed.take([save(5)]), false, "that is said already");
  assert.equal(followed.take([raised(3, 5), state([4, 5])]), true);
  assert.deepEqual([[...followed.rows], [...followed.alerts]], [["Incident:5"], [3, 4]]);
});

test("the page of an area hears of its alerts", () => {
  const followed = new Followed(follows({ rows: ["AreaOfInterest:9"], about: "AreaOfInterest:9" }));
  followed.take([raised(3, 5), save(9, { model: "AreaOfInterest" })]);
  assert.deepEqual([[...followed.rows], [...followed.alerts]], [["AreaOfInterest:9"], [3]]);
});

test("the page of an alert hears of it alone", () => {
  const followed = new Followed(follows({ alerts: [7] }));
  assert.equal(followed.take([state([8, 1])]), false);
  assert.equal(followed.take([state([8, 1], [7, 1])]), true);
  assert.deepEqual([...followed.alerts], [7]);
});

test("a list hears of its rows, and of new ones where they would be on it", () => {
  const first = new Followed(follows({ rows: ["Incident:1"], list: "Incident", takes_new: true }));
  const second = new Followed(follows({ rows: ["Incident:1"], list: "Incident" }));
  const messages = [save(2, { created: true }), save(3, { model: "AreaOfInterest", created: true })];
  assert.deepEqual([first.take(messages), second.take(messages)], [true, false]);
  assert.deepEqual([...first.fresh], ["Incident:2"]);
  const alerts = new Followed(follows({ alerts: [1], list: "Alert", takes_new: true }));
  alerts.take([raised(1, 4), raised(2, 4)]);
  assert.deepEqual([[...alerts.alerts], [...alerts.fresh]], [[1], [2]]);
  first.take([/** @type {any} */ ({ type: "changed", model: "AreaOfInterest", count: 20_000 })]);
  assert.equal(first.many, false);
  first.take([/** @type {any} */ ({ type: "changed", model: "Incident", count: 20_000 })]);
  assert.equal(first.many, true);
});

test("what is said of it", () => {
  const news = (rows, alerts = [], fresh = [], many = false) => ({
    rows: new Set(rows),
    alerts: new Set(alerts),
    fresh: new Set(fresh),
    many,
  });
  assert.equal(newsText(news(["a"]), "", ["Closed by Vera at 04:12."]), "Closed by Vera at 04:12.");
  assert.equal(newsText(news(["a"]), "", null), "This has changed since.");
  assert.equal(newsText(news(["a"]), "Incident", null), "1 of these has changed.");
  assert.equal(newsText(news(["a", "b"], [], ["c"]), "Incident", null), "2 of these have changed. 1 new incident.");
  assert.equal(newsText(news([], [], [1, 2]), "Alert", null), "2 new alerts.");
  assert.equal(newsText(news([], [], [], true), "AreaOfInterest", null), "Many areas have changed.");
});
