import assert from "node:assert/strict";
import test from "node:test";

import { ACK_MS, Connection, HANDSHAKE_MS, PING_MS, SILENCE_MS } from "../../static/js/live/connection.js";
import { FakeTimers, fakeWebSocket, settled } from "./fakes.js";

function setUp({ probe = async () => null, onMessages = () => {} } = {}) {
  const timers = new FakeTimers();
  const WebSocket = fakeWebSocket();
  const seen = { messages: [], statuses: [], position: { seq: 10, log: "a" } };
  const connection = new Connection({
    address: "ws://tracker.test/notifications/",
    WebSocket,
    timers,
    random: () => 0.5,
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
  assert.deepEqual(seen.messages.map(({ type }) => type), ["hello", "post_save", "alert"]);
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

test("a handshake that hangs is given up", () => {
  const { WebSocket, timers } = setUp();
  timers.advance(HANDSHAKE_MS + 500);
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

const acksOf = (socket) => socket.sent.filter(({ type }) => type === "ack");

test("it acknowledges what was rendered, at once", () => {
  const { connection, WebSocket, timers, seen } = setUp({
    onMessages: (messages, seen) => {
      seen.position = { seq: messages.at(-1).seq, log: "a" };
    },
  });
  WebSocket.last.accept();
  timers.advance(10 * ACK_MS);
  assert.deepEqual(acksOf(WebSocket.last), []);
  WebSocket.last.say({ type: "alert", seq: 12 });
  assert.deepEqual(acksOf(WebSocket.last), [{ type: "ack", seq: 12 }]);
  connection.close();
});

test("it acknowledges once a second at most, and the last in any case", () => {
  const { connection, WebSocket, timers, seen } = setUp();
  WebSocket.last.accept();
  for (let seq = 11; seq <= 60; seq += 1) {
    seen.position = { seq, log: "a" };
    WebSocket.last.say({ type: "post_save", seq });
    timers.advance(ACK_MS / 10);
  }
  timers.advance(2 * ACK_MS);
  const acks = acksOf(WebSocket.last);
  assert.equal(acks[0].seq, 11);
  assert.ok(acks.length >= 5 && acks.length <= 7, `${acks.length} acknowledgements in 5 s`);
  assert.equal(acks.at(-1).seq, 60);
  timers.advance(10 * ACK_MS);
  assert.equal(acksOf(WebSocket.last).length, acks.length);
  connection.close();
});

test("what is rendered after its frame came is acknowledged within a second", () => {
  const { WebSocket, timers, seen } = setUp();
  WebSocket.last.accept();
  WebSocket.last.say({ type: "post_save", seq: 11 });
  assert.deepEqual(acksOf(WebSocket.last), []);
  seen.position = { seq: 11, log: "a" };
  timers.advance(ACK_MS);
  assert.deepEqual(acksOf(WebSocket.last), [{ type: "ack", seq: 11 }]);
});

test("a heartbeat is answered, also when nothing is new", () => {
  const { WebSocket, timers } = setUp();
  WebSocket.last.accept();
  for (let i = 1; i <= 3; i += 1) {
    timers.advance(15_000);
    WebSocket.last.say({ type: "heartbeat", seq: 10 });
    assert.deepEqual(acksOf(WebSocket.last), Array(i).fill({ type: "ack", seq: 10 }));
  }
});

test("a heartbeat that follows an acknowledgement at once is answered a second later", () => {
  const { WebSocket, timers, seen } = setUp();
  WebSocket.last.accept();
  seen.position = { seq: 11, log: "a" };
  WebSocket.last.say({ type: "post_save", seq: 11 }, { type: "heartbeat", seq: 11 });
  WebSocket.last.say({ type: "heartbeat", seq: 11 });
  assert.equal(acksOf(WebSocket.last).length, 1);
  timers.advance(2 * ACK_MS);
  assert.equal(acksOf(WebSocket.last).length, 2);
});

test("a new socket begins from its own number", () => {
  const { WebSocket, timers, seen } = setUp();
  WebSocket.last.accept();
  WebSocket.last.say({ type: "heartbeat", seq: 10 });
  WebSocket.last.end(1006);
  timers.advance(500);
  WebSocket.last.accept();
  timers.advance(2 * ACK_MS);
  assert.deepEqual(acksOf(WebSocket.last), [], "what the old socket owed is not the new one's");
  seen.position = { seq: 11, log: "a" };
  timers.advance(ACK_MS);
  assert.deepEqual(acksOf(WebSocket.last), [{ type: "ack", seq: 11 }]);
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
