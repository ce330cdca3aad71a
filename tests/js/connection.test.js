import assert from "node:assert/strict";
import test from "node:test";

import {
  ACK_CHARACTERS,
  ACK_MS,
  ACK_SOON_MS,
  ANSWER_MS,
  Connection,
  HANDSHAKE_MS,
  PING_MS,
  SILENCE_MS,
} from "../../static/js/live/connection.js";
import { FakeTimers, fakeWebSocket, settled } from "./fakes.js";

/**
 * @param {object} options
 * @param {() => Promise<string | null>} [options.probe]
 * @param {(messages: Wire.FromServer[], seen: any) => void} [options.onMessages]
 * @param {() => number} [options.random]
 */
function setUp({ probe = async () => null, onMessages = () => {}, random = () => 0.5 } = {}) {
  const timers = new FakeTimers();
  const WebSocket = fakeWebSocket();
  const seen = { messages: [], statuses: [], position: { seq: 10, log: "a" } };
  const connection = new Connection({
    address: "ws://tracker.test/notifications/",
    WebSocket,
    timers,
    random,
    position: () => seen.position,
    onMessages: (messages) => {
      seen.messages.push(...messages);
      onMessages(messages, seen);
    },
    onStatus: (status) => seen.statuses.push(status),
    probe,
  });
  connection.open();
  return { connection, timers, WebSocket, seen, status: () => seen.statuses.at(-1) };
}

test("it opens from the position and is live with the hello", () => {
  const { WebSocket, status } = setUp();
  assert.equal(WebSocket.last.url, "ws://tracker.test/notifications/?since=10&log=a");
  assert.equal(status().state, "connecting");
  WebSocket.last.accept();
  assert.equal(status().state, "live");
});

test("a frame may hold several messages", () => {
  const { WebSocket, seen } = setUp();
  WebSocket.last.accept();
  WebSocket.last.say({ type: "post_save", seq: 11 }, { type: "alert", seq: 12 });
  assert.deepEqual(
    seen.messages.map(({ type }) => type),
    ["hello", "post_save", "alert"],
  );
});

test("it comes back after 1001, 1006, 1012 and 4008, from the last number that was rendered", () => {
  for (const code of [1001, 1006, 1012, 4008]) {
    const { WebSocket, timers, seen, status } = setUp();
    WebSocket.last.accept();
    seen.position = { seq: 42, log: "a" };
    WebSocket.last.end(code);
    assert.equal(status().state, "waiting");
    assert.equal(status().nextTry, timers.now() + 500);
    timers.advance(500);
    assert.equal(WebSocket.all.length, 2);
    assert.equal(WebSocket.last.url, "ws://tracker.test/notifications/?since=42&log=a");
  }
});

test("it does not come back after 4001, 4003, 4009 and 4010, and says why", () => {
  const reasons = { 4001: "signed-out", 4003: "no-permission", 4009: "too-many", 4010: "refused" };
  for (const [code, why] of Object.entries(reasons)) {
    const { connection, WebSocket, timers, status } = setUp();
    WebSocket.last.accept();
    WebSocket.last.end(Number(code));
    assert.deepEqual([status().state, status().why], ["ended", why]);
    connection.retryNow();
    timers.advance(3_600_000);
    assert.equal(WebSocket.all.length, 1);
    assert.equal(timers.count, 0);
  }
});

test("a refused handshake asks why: a stranger is signed out", async () => {
  const { WebSocket, timers, status } = setUp({ probe: async () => "signed-out" });
  WebSocket.last.end(1006);
  assert.equal(status().state, "waiting");
  await settled();
  assert.deepEqual([status().state, status().why], ["ended", "signed-out"]);
  timers.advance(3_600_000);
  assert.equal(WebSocket.all.length, 1);
});

