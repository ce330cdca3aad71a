import assert from "node:assert/strict";
import test from "node:test";

import { delayMs, FIRST_MS, LONGEST_MS } from "../../static/js/live/backoff.js";

const most = () => 1 - Number.EPSILON;

test("the longest delay doubles, up to a limit", () => {
  const longest = [0, 1, 2, 3].map((attempt) => Math.round(delayMs(attempt, most)));
  assert.deepEqual(longest, [FIRST_MS, 2 * FIRST_MS, 4 * FIRST_MS, 8 * FIRST_MS]);
  assert.equal(Math.round(delayMs(50, most)), LONGEST_MS);
  assert.equal(Math.round(delayMs(5000, most)), LONGEST_MS);
});

test("the jitter is full: any delay from nothing to the longest", () => {
  assert.equal(
    delayMs(3, () => 0),
    0,
  );
  assert.equal(
    delayMs(3, () => 0.5),
    4 * FIRST_MS,
  );
});
