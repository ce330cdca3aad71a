import assert from "node:assert/strict";
import test from "node:test";

import { multiples, stepAt } from "../../static/js/lib/graticule_lines.js";
import { boxAround, mainBox, padded } from "../../static/js/map/extent.js";
import { joined } from "../../static/js/map/seam.js";
import { mercatorY } from "../../static/js/map/world.js";

const at = (longitude, latitude) => {
  const [x, y] = [(longitude + 180) / 360, mercatorY(latitude)];
  return { x, y, west: x, east: x, north: y, south: y };
};
const box = (west, south, east, north) => ({
  west: at(west, 0).x,
  east: at(east, 0).x,
  north: at(0, north).y,
  south: at(0, south).y,
});
const degrees = ({ west, east }) => [west, east].map((x) => Math.round((x * 360 - 180) * 1000) / 1000);
const town = (count) => Array.from({ length: count }, (_, n) => box(-2.3 + n / 100, 56.9, -2.29 + n / 100, 56.92));
const most = (boxes) => Math.ceil(boxes.length * 0.8);
const majority = (boxes) => Math.floor(boxes.length / 2) + 1;

test("a box around things goes the short way around the Earth", () => {
  assert.deepEqual(degrees(boxAround([at(179.9, 0), at(-179.9, 0)])), [179.9, 180.1]);
  assert.deepEqual(degrees(boxAround([box(178, -19, 180, -17), box(-180, -19, -178, -17)])), [178, 182]);
  assert.deepEqual(degrees(boxAround([at(-10, 0), at(10, 0)])), [-10, 10]);
  assert.deepEqual(degrees(boxAround([at(5, 0)])), [5, 5]);
  const around = boxAround([box(178, -19, 180, -17), box(-180, -19, -178, -17)]);
  assert.deepEqual(degrees(boxAround([around, at(-178.5, -18)])), [178, 182], "one that reaches over the edge, too");
  assert.equal(boxAround([]), null);
});

test("a few that lie far away do not take part", () => {
  const areas = town(40);
  const here = degrees(boxAround(areas));
  assert.deepEqual(degrees(mainBox(areas, most(areas))), here);
  for (const far of [
    [box(151, -34, 151.2, -33.8)],
    [box(-180, -85, 180, 85)],
    [box(151, -34, 151.2, -33.8), box(-74, 40, -73, 41), box(10, 50, 11, 51)],
    [box(179, -18, 180, -17), box(-180, -18, -179, -17)],
  ]) {
    const all = [...far, ...areas];
    assert.deepEqual(degrees(mainBox(all, most(all))), here);
  }
  const many = [...areas, ...town(40).map((each) => ({ ...each, west: each.west + 0.3, east: each.east + 0.3 }))];
  assert.deepEqual(degrees(mainBox(many, most(many))), degrees(boxAround(many)), "two towns are two towns");
  const country = Array.from({ length: 30 }, (_, n) => box(6 + (n % 6), 47 + n / 5, 6.5 + (n % 6), 47.2 + n / 5));
  assert.deepEqual(degrees(mainBox(country, most(country))), degrees(boxAround(country)), "a country is no town");
  assert.equal(mainBox([], 0), null);
});

test("of points the majority counts, also by the antimeridian", () => {
  const fiji = [at(179.99, -17), at(-179.95, -17), at(179.5, -17)];
  assert.deepEqual(degrees(mainBox(fiji, majority(fiji))), [179.5, 180.05]);
  const all = [...fiji, at(0, 51)];
  assert.deepEqual(degrees(mainBox(all, majority(all))), [179.5, 180.05]);
  const two = [at(0, 51), at(151, -34)];
  assert.deepEqual(degrees(mainBox(two, majority(two))), [0, 151], "nobody knows which of two is far away");
  const same = [at(5, 5), at(5, 5), at(5.01, 5)];
  assert.deepEqual(degrees(mainBox(same, majority(same))), [5, 5.01], "what lies within 20 km is one place");
});

test("room around a box, also around one point", () => {
  const near = padded(boxAround([at(179.9, -17), at(-179.9, -17)]), 1);
  assert.deepEqual(degrees(near), [179.7, 180.3]);
  const alone = padded(boxAround([at(10, 50)]), 1);
  assert.ok(alone.east - alone.west > 0 && alone.south > alone.north);
  assert.deepEqual(
    [padded(box(-180, -89, 180, 89), 1)].map(({ north, south }) => [north, south]),
    [[0, 1]],
  );
});

const ring = (west, east) => [
  [west, -19],
  [east, -19],
  [east, -17],
  [west, -17],
  [west, -19],
];

test("parts that meet at the antimeridian are drawn without a line between them", () => {
  const [one, ...others] = joined([[ring(178, 180)], [ring(180, 182)]]);
  assert.equal(others.length, 0);
  assert.equal(one.length, 1);
  const seam = one[0].slice(1).filter(([longitude], n) => longitude === 180 && one[0][n][0] === 180);
  assert.deepEqual(seam, []);
  assert.deepEqual([...new Set(one[0].map(([longitude]) => longitude))].sort(), [178, 180, 182]);
  assert.deepEqual(one[0][0], one[0][one[0].length - 1]);
});

test("parts that do not meet there stay as they are", () => {
  for (const polygons of [
    [[ring(178, 180)]],
    [[ring(178, 180)], [ring(-180, -178)]],
    [[ring(1, 2)], [ring(3, 4)]],
    [],
  ]) {
    assert.deepEqual(joined(polygons), polygons);
  }
  const apart = [[ring(178, 180)], [ring(180, 182).map(([x, y]) => [x, y + 40])]];
  assert.deepEqual(joined(apart).flat(), apart.flat(), "they touch the same meridian elsewhere");
});

test("meridians are far enough apart to be told apart, and numbers are round", () => {
  for (let zoom = 1; zoom <= 19; zoom += 1) {
    const px = (stepAt(zoom) / 360) * 256 * 2 ** zoom;
    assert.ok(px >= 60 && (px < 700 || zoom > 17), `${px} at ${zoom}`);
  }
  assert.deepEqual(multiples(-0.25, 0.25, 0.1), [-0.2, -0.1, 0, 0.1, 0.2]);
  assert.deepEqual(multiples(179.95, 180.15, 0.1), [180, 180.1]);
});