test("a refused handshake without a reason is tried again, later and later", async () => {
  const { WebSocket, timers } = setUp();
  for (const wait of [500, 1000, 2000, 4000, 7500, 7500]) {
    const before = WebSocket.all.length;
    WebSocket.last.end(1006);
    await settled();
    timers.advance(wait - 1);
    assert.equal(WebSocket.all.length, before);
    timers.advance(1);
    assert.equal(WebSocket.all.length, before + 1);
  }
});

test("a socket that lived counts as a success, one that dies at once does not", () => {
  const { WebSocket, timers, status } = setUp();
  const waitAfter = (life) => {
    WebSocket.last.accept();
    timers.advance(life);
    WebSocket.last.end(1012);
    const wait = status().nextTry - timers.now();
    timers.advance(wait);
    return wait;
  };
  assert.deepEqual([waitAfter(0), waitAfter(0), waitAfter(0), waitAfter(6000)], [500, 1000, 2000, 500]);
});

test("silence means broken; heartbeats are not silence", () => {
  const { WebSocket, timers, status } = setUp();
  WebSocket.last.accept();
  for (let i = 0; i < 10; i += 1) {
    timers.advance(15_000);
    WebSocket.last.say({ type: "heartbeat", seq: 10 });
  }
  const heard = timers.now();
  timers.advance(SILENCE_MS - 1);
  assert.equal(status().state, "live");
  timers.advance(1);
  assert.deepEqual([status().state, status().since], ["waiting", heard]);
  timers.advance(500);
  assert.equal(WebSocket.all.length, 2);
});

test("after a sleep the line is asked at once: who answers stays, a dead one is left within seconds", () => {
  for (const isAlive of [true, false]) {
    const { connection, WebSocket, timers, status } = setUp();
    WebSocket.last.accept();
    timers.advance(10_000);
    const heard = timers.now() - 10_000;
    timers.sleep(8 * 3_600_000);
    connection.retryNow(); // the page notices that it has slept
    assert.equal(status().state, "live");
    const ping = WebSocket.last.sent.at(-1);
    assert.equal(ping.type, "ping");
    if (isAlive) WebSocket.last.say({ type: "pong", t: ping.t });
    timers.advance(ANSWER_MS);
    assert.equal(status().state, isAlive ? "live" : "waiting");
    if (!isAlive) assert.equal(status().since, heard, "since when it was last heard of");
    if (isAlive) {
      timers.advance(SILENCE_MS - ANSWER_MS);
      assert.equal(status().state, "waiting", "and it is watched as before");
    }
  }
});

test("where nobody notices the sleep, the timer that is late asks", () => {
  const { WebSocket, timers, status } = setUp();
  WebSocket.last.accept();
  timers.sleep(3_600_000);
  timers.advance(0);
  assert.equal(status().state, "live", "what came meanwhile may wait to be read");
  timers.advance(ANSWER_MS);
  assert.equal(status().state, "waiting");
});

test("a line that is asked twice is asked once", () => {
  const { connection, WebSocket, timers } = setUp();
  WebSocket.last.accept();
  const pings = () => WebSocket.last.sent.filter(({ type }) => type === "ping").length;
  const before = pings();
  for (let i = 0; i < 10; i += 1) connection.retryNow();
  assert.equal(pings(), before + 1);
  WebSocket.last.say({ type: "heartbeat", seq: 10 });
  timers.advance(ANSWER_MS);
  assert.equal(WebSocket.all.length, 1);
});

test("a handshake that hangs is given up", () => {
  const { WebSocket, timers } = setUp();
  timers.advance(HANDSHAKE_MS + 500);
  assert.equal(WebSocket.all.length, 2);
});

test("a socket that never says hello is given up, whatever else comes", () => {
  const { WebSocket, timers } = setUp();
  WebSocket.last.readyState = 1;
  WebSocket.last.onopen({});
  timers.advance(SILENCE_MS - 1_000);
  WebSocket.last.say({ type: "heartbeat", seq: 10 });
  assert.equal(WebSocket.all.length, 1);
  timers.advance(1_500);
  assert.equal(WebSocket.all.length, 2);
});

