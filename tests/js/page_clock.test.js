import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import { PageClock, TICK_MS, wrongClockText } from "../../static/js/live/page_clock.js";
import { REST_MS, SoundGate } from "../../static/js/live/sounding.js";

const HOUR = 3_600_000;
const TEN = Date.UTC(2026, 10, 20, 10, 0);

/** A machine: both clocks go on together, unless it sleeps or somebody sets the one on its wall. */
function machine() {
  const clocks = { monotonic: 5_000, wall: TEN, woken: 0 };
  const clock = new PageClock({
    monotonic: () => clocks.monotonic,
    wall: () => clocks.wall,
    onWake: () => {
      clocks.woken += 1;
    },
  });
  const pass = (ms) => {
    clocks.monotonic += ms;
    clocks.wall += ms;
  };
  const tickFor = (ms) => {
    for (let left = ms; left > 0; left -= TICK_MS) {
      pass(TICK_MS);
      clock.tick();
    }
  };
  return { clocks, clock, pass, tickFor };
}

test("time passes as it does, also when the wall clock is set back, by however much", () => {
  for (const back of [1_000, 61_000, HOUR, 365 * 24 * HOUR]) {
    const { clocks, clock, tickFor } = machine();
    const start = clock.now();
    tickFor(3_000);
    clocks.wall -= back;
    tickFor(30_000);
    assert.equal(clock.now() - start, 33_000);
    assert.equal(clocks.woken, 0, "nothing was missed");
  }
});

test("a sleep counts as passed, and is noticed at the first tick", () => {
  const { clocks, clock, tickFor } = machine();
  const start = clock.now();
  tickFor(3_000);
  clocks.wall += 8 * HOUR; // the other clock stood still
  tickFor(1_000);
  assert.equal(clock.now() - start, 8 * HOUR + 4_000);
  assert.equal(clocks.woken, 1);
  tickFor(60_000);
  assert.equal(clocks.woken, 1);
});

test("a tick that is late is a sleep that both clocks have counted", () => {
  const { clocks, clock, pass } = machine();
  pass(TICK_MS);
  clock.tick();
  pass(HOUR);
  clock.tick();
  assert.equal(clocks.woken, 1);
});

test("a clock that is slowly put right is no sleep", () => {
  const { clocks, tickFor } = machine();
  for (let n = 0; n < 600; n += 1) {
    clocks.wall += 1;
    tickFor(TICK_MS);
  }
  assert.equal(clocks.woken, 0);
});

test("the sound rests three seconds, whatever the wall clock says", () => {
  const alerts = [{ severity_code: "HI" }];
  for (const set of [-HOUR, HOUR, -24 * HOUR]) {
    const { clocks, clock, pass } = machine();
    const gate = new SoundGate();
    assert.equal(gate.pass(alerts, clock.now()), "HI");
    clocks.wall += set;
    for (let n = 0; n < 5; n += 1) {
      pass(REST_MS);
      assert.equal(gate.pass(alerts, clock.now()), "HI");
    }
    pass(REST_MS - 1);
    assert.equal(gate.pass(alerts, clock.now()), null);
  }
});

test("what sounded before a sleep does not stand for what comes after it", () => {
  const { clocks, clock, pass } = machine();
  const gate = new SoundGate();
  gate.pass([{ severity_code: "HI" }], clock.now());
  clocks.wall += 8 * HOUR;
  pass(500);
  assert.equal(gate.pass([{ severity_code: "HI" }], clock.now()), "HI");
});

test("the server says what time it is", () => {
  const { clocks, clock, pass } = machine();
  assert.equal(clock.serverNow(), TEN, "until it has");
  assert.equal(clock.wrongBy(), 0);
  const asked = clock.now();
  pass(200);
  clock.heard(TEN + HOUR + 100, asked);
  assert.equal(clock.serverNow(), TEN + HOUR + 200);
  assert.equal(clock.wrongBy(), -HOUR);
  clocks.wall += HOUR; // somebody sets it right: as after a sleep, until the server has said it again
  clock.heard(TEN + HOUR + 200, clock.now());
  assert.equal(clock.wrongBy(), 0);
  clocks.wall -= 2 * HOUR;
  assert.equal(clock.serverNow(), TEN + HOUR + 200, "setting it back is no news to the page");
  assert.equal(clock.wrongBy(), -2 * HOUR);
});

test("a moment that has passed has the server's date", () => {
  const { clocks, clock, pass } = machine();
  const moment = clock.now();
  pass(5_000);
  clocks.wall += HOUR; // asleep
  clock.heard(TEN + 60_000, clock.now());
  assert.deepEqual(clock.dateOf(moment), new Date(TEN + 60_000 - HOUR - 5_000));
});

test("a clock that is wrong by more than a minute is said", () => {
  assert.equal(wrongClockText(0), "");
  assert.equal(wrongClockText(59_999), "");
  assert.equal(wrongClockText(-59_999), "");
  assert.match(wrongClockText(90_000), /is 2 min ahead of the server/);
  assert.match(wrongClockText(-HOUR), /is 1 h behind the server/);
  assert.match(wrongClockText(-HOUR - 5 * 60_000), /is 1 h 5 min behind/);
  assert.match(wrongClockText(400 * 24 * HOUR), /is 400 days ahead/);
});

test("no script measures by the wall clock", () => {
  const folder = new URL("../../static/js/", import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  const using = files.filter((name) => readFileSync(new URL(name, folder), "utf8").includes("Date.now"));
  // A draft is as old as the pages that it outlives, between which no other clock goes on.
  assert.deepEqual(using.sort(), ["lib/draft.js", "live/page_clock.js"]);
});
