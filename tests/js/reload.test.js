/** What the badge says while the collections are loaded again: feed, connection and the badge's words together. */

import assert from "node:assert/strict";
import test from "node:test";

import { clock } from "../../static/js/lib/time.js";
import { Connection } from "../../static/js/live/connection.js";
import { Feed, HELD_AT_MOST } from "../../static/js/live/feed.js";
import { describe } from "../../static/js/live/status.js";
import { fromSnapshot } from "../../static/js/live/store.js";
import { FakeTimers, fakeWebSocket, settled } from "./fakes.js";
import { incidentFeature, ModelServer } from "./model_server.js";
import { seeded } from "./random.js";

const LIVE = ["live", "Live"];
const unavailable = () => new Error("/incidents answered 503.");
const refused = (why) => Object.assign(new Error(why), { why });

/** A page that is live; the test answers its fetches and plays its sockets. */
async function opened() {
  const server = new ModelServer(seeded(4));
  const timers = new FakeTimers();
  const WebSocket = fakeWebSocket();
  const random = () => 0.5;
  const openedAt = timers.now();
  const fetches = [];
  const statuses = [];
  const states = [];
  const feed = new Feed({
    fetchCollections: () => new Promise((resolve, reject) => fetches.push({ resolve, reject })),
    connect: (callbacks) =>
      new Connection({
        address: "ws://tracker.test/",
        WebSocket,
        timers,
        random,
        probe: async () => null,
        ...callbacks,
      }),
    timers,
    random,
    onState: (state) => states.push(state),
    onStatus: (status) => statuses.push(status),
  });
  const page = {
    server,
    timers,
    WebSocket,
    fetches,
    feed,
    states,
    badge() {
      const { status, text } = describe(statuses.at(-1), openedAt, timers.now());
      return [status, text];
    },
    /** Time passes; an open socket brings heartbeats. */
    pass(ms) {
      for (let left = ms; left > 0; left -= 10_000) {
        timers.advance(Math.min(left, 10_000));
        if (WebSocket.last.readyState === 1) WebSocket.last.say({ type: "heartbeat", seq: server.seq });
      }
    },
    say(...messages) {
      WebSocket.last.say(...structuredClone(messages));
      timers.advance(100);
    },
    greet() {
      WebSocket.last.accept({ type: "hello", log: server.log, seq: server.seq, floor: 1 });
    },
    /** Much changes, and the page hears no more than that. */
    changeMuch() {
      page.happen(20);
      server.messages.push({ type: "changed", seq: server.seq + 1, model: "Incident", count: 20_000 });
      page.say(server.messages.at(-1));
    },
    happen(steps) {
      const from = server.seq;
      for (let i = 0; i < steps; i += 1) server.step();
      server.number();
      return server.messages.slice(from);
    },
    async fail(error = unavailable()) {
      fetches.shift().reject(error);
      await settled();
    },
    async answer(snapshot = server.snapshot()) {
      fetches.shift().resolve(structuredClone(snapshot));
      await settled();
    },
    /** What is shown is what a page that is opened now would show. */
    assertUpToDate() {
      const fresh = fromSnapshot(server.snapshot());
      for (const collection of ["incidents", "areas", "alerts"]) {
        assert.deepEqual(new Set(states.at(-1)[collection].values()), new Set(fresh[collection].values()));
      }
    },
  };
  feed.start();
  page.happen(20);
  await page.answer();
  page.greet();
  assert.deepEqual(page.badge(), LIVE);
  return page;
}

