/**
 * The countries of the world in the unit square of the web Mercator projection (x to the east, y to the south, both 0
 * to 1), made for drawing into map tiles. Pure: TopoJSON in, shapes out.
 *
 * In the TopoJSON rings cross the antimeridian with a jump from 180 to -180, and Antarctica's goes around the pole.
 * Here each ring is unwrapped into one piece that may leave the square, and repeated a world further, so that the
 * square itself is covered on both sides; the ring around the pole is closed along it.
 */

import feature from "../../vendor/topojson-client/feature.js";
import mesh from "../../vendor/topojson-client/mesh.js";

const LABEL_LINES = [0.3, 0.4, 0.5, 0.6, 0.7]; // where to look for room for a name, from the north edge of a shape

/**
 * {land, borders, coasts, names}: *land* is a list of polygons {rings, box}; *borders* and *coasts* of lines
 * {points, box}; points are flat arrays x, y, x, y, ...; *names* of {name, x, y, width}, the widest first.
 */
export function worldFrom(topology) {
  const { countries } = topology.objects;
  const shapes = feature(topology, countries).features.map(({ geometry, properties }) => ({
    name: properties.name,
    polygons: polygonsOf(geometry).map(polygonFrom),
  }));
  const meshOf = /** @type {(...given: any[]) => {coordinates: any[]}} */ (mesh); // it reads its arguments by number
  const linesOf = (between) => meshOf(topology, countries, between).coordinates.flatMap(lineFrom).flatMap(repeated);
  return {
    land: shapes.flatMap(({ polygons }) => polygons).flatMap(repeated),
    borders: linesOf((a, b) => a !== b),
    coasts: linesOf((a, b) => a === b),
    names: shapes.map(nameFrom).sort((a, b) => b.width - a.width),
  };
}

/** y of a latitude in degrees; the poles, which Mercator has at infinity, end at the edge of the square. */
export function mercatorY(latitude) {
  const sine = Math.sin((latitude * Math.PI) / 180);
  const y = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  return Math.min(1, Math.max(0, y));
}

/** [longitude, latitude] positions as x, y, ... without jumps: each point within half a world of the one before. */
export function unwrapped(positions) {
  const points = new Float64Array(positions.length * 2);
  let turns = 0;
  positions.forEach(([longitude, latitude], i) => {
    if (i) {
      const step = longitude - positions[i - 1][0];
      if (step > 180) turns -= 1;
      else if (step < -180) turns += 1;
    }
    points[2 * i] = (longitude + 180) / 360 + turns;
    points[2 * i + 1] = mercatorY(latitude);
  });
  return points;
}

function polygonsOf({ type, coordinates }) {
  return type === "MultiPolygon" ? coordinates : [coordinates];
}

function polygonFrom(rings) {
  const flat = rings.map((ring) => closedAtPole(unwrapped(ring), ring));
  return { rings: flat, box: boxOf(flat[0]) };
}

/** A ring that went once around the Earth ends a world away from its start: lead it back along the pole's edge. */
function closedAtPole(points, positions) {
  const first = points[0];
  const last = points[points.length - 2];
  if (Math.abs(last - first) < 0.5) return points;
  const pole = positions[0][1] < 0 ? 1 : 0;
  return Float64Array.of(...points, last, pole, first, pole);
}

function lineFrom(positions) {
  const points = unwrapped(positions);
  return [{ points, box: boxOf(points) }];
}

/** The shape, and again a world to the west or east if it leaves the square there. */
function repeated(shape) {
  const copies = [shape];
  if (shape.box.west < 0) copies.push(moved(shape, 1));
  if (shape.box.east > 1) copies.push(moved(shape, -1));
  return copies;
}

function moved({ rings, points, box }, worlds) {
  const shift = (flat) => flat.map((value, i) => (i % 2 ? value : value + worlds));
  const shifted = { ...box, west: box.west + worlds, east: box.east + worlds };
  return rings ? { rings: rings.map(shift), box: shifted } : { points: shift(points), box: shifted };
}

function boxOf(points) {
  const box = { west: Infinity, east: -Infinity, north: Infinity, south: -Infinity };
  for (let i = 0; i < points.length; i += 2) {
    box.west = Math.min(box.west, points[i]);
    box.east = Math.max(box.east, points[i]);
    box.north = Math.min(box.north, points[i + 1]);
    box.south = Math.max(box.south, points[i + 1]);
  }
  return box;
}

/** Where a country's name has the most room, in its largest polygon, and how much. */
function nameFrom({ name, polygons }) {
  const size = ({ box }) => (box.east - box.west) * (box.south - box.north);
  const largest = polygons.reduce((a, b) => (size(b) > size(a) ? b : a));
  const { north, south } = largest.box;
  const spots = LABEL_LINES.map((part) => widestSpan(largest.rings, north + part * (south - north)));
  const best = spots.reduce((a, b) => (b.width > a.width ? b : a));
  return { name, x: best.x - Math.floor(best.x), y: best.y, width: best.width };
}

/** The widest stretch of the line *y* that lies inside the rings: its middle and its width. */
export function widestSpan(rings, y) {
  const crossings = rings.flatMap((ring) => crossingsOf(ring, y)).sort((a, b) => a - b);
  let best = { x: 0, y, width: 0 };
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const width = crossings[i + 1] - crossings[i];
    if (width > best.width) best = { x: (crossings[i] + crossings[i + 1]) / 2, y, width };
  }
  return best;
}

function crossingsOf(ring, y) {
  const crossings = [];
  for (let i = 0; i + 3 < ring.length; i += 2) {
    const y1 = ring[i + 1];
    const y2 = ring[i + 3];
    if (y1 > y !== y2 > y) crossings.push(ring[i] + ((y - y1) / (y2 - y1)) * (ring[i + 2] - ring[i]));
  }
  return crossings;
}
