/**
 * The part of the world that the map beside a list shows: the smallest with all its rows. Pure; in the unit square of
 * world.js, whose west and east edges are one meridian.
 */

import { boxAround } from "./extent.js";
import { mercatorY } from "./world.js";

const TILE_PX = 256;
const MARGIN_PX = 10;
const CLOSEST = 4 / 40_075; // of the world's width: about 4 km at the equator, however close the rows lie together
const NOTHING = 1e-9; // of the world: a few centimetres
const ALONE = 0.025; // around one row alone: enough to see which coast it is

/** {polygons, box} of a GeoJSON geometry; a point is a polygon of one ring of one position. */
export function shapeOf({ type, coordinates }) {
  const rings = { Point: () => [[[coordinates]]], Polygon: () => [coordinates], MultiPolygon: () => coordinates };
  const polygons = (rings[type]?.() ?? []).map((polygon) =>
    polygon.map((ring) => ring.map(([longitude, latitude]) => [(longitude + 180) / 360, mercatorY(latitude)])),
  );
  return { polygons, boxes: polygons.map(([outer]) => boxOf(outer)) };
}

/** {left, top, scale} for a map of these pixels: pixel = (world - left) * scale; *left* may lie outside 0 to 1. */
export function frameOf(shapes, { width, height }) {
  const boxes = shapes.flatMap((shape) => shape.boxes);
  if (!boxes.length) return { left: 0, top: 0, scale: width };
  const { west, east, north, south } = boxAround(boxes);
  const span = east - west;
  const least = span < NOTHING && south - north < NOTHING ? ALONE : CLOSEST;
  const across = Math.max(span, least);
  const down = Math.max(south - north, NOTHING);
  const scale = Math.max(Math.min((width - 2 * MARGIN_PX) / across, (height - 2 * MARGIN_PX) / down), width);
  const top = (north + south) / 2 - height / scale / 2;
  return {
    left: west + span / 2 - width / scale / 2,
    top: Math.min(Math.max(top, 0), Math.max(0, 1 - height / scale)),
    scale,
  };
}

/** How many worlds west of the copy that is in the frame this x is. */
export function turnsOf(x, { left }) {
  return Math.floor(x - left);
}

/** The pixel's x of a world's x: of its copies, world by world, the one in the frame. */
export function pixelX(x, frame) {
  return (x - frame.left - turnsOf(x, frame)) * frame.scale;
}

/** {longitude, latitude, zoom} of a map of these pixels that shows the frame; the zoom is that of whole tiles. */
export function viewOf({ left, top, scale }, { width, height }) {
  const y = top + height / scale / 2;
  return {
    longitude: (left + width / scale / 2) * 360 - 180,
    latitude: (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI,
    zoom: Math.floor(Math.log2(scale / TILE_PX) + NOTHING),
  };
}

function boxOf(positions) {
  const xs = positions.map(([x]) => x);
  const ys = positions.map(([, y]) => y);
  return { west: Math.min(...xs), east: Math.max(...xs), north: Math.min(...ys), south: Math.max(...ys) };
}
