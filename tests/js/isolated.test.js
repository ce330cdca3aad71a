import assert from "node:assert/strict";
import test from "node:test";

import { isolated } from "../../static/js/lib/isolated.js";
import { describeFilters, ALL } from "../../static/js/live/filters.js";
import { gathered, wordsOf } from "../../static/js/live/news.js";

const TURNED = ["\u202edesrever", "حريق", "שריפה (3)", "a\u2069\u202eb"];
const OPENS = /[\u202a\u202b\u202d\u202e\u2066-\u2068]/u;
const CLOSES = /[\u202c\u2069]/u;

/** Whether a direction stays open at the end of this text, or is closed that it did not open. */
function reachesOut(/** @type {string} */ text) {
  let depth = 0;
  for (const character of text) {
    depth += Number(OPENS.test(character)) - Number(CLOSES.test(character));
    if (depth < 0) return true;
  }
  return depth !== 0;
}

test("a name keeps its direction, and the words around it theirs", () => {
  for (const name of TURNED) {
    assert.equal(isolated(name)[0], "\u2068");
    assert.equal(reachesOut(isolated(name)), false);
  }
  for (const name of ["Fire", "Überschwemmung", "ПОЖАР", "火事", "👩‍🚒", ""]) assert.equal(isolated(name), name);
});

test("sentences about alerts and filters keep theirs", () => {
  for (const name of TURNED) {
    /** @type {any} */
    const entry = { incident_name: name, area_name: name, severity: "High", cause: "created" };
    for (const cause of ["created", "area"]) {
      const group = { key: "1", entries: [entry, entry], worst: { ...entry, cause } };
      for (const words of [wordsOf(group), gathered([group])]) assert.equal(reachesOut(words.text), false);
    }
    assert.equal(reachesOut(describeFilters({ ...ALL, area: "3", text: name }, name)), false);
  }
});