test("late events of a socket that was given up are ignored", () => {
  const { WebSocket, timers, seen, status } = setUp();
  const [first] = WebSocket.all;
  first.accept();
  timers.advance(SILENCE_MS + 500);
  WebSocket.last.accept();
  const count = seen.messages.length;
  first.say({ type: "post_save", seq: 11 });
  first.end(4001);
  assert.equal(seen.messages.length, count);
  assert.equal(status().state, "live");
});

test("what cannot be read is fetched again", () => {
  const { WebSocket, timers } = setUp();
  WebSocket.last.accept();
  WebSocket.last.onmessage({ data: '{"type":"alert","se' });
  timers.advance(500);
  assert.equal(WebSocket.all.length, 2);
});

test("it pings for the round trip", () => {
  const { WebSocket, timers, status, seen } = setUp();
  WebSocket.last.accept();
  const [ping] = WebSocket.last.sent;
  timers.advance(35);
  WebSocket.last.say({ type: "pong", t: ping.t });
  assert.equal(status().roundTripMs, 35);
  assert.ok(!seen.messages.some(({ type }) => type === "pong"));
  timers.advance(PING_MS);
  assert.equal(WebSocket.last.sent.filter(({ type }) => type === "ping").length, 2);
});

// --- acknowledging ---

const acksOf = (socket) => socket.sent.filter(({ type }) => type === "ack").map(({ seq }) => seq);

/** A page that has rendered what came before its frame is dealt with. */
function setUpRendering(options = {}) {
  return setUp({
    onMessages: (messages, seen) => {
      const seq = Math.max(...messages.map((message) => ("seq" in message ? message.seq : 0)));
      if (seq > seen.position.seq) seen.position = { seq, log: "a" };
    },
    ...options,
  });
}

test("what was rendered is acknowledged every few seconds, if it is more than before", () => {
  const { WebSocket, timers } = setUpRendering();
  WebSocket.last.accept();
  timers.advance(4 * ACK_MS);
  assert.deepEqual(acksOf(WebSocket.last), []);
  WebSocket.last.say({ type: "post_save", seq: 11 });
  WebSocket.last.say({ type: "post_save", seq: 12 });
  timers.advance(ACK_MS);
  assert.deepEqual(acksOf(WebSocket.last), [12]);
  timers.advance(4 * ACK_MS);
  assert.deepEqual(acksOf(WebSocket.last), [12]);
});

test("pages that hear the same at the same moment do not acknowledge at the same moment", () => {
  const pages = Array.from({ length: 20 }, (_, i) => setUpRendering({ random: () => i / 20 }));
  const acknowledgedAt = pages.map(({ WebSocket, timers }) => {
    WebSocket.last.accept();
    for (let seq = 11; ; seq += 1) {
      WebSocket.last.say({ type: "post_save", seq });
      timers.advance(ACK_MS / 100);
      if (acksOf(WebSocket.last).length === 3) return timers.now();
    }
  });
  assert.equal(new Set(acknowledgedAt).size, 20);
});

test("an alert is acknowledged within a second, each page at a moment of its own", () => {
  for (const phase of [0, 0.5, 0.9]) {
    const { WebSocket, timers } = setUpRendering({ random: () => phase });
    WebSocket.last.accept();
    timers.advance(ACK_MS);
    WebSocket.last.say({ type: "alert", seq: 11 });
    timers.advance(phase * ACK_SOON_MS - 1);
    if (phase) assert.deepEqual(acksOf(WebSocket.last), []);
    timers.advance(2);
    assert.deepEqual(acksOf(WebSocket.last), [11]);
  }
});

