import assert from "node:assert/strict";
import test from "node:test";

import { alertsNowSentence, backTestSentence } from "../../static/js/lib/back_test.js";
import { distance } from "../../static/js/lib/distance.js";
import { Draft } from "../../static/js/lib/draft.js";
import { toldApart } from "../../static/js/lib/place_notes.js";
import { Latest } from "../../static/js/lib/latest.js";
import { readPair } from "../../static/js/map/coordinates.js";
import { FakeTimers } from "./fakes.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A Latest whose questions are answered by hand: `answers.get(question)(answer)`. */
function asked(options = {}) {
  const timers = new FakeTimers();
  const log = [];
  const signals = new Map();
  const answers = new Map();
  const latest = new Latest({
    ask: (question, signal) => {
      signals.set(question, signal);
      return new Promise((resolve, reject) => {
        answers.set(question, resolve);
        signal.addEventListener("abort", () => reject(new Error("aborted")));
      });
    },
    onAnswer: (answer, question) => log.push([question, answer]),
    onFailure: (error, question) => log.push([question, error.message]),
    timers,
    ...options,
  });
  return { latest, timers, log, signals, answers };
}

test("only what was put last is asked, when nothing came for a while", async () => {
  const { latest, timers, log, signals, answers } = asked();
  latest.put("a");
  timers.advance(200);
  latest.put("b");
  timers.advance(299);
  assert.equal(signals.size, 0);
  timers.advance(1);
  assert.deepEqual([...signals.keys()], ["b"]);
  answers.get("b")("yes");
  await settled();
  assert.deepEqual(log, [["b", "yes"]]);
  assert.equal(timers.count, 0);
});

test("a question under way is given up when another is put, and its answer is not told", async () => {
  const { latest, timers, log, signals, answers } = asked();
  latest.put("a");
  timers.advance(300);
  latest.put("b");
  assert.ok(signals.get("a").aborted);
  await settled();
  assert.deepEqual(log, []);
  timers.advance(300);
  answers.get("b")("yes");
  await settled();
  assert.deepEqual(log, [["b", "yes"]]);
});

test("what is cancelled is not told; what takes too long is a failure", async () => {
  const { latest, timers, log } = asked({ timeoutMs: 1000 });
  latest.put("a");
  latest.cancel();
  timers.advance(5000);
  latest.put("b");
  timers.advance(300);
  latest.cancel();
  await settled();
  assert.deepEqual(log, []);
  latest.put("c");
  timers.advance(1300);
  await settled();
  assert.deepEqual(log, [["c", "aborted"]]);
});

test("coordinates are read from one text, in the ways in which people write them", () => {
  const berlin = { latitude: 52.5, longitude: 13.4 };
  const ways = ["52.5, 13.4", "52.5,13.4", " 52.5 13.4 ", "52,5 13,4", "52,5; 13,4", "52.5N 13.4E", "N52.5 E13.4"];
  ways.push("13.4E, 52.5N", "52.5° 13.4°", "52.5°N 13.4°E", "geo:52.5,13.4", "52°30'N 13°24'E", `52°30'0"N, 13°24'0"E`);
  for (const text of ways) {
    const found = readPair(text);
    assert.ok(found, text);
    assert.ok(Math.abs(found.latitude - berlin.latitude) < 1e-9, text);
    assert.ok(Math.abs(found.longitude - berlin.longitude) < 1e-9, text);
  }
  assert.deepEqual(readPair("-33.9, -151"), { latitude: -33.9, longitude: -151 });
  assert.deepEqual(readPair("33.9S 70.5W"), { latitude: -33.9, longitude: -70.5 });
  assert.deepEqual(readPair("48, 2"), { latitude: 48, longitude: 2 });
});

test("and what is none is none", () => {
  const texts = [
    "",
    "Paris",
    "52.5",
    "91, 0",
    "0, 361",
    "1, 2, 3",
    "52.5N 13.4N",
    "52°70'N 13°E",
    "12 Main Street",
    "1e3, 2",
  ];
  for (const text of texts) assert.equal(readPair(text), null, text);
  assert.equal(readPair("1 ".repeat(20_000)), null);
  assert.equal(readPair("9".repeat(50_000)), null);
});

test("distances are in m and km", () => {
  assert.deepEqual([0, 24.6, 999, 999.6, 1234, 25_000].map(distance), [
    "0 m",
    "25 m",
    "999 m",
    "1.0 km",
    "1.2 km",
    "25.0 km",
  ]);
});

