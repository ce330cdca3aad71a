import assert from "node:assert/strict";
import test from "node:test";

import { AlertCards, inAreas, shortAreas } from "../../static/js/live/alert_cards.js";
import { HeldCards, UNDO_MS } from "../../static/js/live/held_cards.js";
import { FakeTimers } from "./fakes.js";

/** @returns {any} only what is looked at */
const entry = (alert, incident, changes = {}) => ({
  alert,
  incident: `Incident:${incident}`,
  area_name: `Area ${alert}`,
  severity_code: "HI",
  state: "unacknowledged",
  raised: `2026-11-20T10:00:0${alert}.000Z`,
  ...changes,
});
const shown = (cards) => cards.map(({ incident, entries }) => [incident, ...entries.map(({ alert }) => alert)]);

test("the alerts of one incident are one card, and those that wait come first", () => {
  const cards = new AlertCards().of([
    entry(1, 7, { state: "acknowledged" }),
    entry(2, 7),
    entry(3, 8, { state: "acknowledged", severity_code: "UR" }),
    entry(4, 7),
    entry(5, 9, { severity_code: "UR" }),
  ]);
  assert.deepEqual(shown(cards), [
    ["Incident:9", 5],
    ["Incident:7", 4, 2, 1],
    ["Incident:8", 3],
  ]);
  assert.deepEqual(
    cards[1].waiting.map(({ alert }) => alert),
    [4, 2],
  );
});

test("a card has room for one area, and says how many others there are", () => {
  const of = (...areas) => areas.map(([area, area_name]) => ({ area, area_name }));
  assert.equal(shortAreas(of(["1", "A"])), "A");
  assert.equal(shortAreas(of(["1", "A"], ["2", "B"], ["3", "C"])), "A +2");
  assert.equal(shortAreas(of(["1", "A"], ["1", "A"])), "A");
  assert.equal(shortAreas(of(["1", "A"], ["2", "A"])), "A +1", "two areas of one name are two");
  assert.equal(shortAreas(of(["1", "\u202eA"], ["2", "B"])), "\u2068A\u2069 +1");
});

test("areas are named once each", () => {
  assert.equal(inAreas([{ area_name: "A" }]), "in A");
  assert.equal(inAreas([{ area_name: "A" }, { area_name: "B" }]), "in A and B");
  assert.equal(
    inAreas([{ area_name: "A" }, { area_name: "B" }, { area_name: "A" }, { area_name: "C" }]),
    "in A, B and C",
  );
});

test("a card that says what it said is the same object", () => {
  const made = new AlertCards();
  const [one, two] = [entry(1, 7), entry(2, 8)];
  const [second, first] = made.of([one, two]);
  const [again, changed] = made.of([{ ...one, state: "acknowledged" }, two]);
  assert.equal(again, second);
  assert.notEqual(changed, first);
});

test("a card that was acknowledged stays where it is until it is let go", () => {
  const timers = new FakeTimers();
  let changes = 0;
  const held = new HeldCards(timers, () => {
    changes += 1;
  });
  const cards = new AlertCards();
  const waiting = [entry(1, 7, { severity_code: "UR" }), entry(2, 7, { severity_code: "UR" }), entry(3, 8)];
  const [first] = cards.of(waiting, held.all);
  held.hold([first]);
  const acknowledged = waiting.map((one) => (one.incident === "Incident:7" ? { ...one, state: "acknowledged" } : one));
  const order = () => cards.of(acknowledged, held.all).map(({ incident }) => incident);
  assert.deepEqual(order(), ["Incident:7", "Incident:8"]);
  timers.advance(60_000);
  assert.deepEqual(order(), ["Incident:7", "Incident:8"], "while the server has not answered");
  held.done("Incident:7", [1, 2]);
  assert.deepEqual(cards.of(acknowledged, held.all)[0].held.numbers, [1, 2]);
  timers.advance(UNDO_MS - 1);
  assert.deepEqual(order(), ["Incident:7", "Incident:8"]);
  timers.advance(1);
  assert.deepEqual(order(), ["Incident:8", "Incident:7"]);
  assert.equal(changes, 3);
  assert.equal(timers.count, 0);
});

test("what failed is let go at once, and held again it has its whole time", () => {
  const timers = new FakeTimers();
  const held = new HeldCards(timers, () => {});
  const [card] = new AlertCards().of([entry(1, 7)]);
  held.hold([card]);
  held.release(["Incident:7"]);
  assert.equal(held.all.size, 0);
  held.done("Incident:7", [1]);
  assert.equal(held.all.size, 0, "an answer that comes late holds nothing");
  held.hold([card]);
  held.done("Incident:7", [1]);
  timers.advance(UNDO_MS - 1000);
  held.hold([card]);
  held.done("Incident:7", [1]);
  timers.advance(UNDO_MS - 1);
  assert.equal(held.all.size, 1);
});

test("the same alerts give the same list, until one of them or what is held is another", () => {
  const cards = new AlertCards();
  const entries = [entry(1, 7), entry(2, 8)];
  const list = cards.of([...entries]);
  assert.equal(cards.of([...entries]), list);
  assert.notEqual(cards.of([entries[0], { ...entries[1] }]), list);
  const held = new Map([["Incident:7", { lead: entries[0], numbers: [] }]]);
  assert.notEqual(cards.of([...entries], held), cards.of([...entries]));
});