test("an alert that is rendered later is acknowledged within a second of that", () => {
  const { WebSocket, timers, seen } = setUp();
  WebSocket.last.accept();
  WebSocket.last.say({ type: "alert", seq: 11 });
  timers.advance(7 * ACK_SOON_MS);
  assert.deepEqual(acksOf(WebSocket.last), []);
  seen.position = { seq: 11, log: "a" };
  timers.advance(ACK_SOON_MS);
  assert.deepEqual(acksOf(WebSocket.last), [11]);
});

test("a heartbeat is answered within a second, also when nothing is new", () => {
  const { WebSocket, timers } = setUpRendering();
  WebSocket.last.accept();
  for (let i = 1; i <= 3; i += 1) {
    timers.advance(15_000);
    WebSocket.last.say({ type: "heartbeat", seq: 10 });
    timers.advance(ACK_SOON_MS);
    assert.deepEqual(acksOf(WebSocket.last), Array(i).fill(10));
  }
});

test("much is acknowledged at once, so that more can come; also where timers are late", () => {
  const { WebSocket, timers } = setUpRendering();
  WebSocket.last.accept();
  timers.advance(1);
  WebSocket.last.say({ type: "post_save", seq: 11, feature: "x".repeat(ACK_CHARACTERS) });
  assert.deepEqual(acksOf(WebSocket.last), [11]);
});

test("never more than two a second, and the last in any case", () => {
  const { WebSocket, timers } = setUpRendering();
  WebSocket.last.accept();
  for (let seq = 11; seq <= 110; seq += 1) {
    WebSocket.last.say({ type: "alert", seq, feature: "x".repeat(ACK_CHARACTERS) }, { type: "heartbeat", seq });
    timers.advance(100);
  }
  timers.advance(ACK_MS);
  const acks = acksOf(WebSocket.last);
  assert.ok(acks.length >= 15 && acks.length <= 22, `${acks.length} acknowledgements in 10 s`);
  assert.equal(acks.at(-1), 110);
});

test("a timer that is late is not waited for", () => {
  const { WebSocket, timers } = setUpRendering();
  WebSocket.last.accept();
  WebSocket.last.say({ type: "alert", seq: 11 });
  timers.sleep(60_000); // hidden: no timer has run
  assert.deepEqual(acksOf(WebSocket.last), []);
  WebSocket.last.say({ type: "post_save", seq: 12 });
  assert.deepEqual(acksOf(WebSocket.last), [12]);
});

test("a new socket begins from its own number", () => {
  const { WebSocket, timers, seen } = setUpRendering();
  WebSocket.last.accept();
  WebSocket.last.say({ type: "heartbeat", seq: 10 });
  WebSocket.last.end(1006);
  timers.advance(500);
  WebSocket.last.accept();
  timers.advance(2 * ACK_MS);
  assert.deepEqual(acksOf(WebSocket.last), [], "what the old socket owed is not the new one's");
  seen.position = { seq: 11, log: "a" };
  timers.advance(ACK_MS);
  assert.deepEqual(acksOf(WebSocket.last), [11]);
});

test("retryNow tries at once, and only when it was waiting", () => {
  const { connection, WebSocket, timers } = setUp();
  connection.retryNow();
  assert.equal(WebSocket.all.length, 1);
  WebSocket.last.accept();
  connection.retryNow();
  assert.equal(WebSocket.all.length, 1);
  WebSocket.last.end(1006);
  connection.retryNow();
  assert.equal(WebSocket.all.length, 2);
  timers.advance(1000);
  assert.equal(WebSocket.all.length, 2);
});

test("timers never pile up, and close() leaves none", () => {
  const { connection, WebSocket, timers } = setUp();
  for (let i = 0; i < 50; i += 1) {
    WebSocket.last.accept();
    WebSocket.last.say({ type: "heartbeat", seq: 10 });
    assert.ok(timers.count <= 3, `${timers.count} timers`);
    WebSocket.last.end(1006);
    connection.retryNow();
  }
  connection.close();
  assert.equal(timers.count, 0);
});
