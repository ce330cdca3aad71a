import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { readArea, writeArea } from "../../static/js/map/area_text.js";
import { clipRing } from "../../static/js/map/clip.js";
import { mercatorY, unwrapped, worldFrom } from "../../static/js/map/world.js";

const square = [
  [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 0],
  ],
];

test("an area is read from a geometry, a feature, or a collection of one", () => {
  const geometry = { type: "Polygon", coordinates: square };
  const feature = { type: "Feature", properties: {}, geometry };
  for (const value of [geometry, feature, { type: "FeatureCollection", features: [feature] }]) {
    assert.deepEqual(readArea(JSON.stringify(value)), [square]);
  }
  assert.deepEqual(readArea("  "), []);
});

test("a geometry collection is its polygons", () => {
  const geometry = { type: "Polygon", coordinates: square };
  const point = { type: "Point", coordinates: [1, 2] };
  const collection = { type: "GeometryCollection", geometries: [geometry, point, geometry] };
  assert.deepEqual(readArea(JSON.stringify(collection)), [square, square]);
  assert.throws(() => readArea(JSON.stringify({ type: "GeometryCollection", geometries: [point] })), /needed/);
  assert.throws(() => readArea('{"type":"MultiPolygon","coordinates":7}'), /cannot be read/);
});

const box = (west, east) => [
  [west, -9],
  [east, -9],
  [east, 9],
  [west, 9],
  [west, -9],
];
const longitudes = (rings) => rings.map((ring) => ring.map(([longitude]) => longitude));

test("a jump of more than half a turn is read the short way, and what counts on stays", () => {
  const read = (...rings) => longitudes(readArea(JSON.stringify({ type: "Polygon", coordinates: rings }))[0]);
  assert.deepEqual(read(box(177, -177)), [[177, 183, 183, 177, 177]]);
  assert.deepEqual(read(box(-177, 177)), [[-177, -183, -183, -177, -177]]);
  assert.deepEqual(read(box(177, -177), box(-179, -178)), [
    [177, 183, 183, 177, 177],
    [181, 182, 182, 181, 181],
  ]);
  assert.deepEqual(read(box(-177, 177), box(178, 179))[1], [-182, -181, -181, -182, -182]);
  for (const [west, east] of [
    [-180, 180],
    [-90, 90],
    [0, 359],
    [177, 183],
  ]) {
    assert.deepEqual(read(box(west, east)), longitudes([box(west, east)]));
  }
});

test("what was drawn over more than half the world is read again as it was drawn", () => {
  const text = writeArea([[box(-170, 170)]]);
  assert.deepEqual(longitudes(JSON.parse(text).coordinates), [[-170, 0, 170, 170, 0, -170, -170]]);
  assert.deepEqual(readArea(text), [JSON.parse(text).coordinates]);
  assert.equal(writeArea([[box(0, 350)]]), JSON.stringify({ type: "Polygon", coordinates: [box(0, 350)] }));
});

test("what is no area is refused with a sentence", () => {
  const point = { type: "Point", coordinates: [0, 0] };
  const none = { type: "FeatureCollection", features: [] };
  const far = {
    type: "Polygon",
    coordinates: [
      [
        [0, 0],
        [500, 0],
        [1, 1],
        [0, 0],
      ],
    ],
  };
  for (const text of ["{", "null", "[]", JSON.stringify(point), JSON.stringify(none), JSON.stringify(far)]) {
    assert.throws(() => readArea(text), /\w+.*\./, text);
  }
});

test("holes and several polygons survive", () => {
  const holed = [
    [
      [0, 0],
      [9, 0],
      [9, 9],
      [0, 0],
    ],
    [
      [1, 1],
      [2, 1],
      [2, 2],
      [1, 1],
    ],
  ];
  assert.deepEqual(readArea(writeArea([holed, square])), [holed, square]);
  assert.deepEqual(readArea(writeArea([holed])), [holed]);
  assert.equal(writeArea([]), "");
});

test("a ring is cut to a box", () => {
  const ring = [0, 0, 4, 0, 4, 4, 0, 4, 0, 0];
  const cut = clipRing(ring, { west: 1, east: 2, north: -1, south: 9 });
  const xs = cut.filter((_, i) => i % 2 === 0);
  assert.deepEqual([Math.min(...xs), Math.max(...xs)], [1, 2]);
  assert.deepEqual(clipRing(ring, { west: 5, east: 6, north: 0, south: 1 }), []);
});

test("Mercator: the equator is in the middle, the poles at the edges", () => {
  assert.equal(mercatorY(0), 0.5);
  assert.deepEqual([mercatorY(90), mercatorY(-90)], [0, 1]);
});

test("a line across the antimeridian goes on instead of jumping", () => {
  const xs = [
    ...unwrapped([
      [179, 0],
      [-179, 0],
      [-178, 0],
    ]),
  ].filter((_, i) => i % 2 === 0);
  assert.ok(xs[0] < xs[1] && xs[1] < xs[2]);
});

test("the vendored world: every country, nothing leaping across it, and both sides covered", () => {
  const file = new URL("../../static/vendor/world-atlas/countries-50m.json", import.meta.url);
  const world = worldFrom(JSON.parse(readFileSync(file, "utf8")));
  assert.equal(world.names.length, 241);
  for (const { rings } of world.land) {
    for (const ring of rings) {
      const alongPole = (i) => ring[i + 1] === 1 || ring[i + 3] === 1;
      for (let i = 0; i + 3 < ring.length; i += 2) assert.ok(Math.abs(ring[i + 2] - ring[i]) < 0.5 || alongPole(i));
    }
  }
  const west = Math.min(...world.land.map(({ box }) => box.west));
  const east = Math.max(...world.land.map(({ box }) => box.east));
  assert.ok(west < 0 && east > 1);
});
