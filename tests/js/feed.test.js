import assert from "node:assert/strict";
import test from "node:test";

import { Feed } from "../../static/js/live/feed.js";
import { fromSnapshot } from "../../static/js/live/store.js";
import { FakeTimers, settled } from "./fakes.js";
import { ModelServer } from "./model_server.js";
import { seeded } from "./random.js";

/** A feed on a model server; the test says when a fetch is answered, and plays the connection. */
function setUp() {
  const server = new ModelServer(seeded(4));
  const timers = new FakeTimers();
  const seen = { states: [], statuses: [], fetches: [], connection: null };
  const feed = new Feed({
    fetchCollections: () => new Promise((resolve, reject) => seen.fetches.push({ resolve, reject })),
    connect: (callbacks) => {
      seen.connection = {
        ...callbacks,
        opened: 0,
        open: () => (seen.connection.opened += 1),
        end: (why) => (seen.connection.ended = why),
      };
      return seen.connection;
    },
    timers,
    random: () => 0.5,
    onState: (state) => seen.states.push(state),
    onStatus: (status) => seen.statuses.push(status),
  });
  feed.start();
  const answer = async (snapshot) => {
    seen.fetches.shift().resolve(structuredClone(snapshot));
    await settled();
  };
  const send = (messages) => {
    seen.connection.onMessages(structuredClone(messages));
    timers.advance(1000);
  };
  const happen = (steps) => {
    for (let i = 0; i < steps; i += 1) server.step();
    server.number();
  };
  const assertUpToDate = () => {
    const { incidents, areas, alerts } = seen.states.at(-1);
    const fresh = fromSnapshot(server.snapshot());
    assert.deepEqual(new Set(incidents.values()), new Set(fresh.incidents.values()));
    assert.deepEqual(new Set(areas.values()), new Set(fresh.areas.values()));
    assert.deepEqual(new Set(alerts.values()), new Set(fresh.alerts.values()));
  };
  return { server, timers, seen, feed, answer, send, happen, assertUpToDate };
}

test("the socket opens after the snapshot, from its number and log", async () => {
  const { server, seen, answer, happen } = setUp();
  happen(20);
  assert.equal(seen.connection, null);
  await answer(server.snapshot());
  assert.equal(seen.connection.opened, 1);
  assert.deepEqual(seen.connection.position(), { seq: server.seq, log: "log-1" });
});

test("a snapshot that fails is tried again with back-off, and the status says so", async () => {
  const { server, timers, seen, answer } = setUp();
  seen.fetches.shift().reject(new Error("no network"));
  await settled();
  assert.deepEqual([seen.statuses.at(-1).state, seen.statuses.at(-1).nextTry], ["waiting", timers.now() + 500]);
  timers.advance(500);
  await answer(server.snapshot());
  assert.equal(seen.connection.opened, 1);
});

test("a stranger's snapshot ends it", async () => {
  const { timers, seen } = setUp();
  seen.fetches.shift().reject(Object.assign(new Error(), { why: "signed-out" }));
  await settled();
  timers.advance(3_600_000);
  assert.deepEqual(
    [seen.statuses.at(-1).state, seen.statuses.at(-1).why, seen.fetches.length],
    ["ended", "signed-out", 0],
  );
});

test("the position is what was rendered; a flood is rendered in batches", async () => {
  const { server, timers, seen, answer, happen } = setUp();
  await answer(server.snapshot());
  happen(30);
  const drawn = seen.states.length;
  timers.advance(1000);
  for (const message of server.messages) seen.connection.onMessages([message]);
  assert.equal(seen.states.length, drawn + 1);
  assert.equal(seen.connection.position().seq, 1);
  timers.advance(100);
  assert.equal(seen.states.length, drawn + 2);
  assert.equal(seen.connection.position().seq, server.seq);
});

for (const [name, messages] of Object.entries({
  reset: (server) => [{ type: "reset", seq: server.seq, why: "" }],
  changed: (server) => {
    server.messages.push({ type: "changed", seq: server.seq + 1, model: "Incident", count: 20000 });
    return [server.messages.at(-1)];
  },
})) {
  test(`${name} reloads, and what comes meanwhile is not lost`, async () => {
    const { server, seen, answer, send, happen, assertUpToDate } = setUp();
    happen(20);
    await answer(server.snapshot());
    happen(20); // the client hears nothing of this
    send(messages(server));
    assert.equal(seen.fetches.length, 1);
    const snapshot = structuredClone(server.snapshot());
    const from = server.seq;
    happen(20);
    send(server.messages.slice(from)); // before the snapshot arrives
    await answer(snapshot);
    assertUpToDate();
    assert.equal(seen.connection.position().seq, server.seq);
    assert.equal(seen.fetches.length, 0);
  });
}

test("a reset newer than the snapshot that was under way loads another", async () => {
  const { server, seen, answer, send, happen, assertUpToDate } = setUp();
  await answer(server.snapshot());
  send([{ type: "reset", seq: server.seq, why: "" }]);
  const snapshot = structuredClone(server.snapshot());
  happen(20);
  send([{ type: "reset", seq: server.seq, why: "" }]);
  await answer(snapshot);
  assert.equal(seen.fetches.length, 1);
  await answer(server.snapshot());
  assertUpToDate();
});

test("another log: everything is loaded again, and the old log's messages are forgotten", async () => {
  const { server, seen, answer, send, happen, assertUpToDate } = setUp();
  happen(40);
  await answer(server.snapshot());
  send([{ type: "reset", seq: server.seq, why: "" }]);
  send([{ ...server.messages.at(-1), seq: server.seq + 5 }]);
  server.log = "log-2";
  server.messages.length = 3;
  send([
    { type: "hello", log: "log-2", seq: 3, floor: 1 },
    { type: "reset", seq: 3, why: "this is another log" },
  ]);
  await answer(server.snapshot());
  assertUpToDate();
  assert.deepEqual(seen.connection.position(), { seq: 3, log: "log-2" });
});

test("who is on watch reaches the page, and is still known after a reload", async () => {
  const { server, seen, answer, send } = setUp();
  await answer(server.snapshot());
  send([{ type: "presence", people: 2, consoles: 3, who: [] }]);
  assert.deepEqual(seen.states.at(-1).presence, { people: 2, consoles: 3, who: [] });
  send([{ type: "reset", seq: server.seq, why: "" }]);
  send([{ type: "presence", people: 2, consoles: 4, who: [] }]);
  await answer(server.snapshot());
  assert.deepEqual(seen.states.at(-1).presence, { people: 2, consoles: 4, who: [] });
});
