import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { folded, wordsOf } from "../../static/js/lib/folding.js";

/** The same cases as tests/lib/test_folding.py. @type {[string, string][]} */
const CASES = JSON.parse(readFileSync(new URL("../lib/folding_cases.json", import.meta.url), "utf8"));

test("text is folded as the server folds it", () => {
  for (const [text, found] of CASES) {
    assert.equal(folded(text), found, JSON.stringify(text));
    assert.equal(folded(found), found);
  }
});

test("the words of a search each come once", () => {
  assert.deepEqual(wordsOf(" Fire, FIRE  Küche "), ["fire", "kuche"]);
  assert.deepEqual(wordsOf("?!"), []);
});
