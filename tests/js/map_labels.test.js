import assert from "node:assert/strict";
import test from "node:test";

import { askedView, nearTo, withRoom } from "../../static/js/lib/map_labels.js";

const numbers = ({ bbox }) => bbox.split(",").map(Number);

test("a view asks for the tiles around it, so that a small move asks the same", () => {
  const view = { west: -2.31, south: 56.9, east: -2.05, north: 57.01 };
  const asked = askedView(view, 11);
  const [west, south, east, north] = numbers(asked);
  assert.equal(asked.zoom, 11);
  assert.ok(west <= view.west && east >= view.east && south <= view.south && north >= view.north);
  assert.ok(east - west <= view.east - view.west + 2 * (360 / 2 ** 11));
  assert.deepEqual(askedView({ west: -2.3, south: 56.91, east: -2.04, north: 57.0 }, 11), asked);
});

test("across the antimeridian west is greater than east, from either side", () => {
  for (const turn of [0, -360]) {
    const [west, , east] = numbers(askedView({ west: 175 + turn, south: -20, east: 185 + turn, north: -10 }, 6));
    assert.ok(west > 165 && west <= 175, `${west}`);
    assert.ok(east >= -175 && east < -165, `${east}`);
  }
});

test("a view of the whole world, and past the poles, stays in range", () => {
  const [west, south, east, north] = numbers(askedView({ west: -300, south: -90, east: 300, north: 90 }, 5));
  assert.deepEqual([west, east], [-180, 180]);
  assert.ok(south >= -90 && north <= 90 && south < -85 && north > 85);
});

test("a name is drawn on the turn of the world that is looked at", () => {
  assert.equal(nearTo(190, -175), 185);
  assert.equal(nearTo(-190, 175), -185);
  assert.equal(nearTo(10, 12), 12);
});

test("names that meet an earlier one, or what is there already, are left out", () => {
  const at = (name, x, y) => ({ name, x, y, halfWidth: 20 });
  const spots = [at("large", 100, 100), at("beside", 130, 108), at("below", 100, 120), at("taken", 300, 100)];
  assert.deepEqual(
    withRoom(spots, [at("country", 310, 100)]).map(({ name }) => name),
    ["large", "below"],
  );
});
