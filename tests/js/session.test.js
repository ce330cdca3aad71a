import assert from "node:assert/strict";
import test from "node:test";

import { askWhyRefused } from "../../static/js/live/collections.js";
import { WARN_MS, WatchSession } from "../../static/js/live/session.js";
import { FakeTimers, settled } from "./fakes.js";

const START = Date.UTC(2026, 10, 20, 10, 0);

/** A server whose sign-ins last *age*, and *longest* however they are prolonged. */
function setUp({ age, longest }) {
  const timers = new FakeTimers();
  const begun = timers.now();
  const seen = { asked: [], ends: [], heard: [], fails: false };
  let ends = age;
  const iso = (ms) => new Date(START + ms).toISOString();
  const session = new WatchSession({
    ask: async () => {
      const passed = timers.now() - begun;
      seen.asked.push(passed);
      if (seen.fails) throw new Error("away");
      if (passed >= ends) throw new Error("401");
      ends = Math.min(passed + age, longest);
      return { now: iso(passed), ends: iso(ends), last: iso(longest) };
    },
    clock: { now: timers.now, heard: (ms) => seen.heard.push(ms) },
    timers,
    random: () => 0.5,
    onEnd: (end) => seen.ends.push(end && end.getTime() - START),
  });
  const pass = async (ms) => {
    for (let left = ms; left > 0; left -= 1_000) {
      timers.advance(Math.min(left, 1_000));
      await settled();
    }
  };
  return { session, seen, pass, endsAt: () => ends };
}

test("a watch in use is prolonged for as long as may be, also where sign-ins are short", async () => {
  for (const age of [60_000, 3_600_000]) {
    const { session, pass, endsAt } = setUp({ age, longest: 30 * 24 * 3_600_000 });
    session.look();
    await settled();
    await pass(2 * age);
    assert.ok(endsAt() > 2 * age, `a sign-in of ${age} ms`);
    session.stop();
  }
});

test("its end is said ten minutes before, and not sooner", async () => {
  const longest = 3 * 3_600_000;
  const { session, seen, pass } = setUp({ age: 3_600_000, longest });
  session.look();
  await settled();
  await pass(longest - WARN_MS - 60_000);
  assert.deepEqual(new Set(seen.ends), new Set([null]));
  await pass(120_000);
  assert.equal(seen.ends.at(-1), longest);
  session.stop();
});

test("a server that is away for a while is asked again, and says what time it is", async () => {
  const { session, seen, pass } = setUp({ age: 600_000, longest: 24 * 3_600_000 });
  seen.fails = true;
  session.look();
  await settled();
  await pass(65_000);
  assert.equal(seen.asked.length, 3);
  seen.fails = false;
  await pass(30_000);
  assert.equal(seen.heard.length, 1);
  assert.equal(seen.heard[0], START + seen.asked.at(-1));
  session.stop();
});

test("a page that was opened by another name is told from one that is signed out", async () => {
  const { fetch } = globalThis;
  const origins = ["https://tracker.test"];
  const why = async (status, origin) => {
    globalThis.fetch = async () => new Response("{}", { status });
    return askWhyRefused("/", { origins, origin });
  };
  try {
    assert.equal(await why(200, "https://tracker.test"), null);
    assert.equal(await why(200, "https://tracker.test:8443"), "other-name");
    assert.equal(await why(200, "http://tracker.test"), "other-name");
    assert.equal(await why(401, "https://other.test"), "signed-out");
    assert.equal(await why(503, "https://other.test"), null, "nobody knows");
  } finally {
    globalThis.fetch = fetch;
  }
});
