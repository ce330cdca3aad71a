import assert from "node:assert/strict";
import test from "node:test";

import { frameOf, pixelX, shapeOf, turnsOf, viewOf } from "../../static/js/map/row_frame.js";

const canvas = { width: 104, height: 64 };
const point = (longitude, latitude) => shapeOf({ type: "Point", coordinates: [longitude, latitude] });
const box = (west, south, east, north) =>
  shapeOf({
    type: "Polygon",
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ],
    ],
  });

/** Where a shape's corners are in the picture. */
function corners(shape, frame) {
  return shape.boxes.map(({ west, east, north, south }) => ({
    left: pixelX(west, frame),
    right: pixelX(west, frame) + (east - west) * frame.scale,
    top: (north - frame.top) * frame.scale,
    bottom: (south - frame.top) * frame.scale,
  }));
}

function assertInside(shapes, frame) {
  for (const { left, right, top, bottom } of shapes.flatMap((shape) => corners(shape, frame))) {
    assert.ok(left >= 0 && right <= canvas.width, `${left} to ${right}`);
    assert.ok(top >= 0 && bottom <= canvas.height, `${top} to ${bottom}`);
  }
}

test("all rows of a page are in the picture", () => {
  const shapes = [point(9.9, 53.5), point(10.2, 53.6), box(9.8, 53.4, 10, 53.5)];
  const frame = frameOf(shapes, canvas);
  assertInside(shapes, frame);
  const [{ left }] = corners(shapes[2], frame);
  const right = pixelX(shapes[1].boxes[0].east, frame);
  assert.ok(right - left > 40, "and fill it");
});

test("one row alone is in the middle, and its coast can be seen", () => {
  const frame = frameOf([point(10, 50)], canvas);
  const [{ left, top }] = corners(point(10, 50), frame);
  assert.ok(Math.abs(left - 52) < 1e-6 && Math.abs(top - 32) < 1e-6);
  const width_km = (canvas.width / frame.scale) * 40_075 * Math.cos((50 * Math.PI) / 180);
  assert.ok(width_km > 500 && width_km < 1500, `${width_km} km`);
});

test("rows at one place are one row", () => {
  assert.deepEqual(frameOf([point(10, 50), point(10, 50)], canvas), frameOf([point(10, 50)], canvas));
});

test("rows close together are not magnified without end", () => {
  const frame = frameOf([point(10, 50), point(10.0001, 50)], canvas);
  assert.ok((canvas.width / frame.scale) * 40_075 > 4);
});

test("across the antimeridian the picture is small", () => {
  const fiji = shapeOf({
    type: "MultiPolygon",
    coordinates: [
      [
        [
          [176, -21],
          [180, -21],
          [180, -15],
          [176, -21],
        ],
      ],
      [
        [
          [-180, -21],
          [-178, -21],
          [-178, -15],
          [-180, -21],
        ],
      ],
    ],
  });
  const shapes = [fiji, point(-179, -17)];
  const frame = frameOf(shapes, canvas);
  assertInside(shapes, frame);
  assert.ok(canvas.width / frame.scale < 0.05);
});

test("a wide area is not cut in the middle", () => {
  const shapes = [box(-100, -10, 100, 10)];
  const frame = frameOf(shapes, canvas);
  assertInside(shapes, frame);
});

test("rows all over the Earth show all of it", () => {
  const shapes = [point(-170, 60), point(-60, -30), point(10, 50), point(100, 10), point(170, -40)];
  const frame = frameOf(shapes, canvas);
  assert.ok(frame.scale >= canvas.width);
  assertInside(shapes, frame);
});

test("the poles and the edges of the world are no trouble", () => {
  for (const shapes of [[point(0, 90)], [point(180, -90), point(-180, 90)], [box(-180, -90, 180, 90)], []]) {
    const { left, top, scale } = frameOf(shapes, canvas);
    assert.ok([left, top, scale].every(Number.isFinite));
    assert.ok(scale >= canvas.width && top >= 0);
  }
});

test("a map of whole zooms shows all of the frame", () => {
  for (const shapes of [
    [point(9.9, 53.5), point(10.2, 53.6)],
    [point(179.99, -16.8), point(-179.95, -16.5)],
    [point(10, 50)],
  ]) {
    const frame = frameOf(shapes, canvas);
    const { longitude, latitude, zoom } = viewOf(frame, canvas);
    const scale = 256 * 2 ** zoom;
    assert.ok(Number.isInteger(zoom) && scale <= frame.scale && scale * 2 > frame.scale, `zoom ${zoom}`);
    const middle = shapeOf({ type: "Point", coordinates: [longitude, latitude] }).polygons[0][0][0];
    for (const { boxes } of shapes) {
      const [{ west, north }] = boxes;
      const x = (west - turnsOf(west, frame) - middle[0]) * scale;
      assert.ok(Math.abs(x) <= canvas.width / 2 && Math.abs((north - middle[1]) * scale) <= canvas.height / 2);
    }
  }
});

test("what is no shape is nothing", () => {
  assert.deepEqual(shapeOf({ type: "GeometryCollection", coordinates: [] }), { polygons: [], boxes: [] });
});
