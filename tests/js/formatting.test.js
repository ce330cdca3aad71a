import assert from "node:assert/strict";
import test from "node:test";

import { ageText } from "../../static/js/lib/age.js";
import { ago, clock, isoLocal, Zone } from "../../static/js/lib/time.js";
import { presenceWords } from "../../static/js/live/presence.js";
import { detailsOf, describe } from "../../static/js/live/status.js";
import { degrees, pointText, readCoordinates } from "../../static/js/map/coordinates.js";
import { formatView, parseView } from "../../static/js/map/view_in_url.js";

test("times are ISO 8601 in the site's zone, which is named as the server names it", () => {
  const berlin = new Zone("Europe/Berlin", { 60: "CET", 120: "CEST" });
  const [winter, summer] = [new Date("2026-11-20T21:39:59.999Z"), new Date("2026-07-01T22:05:00Z")];
  assert.equal(isoLocal(winter, berlin), "2026-11-20 22:39 CET");
  assert.equal(isoLocal(summer, berlin), "2026-07-02 00:05 CEST");
  assert.equal(clock(summer, berlin), "00:05");
  assert.equal(isoLocal(winter), "2026-11-20 21:39 UTC", "a page that says nothing of it is in UTC");
});

test("an age is short, and never ahead", () => {
  const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
  for (const [passed, text] of /** @type {[number, string][]} */ ([
    [-5 * minute, "now"],
    [59 * second, "now"],
    [minute, "1 min"],
    [hour - 1, "59 min"],
    [hour, "1 h"],
    [2 * day - 1, "47 h"],
    [2 * day, "2 d"],
    [400 * day, "400 d"],
  ])) {
    assert.equal(ageText(passed), text);
  }
});

test("what is fresh says how long ago, as the server's pages do", () => {
  const now = new Date("2026-11-30T16:08:30Z");
  const words = (iso) => ago(new Date(iso), now, new Zone("Europe/Berlin"));
  for (const [iso, expected] of [
    ["2026-11-30T16:08:30Z", "just now"],
    ["2026-11-30T16:07:31Z", "just now"],
    ["2026-11-30T16:09:00Z", "just now"], // the clocks of two machines
    ["2026-11-30T16:07:30Z", "1 min ago"],
    ["2026-11-30T15:08:31Z", "59 min ago"],
    ["2026-11-30T15:08:30Z", "1 h ago"],
    ["2026-11-29T16:08:31Z", "23 h ago"],
    ["2026-11-29T16:08:30Z", "2026-11-29 17:08"],
    ["2026-12-24T17:00:00Z", "2026-12-24 18:00"],
  ]) {
    assert.equal(words(iso), expected, iso);
  }
});

test("a zone without a name shows its distance from UTC", () => {
  const noon = new Date("2026-11-20T12:00:00Z");
  assert.equal(isoLocal(noon, new Zone("America/St_Johns")), "2026-11-20 08:30 -03:30");
  assert.equal(isoLocal(noon, new Zone("Pacific/Auckland")), "2026-11-21 01:00 +13:00");
  assert.equal(isoLocal(noon, new Zone("Europe/Atlantis", { 60: "ATL" })), "2026-11-20 12:00 UTC");
});

test("the badge says how live the page is", () => {
  const opened = 1_000_000;
  const text = (connection, now) => {
    const { status, text: words } = describe(connection, opened, now);
    return [status, words];
  };
  assert.deepEqual(text({ state: "live", since: null }, opened), ["live", "Live"]);
  assert.deepEqual(text({ state: "connecting", since: null }, opened), ["reconnecting", "Connecting …"]);
  const waiting = { state: "waiting", since: opened, nextTry: opened + 4000 };
  assert.deepEqual(text(waiting, opened + 100), ["reconnecting", "Reconnecting (next try in 4 s)"]);
  assert.deepEqual(text(waiting, opened + 60_000), ["offline", `Not live since ${clock(new Date(opened))}`]);
  assert.deepEqual(text({ state: "waiting", since: null, nextTry: 0 }, opened + 60_000), ["offline", "Not live"]);
  assert.deepEqual(text({ state: "ended", why: "signed-out", since: opened }, opened), ["signed-out", "Signed out"]);
  assert.deepEqual(text({ state: "ended", why: "no-permission", since: opened }, opened), ["offline", "No permission"]);
});

test("its tooltip has the round trip", () => {
  assert.equal(detailsOf({ state: "live", since: null, roundTripMs: 12.4 }, 0), "Round trip 12 ms");
  assert.equal(detailsOf({ state: "live", since: null }, 0), "");
});

test("a view goes into the address and comes back", () => {
  assert.deepEqual(parseView("#map=12/56.95/-2.2"), { zoom: 12, center: [56.95, -2.2] });
  assert.equal(formatView(12, { lat: 56.95, lng: -2.2 }), "12/56.9500/-2.2000");
  assert.deepEqual(parseView("#severity=HI&map=3/1/2&text=a"), { zoom: 3, center: [1, 2] });
  for (const hash of ["", "#map=", "#map=1/2", "#map=x/1/2", "#map=3/91/0", "#map=3/0/NaN", "#content"]) {
    assert.equal(parseView(hash), null, hash);
  }
});

test("coordinates are read strictly", () => {
  assert.deepEqual(readCoordinates(" 48.4 ", "-4.5"), { latitude: 48.4, longitude: -4.5 });
  for (const pair of [
    ["", "1"],
    ["1", ""],
    ["91", "0"],
    ["0", "361"],
    ["x", "1"],
    ["1e999", "0"],
  ]) {
    assert.equal(readCoordinates(...pair), null, pair.join());
  }
});

test("GeoJSON has the longitude first", () => {
  assert.equal(
    pointText({ latitude: 48.4, longitude: -4.123456789 }),
    '{"type":"Point","coordinates":[-4.1234568,48.4]}',
  );
  assert.equal(degrees(3), "3");
});

test("who is on watch, in words, and only while it is known", () => {
  const who = [
    { name: "Vera Vega", on_map: true },
    { name: "Olga", on_map: false },
  ];
  const words = presenceWords({ people: 3, consoles: 4, who }, true);
  assert.equal(words.count + words.rest, "3 on watch");
  assert.deepEqual(words.lines, [
    { name: "Vera Vega", where: "on the map" },
    { name: "Olga", where: "on another page" },
  ]);
  assert.deepEqual([words.more, words.maps], ["and 1 more", "4 live maps open"]);
  assert.equal(presenceWords({ people: 2, consoles: 1, who }, true).more, "");
  assert.equal(presenceWords({ people: 2, consoles: 1, who: [] }, true).more, "2 more");
  assert.equal(presenceWords({ people: 2, consoles: 1, who }, true).maps, "1 live map open");
  assert.equal(presenceWords({ people: 3, consoles: 4, who }, false), null);
  assert.equal(presenceWords(null, true), null);
});
