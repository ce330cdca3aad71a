import assert from "node:assert/strict";
import test from "node:test";

import { Choices } from "../../static/js/live/choices.js";
import { summaryOf } from "../../static/js/live/cluster_summary.js";
import { concerning, describeMine, EVERYTHING, readMine, writeMine } from "../../static/js/live/mine.js";
import { gathered, wordsOf } from "../../static/js/live/news.js";
import { REST_MS, SoundGate, SOUNDS } from "../../static/js/live/sounding.js";

const HARBOUR = "AreaOfInterest:1";
const HILL = "AreaOfInterest:2";
/** @type {Map<string, any>} only what is looked at */
const areas = new Map([
  [HARBOUR, { id: HARBOUR, properties: { name: "Harbour" } }],
  [HILL, { id: HILL, properties: { name: "Hill" } }],
]);
/** @returns {any} only what is looked at */
const entry = (severity_code, area = HARBOUR, changes = {}) => ({
  alert: 1,
  severity_code,
  severity: severity_code,
  area,
  area_name: areas.get(area).properties.name,
  incident_name: "Crane",
  cause: "created",
  ...changes,
});

class FakeStorage {
  #kept = new Map();
  getItem = (key) => this.#kept.get(key) ?? null;
  setItem = (key, text) => this.#kept.set(key, text);
}

// --- mine ---

test("at first every alert calls", () => {
  assert.ok(concerning(EVERYTHING, areas)(entry("IN", HILL)));
  assert.equal(describeMine(EVERYTHING, areas), "every alert");
});

test("chosen areas and a least severity", () => {
  const mine = { areas: [HARBOUR], severity: "HI" };
  const concerns = concerning(mine, areas);
  assert.ok(concerns(entry("UR")) && concerns(entry("HI")));
  assert.equal(concerns(entry("ME")), false);
  assert.equal(concerns(entry("UR", HILL)), false);
  assert.equal(describeMine(mine, areas), "High or worse in Harbour");
  assert.equal(describeMine({ areas: null, severity: "UR" }, areas), "Urgent in all areas");
  assert.equal(describeMine({ areas: [HILL, HARBOUR], severity: "" }, areas), "all alerts in Hill, Harbour");
});

test("a choice that is lost, broken or about areas that are gone hides no alert", () => {
  for (const text of [
    null,
    "",
    "{",
    "null",
    "7",
    "[]",
    '{"areas":7,"severity":"XX"}',
    '{"areas":[7]}',
    '{"severity":"toString"}',
  ]) {
    assert.deepEqual(readMine(text), EVERYTHING, String(text));
  }
  for (const gone of [[], ["AreaOfInterest:9"]]) {
    const mine = { areas: gone, severity: "" };
    assert.ok(concerning(mine, areas)(entry("IN", HILL)));
    assert.equal(describeMine(mine, areas), "every alert");
  }
});

test("it is kept for each person, and comes back", () => {
  const storage = new FakeStorage();
  const [vera, olga] = [7, 8].map((user) => new Choices(() => storage, user));
  const mine = { areas: [HILL], severity: "ME" };
  assert.ok(vera.set("mine", writeMine(mine)));
  assert.deepEqual(readMine(vera.get("mine")), mine);
  assert.equal(olga.get("mine"), null);
  assert.ok(vera.isAbout({ key: "tracker.7.mine" }, "mine") && vera.isAbout({ key: null }, "mine"));
  assert.equal(olga.isAbout({ key: "tracker.7.mine" }, "mine"), false);
});

test("a browser that keeps nothing is as one that is new", () => {
  const choices = new Choices(() => {
    throw new Error("forbidden");
  }, 7);
  assert.equal(choices.set("mine", "x"), false);
  assert.deepEqual(readMine(choices.get("mine")), EVERYTHING);
});

// --- sound ---

test("one sound for what came together, that of the worst", () => {
  assert.equal(new SoundGate().pass([entry("ME"), entry("UR"), entry("LO")], 0), "UR");
  assert.equal(new SoundGate().pass([], 0), null);
});

test("in a flood only something worse sounds again, and after it everything", () => {
  const gate = new SoundGate();
  assert.equal(gate.pass([entry("ME")], 0), "ME");
  assert.equal(gate.pass([entry("ME")], 100), null);
  assert.equal(gate.pass([entry("HI")], 200), "HI");
  assert.equal(gate.pass([entry("HI")], 300), null);
  assert.equal(gate.pass([entry("LO")], 200 + REST_MS), "LO");
});

test("Urgent and High are louder than the rest, and not the same", () => {
  const loudest = (code) => Math.max(...SOUNDS[code].map(({ gain }) => gain));
  assert.ok(loudest("UR") > loudest("HI") && loudest("HI") > 2 * loudest("ME"));
  for (const sound of Object.values(SOUNDS)) {
    assert.ok(sound.every(({ gain, for_s }) => gain <= 0.5 && for_s > 0));
  }
  assert.equal(new Set(Object.values(SOUNDS).map((sound) => JSON.stringify(sound.map(({ hz }) => hz)))).size, 5);
});

// --- words ---

test("news in words, one by one and gathered", () => {
  const one = { key: "a", entries: [entry("UR"), entry("UR", HILL)], worst: entry("UR") };
  const drawn = entry("LO", HILL, { cause: "area" });
  const area = { key: "b", entries: [drawn, drawn], worst: drawn };
  assert.equal(wordsOf(one).text, "UR: Crane. in Harbour, Hill – Incident reported");
  assert.equal(wordsOf(area).title, "2 new alerts in Hill");
  const all = gathered([one, area]);
  assert.equal(all.text, "4 new alerts. The worst: UR, Crane");
  assert.equal(all.entries.length, 4);
});

test("a cluster says the worst inside, how many, and whether one alerts", () => {
  /** @returns {any} only what is looked at */
  const shown = (severity_code, alerting) => ({
    feature: { properties: { severity_code, severity: severity_code } },
    alerting,
  });
  assert.deepEqual(summaryOf([shown("LO", false), shown("HI", false), shown("ME", true)]), {
    count: 3,
    worst: "HI",
    alerting: 1,
    text: "3 incidents, the worst: HI; 1 with an alert that waits",
  });
  assert.equal(summaryOf([shown("IN", false), shown("IN", false)]).text, "2 incidents, the worst: IN");
});
