import assert from "node:assert/strict";
import test from "node:test";

import { AreaMembership, contains } from "../../static/js/live/area_membership.js";
import {
  ALL,
  compile,
  countText,
  describeFilters,
  fromFragment,
  hiddenText,
  isActive,
} from "../../static/js/live/filters.js";
import { changeFragment, keepInAddress, readFragment } from "../../static/js/live/fragment.js";

const NOW = Date.parse("2026-11-20T12:00:00Z");
/** @returns {any} only what is looked at */
const alert = (changes = {}) => ({
  alert: 1,
  incident: "Incident:17",
  by: null,
  incident_name: "Crane on fire",
  area: "AreaOfInterest:3",
  area_name: "Harbour",
  severity_code: "HI",
  state: "unacknowledged",
  raised: "2026-11-20T11:30:00.000Z",
  ...changes,
});
/** @returns {any} only what is looked at */
const incident = (changes = {}) => ({
  id: "Incident:1",
  geometry: { type: "Point", coordinates: [9.5, 49.5] },
  properties: {
    name: "Öl auf der Brücke",
    description: "",
    place: "",
    pk: 17,
    severity_code: "ME",
    created: "2026-11-20T06:00:00.000Z",
    ...changes,
  },
});
const passes = (filters, thing, isIn = (/** @type {string} */ _area) => false) => {
  const compiled = compile({ ...ALL, ...filters }, { now: NOW, isIn });
  return thing.geometry ? compiled.incident(thing) : compiled.alert(thing);
};

test("without a filter everything is listed", () => {
  assert.ok(passes({}, alert()) && passes({}, incident()));
  assert.equal(isActive(ALL), false);
  assert.equal(describeFilters(ALL), "none");
});

test("the least severity", () => {
  assert.ok(passes({ severity: "HI" }, alert()));
  assert.ok(passes({ severity: "HI" }, alert({ severity_code: "UR" })));
  assert.equal(passes({ severity: "UR" }, alert()), false);
  assert.equal(passes({ severity: "HI" }, incident()), false);
  assert.ok(passes({ severity: "LO" }, incident()));
});

test("the area: that of an alert, and where an incident lies", () => {
  assert.ok(passes({ area: "3" }, alert()));
  assert.equal(passes({ area: "4" }, alert()), false);
  assert.ok(passes({ area: "3" }, incident(), (area) => area === "AreaOfInterest:3"));
  assert.equal(passes({ area: "3" }, incident()), false);
});

test("the time: when an alert was raised, when an incident was reported", () => {
  assert.ok(passes({ within: "1h" }, alert()));
  assert.equal(passes({ within: "1h" }, alert({ raised: "2026-11-20T10:59:59.000Z" })), false);
  assert.equal(passes({ within: "1h" }, incident()), false);
  assert.ok(passes({ within: "24h" }, incident()));
  assert.equal(passes({ within: "7d" }, incident({ created: "2026-11-01T00:00:00Z" })), false);
});

test("the text: all words, in any order, however they are written", () => {
  assert.ok(passes({ text: "fire harb" }, alert()));
  assert.equal(passes({ text: "fire hill" }, alert()), false);
  assert.ok(passes({ text: "BRUCKE ol" }, incident()));
  assert.ok(passes({ text: "leak" }, incident({ description: "A leak" })));
  assert.ok(passes({ text: "   " }, incident()));
});

test("the text is looked for as the lists do: in the place, by reference, by who acknowledged", () => {
  assert.ok(passes({ text: "SEVENTEEN, Öl" }, incident({ place: "Seventeen Mile House" })));
  assert.ok(passes({ text: "strasse" }, incident({ name: "Straße gesperrt" })));
  assert.ok(passes({ text: "пожар" }, incident({ name: "ПОЖАР" })));
  assert.ok(passes({ text: "u\u0308bers" }, incident({ name: "Überschwemmung" })));
  assert.ok(passes({ text: "l'aquila" }, incident({ place: "L’Aquila" })));
  assert.ok(passes({ text: "#17" }, incident()) && passes({ text: "ol 017" }, incident()));
  assert.equal(passes({ text: "#18" }, incident()), false);
  assert.ok(passes({ text: "#17 fire" }, alert()));
  assert.ok(passes({ text: "anna" }, alert({ by: "Anna Smith" })));
  assert.equal(passes({ text: "?!" }, incident()), false);
  assert.ok(passes({ text: "%" }, incident({ description: "100 %" })), "punctuation alone as it is");
});

test("what is found follows a change of what was looked through", () => {
  const [before, after] = [incident({ name: "Oil" }), incident({ name: "Fire" })];
  for (const text of ["oil", "fire", "oil"]) {
    assert.equal(passes({ text }, before), text === "oil");
    assert.equal(passes({ text }, after), text === "fire");
  }
});

