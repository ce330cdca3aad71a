/**
 * Where the live map starts, and what lies far from there: at the areas of interest, or else where the settings say, or
 * else where most of the open incidents are. One report from anywhere on Earth moves nobody's start.
 */

import { boxAround, has, mainBox, padded } from "./extent.js";
import { L } from "./leaflet.js";
import { mercatorY } from "./world.js";

const CLOSEST = 14; // the zoom at which it starts at most
/** @type {[number, number]} */
const MARGIN_PX = [20, 20]; // half a marker, and more
const AROUND = 1; // what is not farther from the areas than they reach is shown with them
const points = new WeakMap(); // by incident
const boxes = new WeakMap(); // by area

export class StartView {
  #map;
  #settings;
  #areas = null;
  #incidents = null;
  #shown = null; // the box that it shows
  #near = null; // the box outside of which is far away

  /** *settings*: {center: [latitude, longitude], zoom, chosen}; chosen: somebody has set them for this site. */
  constructor(map, settings) {
    this.#map = map;
    this.#settings = settings;
  }

  /** Follow a new state. */
  follow({ areas, incidents }) {
    if (areas === this.#areas && incidents === this.#incidents) return;
    this.#areas = areas;
    this.#incidents = incidents;
    const main = this.#main();
    this.#near = main && padded(main, AROUND);
    this.#shown =
      main && boxAround([main, ...[...incidents.values()].map(pointOf).filter((at) => has(this.#near, at))]);
  }

  /** Go there. */
  go(options) {
    if (this.#shown) this.#map.fitBounds(boundsOf(this.#shown), { maxZoom: CLOSEST, padding: MARGIN_PX, ...options });
    else this.#map.setView(this.#settings.center, this.#settings.zoom, options);
  }

  /** Those of these incidents that are far from there. */
  far(incidents) {
    const near = this.#near ?? this.#viewOfSettings();
    return incidents.filter((feature) => !has(near, pointOf(feature)));
  }

  #main() {
    const areas = [...this.#areas.values()].map(boxOf);
    if (areas.length) return mainBox(areas, Math.ceil(areas.length * 0.8));
    if (this.#settings.chosen) return null;
    const incidents = [...this.#incidents.values()].map(pointOf);
    return mainBox(incidents, Math.floor(incidents.length / 2) + 1);
  }

  #viewOfSettings() {
    const { center, zoom } = this.#settings;
    const world = 256 * 2 ** zoom;
    const { x, y } = this.#map.getSize();
    const middle = pointAt([center[1], center[0]]);
    const [across, down] = [Math.min(1, x / world) / 2, y / world / 2];
    return { west: middle.x - across, east: middle.x + across, north: middle.y - down, south: middle.y + down };
  }
}

/** Leaflet's bounds of these incidents, the short way around the Earth. */
export function boundsAround(incidents) {
  return boundsOf(boxAround(incidents.map(pointOf)));
}

function boundsOf({ west, east, north, south }) {
  const turns = Math.floor((west + east) / 2);
  const latLng = (x, y) => L.latLng(latitudeOf(y), (x - turns) * 360 - 180);
  return L.latLngBounds(latLng(west, south), latLng(east, north));
}

const latitudeOf = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

/** A point is a box without a size, too. */
function pointOf(feature) {
  if (!points.has(feature)) points.set(feature, pointAt(feature.geometry.coordinates));
  return points.get(feature);
}

function pointAt([longitude, latitude]) {
  const [x, y] = [(longitude + 180) / 360, mercatorY(latitude)];
  return { x, y, west: x, east: x, north: y, south: y };
}

/** @param {Wire.AreaFeature} feature */
function boxOf(feature) {
  if (!boxes.has(feature)) {
    const { type, coordinates } = feature.geometry;
    const polygons = type === "MultiPolygon" ? coordinates : [coordinates];
    boxes.set(feature, boxAround(polygons.map(([shell]) => boxOfRing(shell))));
  }
  return boxes.get(feature);
}

function boxOfRing(ring) {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [longitude, latitude] of ring) {
    west = Math.min(west, longitude);
    east = Math.max(east, longitude);
    south = Math.min(south, latitude);
    north = Math.max(north, latitude);
  }
  const [start, end] = [pointAt([west, south]), pointAt([east, north])];
  return { west: start.x, east: end.x, north: end.y, south: start.y };
}