test("what an area would have meant, in words", () => {
  const at = (alerts, at_night) => ({
    days: 90,
    night: "22–06",
    time_zone: "UTC",
    thresholds: { HI: { alerts, at_night } },
    now: {},
  });
  const say = (alerts, night) => backTestSentence(at(alerts, night), { code: "HI", label: "High" });
  assert.equal(say(14, 3), "This shape at High: 14 alerts in the last 90 days, 3 of them at night (22–06 UTC).");
  assert.equal(say(0, 0), "This shape at High: no alert in the last 90 days.");
  assert.equal(say(1, 0), "This shape at High: 1 alert in the last 90 days, not at night (22–06 UTC).");
  assert.equal(say(1, 1), "This shape at High: 1 alert in the last 90 days, it came at night (22–06 UTC).");
  assert.equal(say(2, 0), "This shape at High: 2 alerts in the last 90 days, none of them at night (22–06 UTC).");
  assert.equal(say(2, 2), "This shape at High: 2 alerts in the last 90 days, all of them at night (22–06 UTC).");
});

test("what saving an area raises now, in words", () => {
  const say = (alerts, in_hand, known = false) => alertsNowSentence({ alerts, in_hand }, known);
  assert.equal(say(0, 0), "Saving it raises no alert now.");
  assert.equal(say(0, 0, true), "Saving it raises no alert now.");
  assert.equal(say(1, 0), "Saving it raises 1 alert now: 1 incident is open in it.");
  assert.equal(
    say(14, 3),
    "Saving it raises 14 alerts now: 14 incidents are open in it. 3 of them have been acknowledged in another area.",
  );
  assert.equal(say(14, 3, true), "Saving it calls nobody: 14 incidents are open in it, which you know of.");
});

test("no two towns in a list read the same", () => {
  const town = (name, country, near, latitude) => ({ name, country, near, latitude, longitude: -1.25 });
  const places = [
    town("Stone", "United Kingdom", "London", 51),
    town("Stone", "United Kingdom", "Wolverhampton", 52),
    town("Springfield", "United States", "", 39.8),
    town("Springfield", "United States", "", 37.21),
    town("Brest", "France", "", 48),
  ];
  assert.deepEqual(
    toldApart(places).map(({ note }) => note),
    [
      "near London, United Kingdom",
      "near Wolverhampton, United Kingdom",
      "United States, 39.8, -1.3",
      "United States, 37.2, -1.3",
      "France",
    ],
  );
});

test("a draft is kept for an hour", () => {
  const items = new Map();
  const storage = {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, text) => items.set(key, text),
    removeItem: (key) => items.delete(key),
  };
  let now = 1000;
  const draft = new Draft(storage, "report", () => now);
  assert.equal(draft.get(), null);
  draft.keep({ name: "Fire" });
  assert.deepEqual(draft.get(), { values: { name: "Fire" }, ours: {}, sent: false });
  draft.keep({ name: "Fire" }, { sent: true });
  assert.equal(draft.get().sent, true);
  items.set("report", JSON.stringify({ values: { name: "Fire" }, sent: false, at: now })); // of an older page
  assert.deepEqual(draft.get().ours, {});
  now += 60 * 60_000;
  assert.equal(draft.get(), null);
  draft.drop();
  assert.equal(items.size, 0);
  items.set("report", "{broken");
  assert.equal(draft.get(), null);
});

test("a draft that has arrived by another way keeps what it is, and whose words they are", () => {
  const items = new Map();
  const storage = {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, text) => items.set(key, text),
    removeItem: (key) => items.delete(key),
  };
  const draft = new Draft(storage, "report");
  draft.markSent();
  assert.equal(draft.get(), null);
  const kept = { values: { name: "Fire", place: "in Brest" }, ours: { place: "in Brest" } };
  draft.keep(kept.values, { ours: kept.ours });
  draft.markSent();
  assert.deepEqual(draft.get(), { ...kept, sent: true });
});

test("a browser that keeps nothing breaks nothing", () => {
  const refuse = () => {
    throw new Error("SecurityError");
  };
  const draft = new Draft({ getItem: refuse, setItem: refuse, removeItem: refuse }, "report");
  draft.keep({ name: "Fire" });
  draft.drop();
  assert.equal(draft.get(), null);
});