for (const [name, ask] of Object.entries({
  changed: (page) => page.changeMuch(),
  reset: (page) => {
    page.happen(20);
    page.say({ type: "reset", seq: page.server.seq, why: "" });
  },
})) {
  test(`${name}: a reload that fails is not live, until one has worked`, async () => {
    const page = await opened();
    const asked = page.timers.now();
    ask(page);
    assert.deepEqual(page.badge(), LIVE, "the first try is under way");
    await page.fail();
    assert.deepEqual(page.badge(), ["reconnecting", "Reconnecting (next try in 1 s)"]);
    page.timers.advance(500);
    assert.deepEqual(page.badge(), ["reconnecting", "Reconnecting …"]);
    await page.fail();
    page.timers.advance(1000);
    await page.fail();
    assert.deepEqual(page.badge(), ["reconnecting", "Reconnecting (next try in 2 s)"]);
    page.pass(35_000); // that try hangs
    assert.deepEqual(page.badge(), ["offline", `Not live since ${clock(new Date(asked))}`]);
    await page.fail();
    assert.equal(page.badge()[0], "offline");
    page.pass(4000);
    await page.answer();
    assert.deepEqual(page.badge(), LIVE);
    page.assertUpToDate();
  });
}

test("a pong, a heartbeat and other messages do not make it live again", async () => {
  const page = await opened();
  page.changeMuch();
  await page.fail();
  page.say({ type: "pong", t: page.timers.now() - 20 });
  page.say({ type: "heartbeat", seq: page.server.seq });
  page.say(...page.happen(5));
  assert.equal(page.badge()[0], "reconnecting");
  page.timers.advance(500);
  await page.answer();
  assert.deepEqual(page.badge(), LIVE);
  page.assertUpToDate();
});

test("the socket drops meanwhile and comes back: not live until the reload has worked", async () => {
  const page = await opened();
  const asked = page.timers.now();
  page.changeMuch();
  await page.fail();
  page.WebSocket.last.end(1012);
  assert.equal(page.badge()[0], "reconnecting");
  page.timers.advance(500); // both try again
  assert.equal(page.badge()[0], "reconnecting");
  page.greet();
  assert.equal(page.badge()[0], "reconnecting");
  page.pass(30_000);
  await page.fail();
  assert.deepEqual(page.badge(), ["offline", `Not live since ${clock(new Date(asked))}`]);
  page.say(...page.happen(10));
  page.timers.advance(1000);
  await page.answer();
  assert.deepEqual(page.badge(), LIVE);
  page.assertUpToDate();
});

test("the reload works while the socket is away: live with the next hello", async () => {
  const page = await opened();
  page.changeMuch();
  await page.fail();
  page.WebSocket.last.end(1012);
  page.timers.advance(500);
  await page.answer();
  assert.deepEqual(page.badge(), ["reconnecting", "Reconnecting …"]);
  page.greet();
  assert.deepEqual(page.badge(), LIVE);
});

for (const log of ["log-1", "log-2"]) {
  test(`after an interruption and a reset (${log}) it has not been live since the interruption began`, async () => {
    const page = await opened();
    const heard = page.timers.now();
    page.WebSocket.last.end(1012);
    while (page.timers.now() < heard + 3_600_000) page.timers.advance(1000);
    while (page.WebSocket.last.readyState !== 0) page.timers.advance(1000);
    page.happen(10);
    page.server.log = log;
    page.greet();
    page.say({ type: "reset", seq: page.server.seq, why: "" });
    await page.fail();
    assert.deepEqual(page.badge(), ["offline", `Not live since ${clock(new Date(heard))}`]);
    page.timers.advance(500);
    await page.answer();
    assert.deepEqual(page.badge(), LIVE);
    page.assertUpToDate();
  });
}

test("a reload that must be followed by another is not enough", async () => {
  const page = await opened();
  page.changeMuch();
  await page.fail();
  const snapshot = structuredClone(page.server.snapshot());
  page.timers.advance(500);
  page.happen(10);
  page.say({ type: "reset", seq: page.server.seq, why: "" });
  await page.answer(snapshot);
  assert.deepEqual(page.badge(), ["reconnecting", "Reconnecting …"]);
  await page.answer();
  assert.deepEqual(page.badge(), LIVE);
  page.assertUpToDate();
});