test("filters come back from the address, and what it says wrongly is left out", () => {
  const filters = { show: "mine", severity: "HI", area: "3", within: "24h", text: "oil & fire 100%" };
  const hash = changeFragment("#map=3/1.5/-2", filters);
  assert.equal(hash, "#map=3/1.5/-2&show=mine&severity=HI&area=3&within=24h&text=oil+%26+fire+100%25");
  assert.deepEqual(fromFragment(readFragment(hash)), filters);
  assert.equal(changeFragment(hash, ALL), "#map=3/1.5/-2");
  assert.deepEqual(fromFragment(readFragment("#severity=XX&area=x&within=2h&text=%")), { ...ALL, text: "%" });
  for (const name of ["toString", "constructor"]) assert.equal(fromFragment(new Map([["within", name]])).within, "");
});

test("what is no value of ours goes when we write", () => {
  assert.deepEqual([...readFragment("#content")], []);
  assert.equal(changeFragment("#content", { map: "1/2/3" }), "#map=1/2/3");
  assert.equal(changeFragment("#severity=HI", { severity: "" }), "");
});

test("the address is changed without a step back, and only when it changes", () => {
  const replaced = [];
  const history = { replaceState: (_state, _title, url) => replaced.push(url) };
  const location = { hash: "#map=1/2/3", pathname: "/", search: "" };
  keepInAddress({ map: "1/2/3" }, { location, history });
  keepInAddress({ map: "" }, { location, history });
  assert.deepEqual(replaced, ["/"]);
});

test("what is active, in words", () => {
  const filters = { ...ALL, severity: "HI", area: "3", within: "1h", text: "oil" };
  assert.equal(describeFilters(filters, "Harbour"), "High or worse · Harbour · last hour · “oil”");
  assert.equal(describeFilters({ ...ALL, area: "3" }), "an area that is not there");
  assert.equal(countText(3, 3), "3");
  assert.equal(countText(3, 12), "3 of 12");
});

test("alerts that wait are not hidden in silence", () => {
  const all = [alert(), alert({ alert: 2 }), alert({ alert: 3, state: "acknowledged" })];
  assert.equal(hiddenText(all, all), "");
  assert.equal(hiddenText(all, all.slice(0, 2)), "");
  assert.equal(hiddenText(all, all.slice(1)), "1 unacknowledged alert is hidden by the filter.");
  assert.equal(hiddenText(all, []), "2 unacknowledged alerts are hidden by the filter.");
});

test("a position lies in an area as the server has it: its border too, not its holes, across the antimeridian", () => {
  /** @returns {Wire.Position[]} */
  const square = (west, south, size) => [
    [west, south],
    [west + size, south],
    [west + size, south + size],
    [west, south + size],
    [west, south],
  ];
  /** @type {Wire.AreaGeometry} */
  const holed = { type: "Polygon", coordinates: [square(0, 0, 10), square(4, 4, 2)] };
  assert.ok(contains(holed, [1, 1]));
  assert.ok(contains(holed, [10, 5]), "on its border");
  assert.ok(contains(holed, [0, 0]), "on a corner");
  assert.ok(contains(holed, [4, 5]), "on the border of its hole");
  assert.equal(contains(holed, [5, 5]), false);
  assert.equal(contains(holed, [11, 5]), false);
  /** @type {Wire.AreaGeometry} */
  const two = { type: "MultiPolygon", coordinates: [[square(0, 0, 1)], [square(175, 0, 10)]] };
  assert.ok(contains(two, [-178, 5]) && contains(two, [179, 5]) && contains(two, [0.5, 0.5]));
  assert.equal(contains(two, [-170, 5]), false);
});

test("what was found is remembered until the area changes", () => {
  const membership = new AreaMembership();
  /** @returns {any} only what is looked at */
  const area = (coordinates) => ({ geometry: { type: "Polygon", coordinates } });
  const here = area([
    [
      [9, 49],
      [10, 49],
      [10, 50],
      [9, 50],
      [9, 49],
    ],
  ]);
  const there = area([
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ],
  ]);
  const one = incident();
  assert.ok(membership.has(here, one) && membership.has(here, one));
  assert.equal(membership.has(there, one), false);
});

test("open, mine and waiting", () => {
  const both = { isIn: () => true, isMine: (/** @type {any} */ entry) => entry.area === "AreaOfInterest:3" };
  const of = (show, more = {}) => compile({ ...ALL, show }, { now: NOW, ...both, ...more });
  const acknowledged = alert({ state: "acknowledged" });
  const elsewhere = alert({ area: "AreaOfInterest:4" });
  assert.deepEqual([alert(), acknowledged, elsewhere].map(of("").alert), [true, true, true]);
  assert.deepEqual([alert(), acknowledged, elsewhere].map(of("waiting").alert), [true, false, true]);
  assert.deepEqual([alert(), acknowledged, elsewhere].map(of("mine").alert), [true, true, false]);
  assert.equal(of("waiting", { isHeld: () => true }).alert(acknowledged), true, "its card stays for a while");
  assert.equal(of("").incident(incident()), true);
  assert.equal(of("mine").incident(incident()), false, "it is listed with its alert, or not");
  assert.equal(fromFragment(readFragment("#show=waiting")).show, "waiting");
  assert.equal(fromFragment(readFragment("#show=constructor")).show, "");
  assert.equal(describeFilters({ ...ALL, show: "mine" }), "mine");
  assert.ok(isActive({ ...ALL, show: "mine" }));
});
