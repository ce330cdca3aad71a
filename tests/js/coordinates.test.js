import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { problemWith, readCoordinates, readDegrees, readFieldPair } from "../../static/js/map/coordinates.js";

const table = JSON.parse(readFileSync(new URL("../coordinates.json", import.meta.url), "utf8"));
const near = (found, wanted, text) => {
  assert.notEqual(found, null, `“${text}” is understood`);
  assert.ok(Math.abs(found - wanted) < 1e-9, `“${text}” is ${wanted}, not ${found}`);
};

for (const [name, isLongitude] of /** @type {[string, boolean][]} */ ([
  ["latitudes", false],
  ["longitudes", true],
])) {
  test(`${name} are understood as people write them`, () => {
    for (const [text, wanted] of Object.entries(table[name])) {
      near(readDegrees(text, { isLongitude }), wanted, text);
      assert.equal(problemWith(text, { isLongitude }), "", text);
    }
  });

  test(`what is none of the ${name} is said, and is no other number`, () => {
    for (const text of table[`no_${name}`]) {
      assert.equal(readDegrees(text, { isLongitude }), null, text);
      if (!readFieldPair(text)) assert.notEqual(problemWith(text, { isLongitude }), "", text);
    }
    assert.equal(readDegrees("9".repeat(50_000), { isLongitude }), null);
  });
}

test("a pair in one field is both, whichever field it is in", () => {
  for (const [text, [latitude, longitude]] of Object.entries(table.pairs)) {
    for (const found of [
      readFieldPair(text),
      readCoordinates(text, ""),
      readCoordinates("", text),
      readCoordinates(text, text),
    ]) {
      near(found?.latitude ?? null, latitude, text);
      near(found.longitude, longitude, text);
    }
    assert.equal(readCoordinates(text, "7"), null, "and not beside another number");
  }
});

test("what is no pair is none", () => {
  for (const text of table.no_pairs) assert.equal(readFieldPair(text), null, text);
});

test("what is typed as people of many countries type it", () => {
  assert.deepEqual(readCoordinates("−3.7", "−38.5"), { latitude: -3.7, longitude: -38.5 });
  assert.deepEqual(readCoordinates("0,5", "13,4"), { latitude: 0.5, longitude: 13.4 });
  assert.equal(readCoordinates("13.4E", "52.5N"), null);
});