for (const [why, expected] of Object.entries({
  "signed-out": ["signed-out", "Signed out"],
  "no-permission": ["offline", "No permission"],
})) {
  test(`${why} during the reload ends it, at the first try or later`, async () => {
    for (const failures of [0, 1]) {
      const page = await opened();
      page.changeMuch();
      for (let i = 0; i < failures; i += 1) {
        await page.fail();
        page.timers.advance(500);
      }
      await page.fail(refused(why));
      assert.deepEqual(page.badge(), expected);
      page.feed.retryNow();
      page.timers.advance(3_600_000);
      assert.deepEqual(page.badge(), expected);
      assert.deepEqual([page.fetches.length, page.WebSocket.all.length], [0, 1]);
      assert.equal(page.timers.count, 0);
    }
  });
}

test("a socket that ends for good ends the reloading, too", async () => {
  for (const underWay of [false, true]) {
    const page = await opened();
    page.changeMuch();
    await page.fail();
    if (underWay) page.timers.advance(500);
    page.WebSocket.last.end(4001);
    assert.deepEqual(page.badge(), ["signed-out", "Signed out"]);
    if (underWay) await page.fail();
    page.feed.retryNow();
    page.timers.advance(3_600_000);
    assert.deepEqual(page.badge(), ["signed-out", "Signed out"]);
    assert.deepEqual([page.fetches.length, page.timers.count], [0, 0]);
  }
});

test("nothing is loaded for a page whose socket has ended for good", async () => {
  const page = await opened();
  page.timers.advance(10);
  page.server.messages.push({ type: "changed", seq: page.server.seq + 1, model: "Incident", count: 20_000 });
  page.WebSocket.last.say({ type: "heartbeat", seq: page.server.seq - 1 }, page.server.messages.at(-1)); // drawn later
  page.WebSocket.last.end(4001);
  page.timers.advance(1000);
  assert.equal(page.fetches.length, 0);
});

test("retryNow reloads at once", async () => {
  const page = await opened();
  page.changeMuch();
  await page.fail();
  page.feed.retryNow();
  await page.answer();
  assert.deepEqual(page.badge(), LIVE);
  page.timers.advance(1000);
  assert.equal(page.fetches.length, 0);
});

test("a page that is closed does nothing more", async () => {
  for (const end of ["answer", "fail"]) {
    const page = await opened();
    page.changeMuch();
    page.feed.close();
    const drawn = page.states.length;
    await page[end]();
    page.timers.advance(3_600_000);
    assert.deepEqual([page.fetches.length, page.timers.count, page.states.length], [0, 0, drawn]);
  }
});

test("what is held during a reload is bounded, and what is dropped is loaded", async () => {
  const page = await opened();
  const { server } = page;
  page.changeMuch();
  const snapshot = structuredClone(server.snapshot()); // read before all that follows
  const name = (number) => incidentFeature({ pk: 7000, name: `name ${number}`, severity: "HI", x: 1, closed: false });
  for (let number = 0; number <= HELD_AT_MOST; number += 1) {
    server.messages.push({ type: "post_save", seq: server.seq + 1, created: false, feature: name(number) });
  }
  server.incidents.set(7000, { pk: 7000, name: `name ${HELD_AT_MOST}`, severity: "HI", x: 1, closed: false });
  const flood = server.messages.slice(snapshot.incidents.seq);
  for (let i = 0; i < flood.length; i += 64) page.say(...flood.slice(i, i + 64));
  await page.answer(snapshot);
  assert.equal(page.fetches.length, 1, "it loads again");
  page.say(...page.happen(10));
  await page.answer();
  page.assertUpToDate();
  assert.equal(page.fetches.length, 0);
  assert.deepEqual(page.badge(), LIVE);
});

test("up to that bound one reload is enough", async () => {
  const page = await opened();
  page.changeMuch();
  const snapshot = structuredClone(page.server.snapshot());
  page.say(...page.happen(200));
  await page.answer(snapshot);
  assert.equal(page.fetches.length, 0);
  page.assertUpToDate();
});
