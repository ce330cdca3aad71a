import assert from "node:assert/strict";
import test from "node:test";

import { Jobs, QUIET_MS, isActive } from "../../static/js/live/jobs.js";
import { Connection } from "../../static/js/live/connection.js";
import { FakeTimers, fakeWebSocket } from "./fakes.js";

/**
 * @param {number} id
 * @param {number} version
 * @param {Wire.JobRow["state"]} state
 * @returns {any}
 */
const job = (id, version, state = "running") => ({ id, version, state });

test("a row is news when its version is greater, in whatever order they come", () => {
  const jobs = new Jobs();
  assert.equal(jobs.take(job(1, 3), 0), true);
  assert.equal(jobs.take(job(1, 2, "queued"), 0), false);
  assert.equal(jobs.take(job(1, 3), 0), false);
  assert.equal(jobs.take(job(1, 4, "done"), 0), true);
  assert.equal(jobs.get(1).state, "done");
});

test("only what is under way and was not heard of for long is quiet", () => {
  const jobs = new Jobs();
  jobs.take(job(1, 1), 0);
  jobs.take(job(2, 1, "queued"), 0);
  jobs.take(job(3, 1, "done"), 0);
  assert.deepEqual(jobs.quiet(QUIET_MS - 1), []);
  assert.deepEqual(jobs.quiet(QUIET_MS), [1, 2]);
  jobs.take(job(1, 1), QUIET_MS); // the same again: it lives
  assert.deepEqual(jobs.quiet(QUIET_MS), [2]);
  jobs.forget(2);
  assert.deepEqual(jobs.ids(), [1, 3]);
});

test("what waits and what runs is active", () => {
  /** @type {Wire.JobRow["state"][]} */
  const states = ["queued", "running", "done", "failed", "cancelled", "interrupted"];
  assert.deepEqual(
    states.filter((state) => isActive({ state })),
    ["queued", "running"],
  );
});

test("what is asked for over the socket is said when it is live", () => {
  const WebSocket = fakeWebSocket();
  const connection = new Connection({
    address: "ws://tracker.test/notifications/",
    WebSocket,
    timers: new FakeTimers(),
    random: () => 0.5,
    position: () => ({ seq: 0, log: "" }),
    onMessages: () => {},
    onStatus: () => {},
    probe: async () => null,
  });
  connection.open();
  assert.equal(connection.say({ type: "job_start", kind: "try_it" }), false);
  WebSocket.last.accept();
  assert.equal(connection.say({ type: "job_start", kind: "try_it" }), true);
  assert.ok(WebSocket.last.sent.some((text) => JSON.stringify(text).includes("job_start")));
});
