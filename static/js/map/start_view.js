/**
 * Where the live map starts, and what lies far from there: at the areas of interest, or else where the settings say, or
 * else where most of the open incidents are. One report from anywhere on Earth moves nobody's start.
 */

import { boxAround, mainBox, padded } from "./extent.js";
import { L } from "./leaflet.js";
import { mercatorY } from "./world.js";

const CLOSEST = 14; // the zoom at which it starts at most
/** @type {[number, number]} */
const MARGIN_PX = [20, 20]; // half a marker, and more
const AROUND = 1; // what is not farther from the areas than they reach is shown with them
const boxes = new WeakMap(); // by area

export class StartView {
  #map;
  #settings;
  #areas = new Map();
  #incidents = new Map();
  #main = null; // the box where most is
  #count = 0; // of the incidents, where there are no areas, when that box was drawn

  /** *settings*: {center: [latitude, longitude], zoom, chosen}; chosen: somebody has set them for this site. */
  constructor(map, settings) {
    this.#map = map;
    this.#settings = settings;
  }

  /** Follow a new state: with every report, so it must cost nothing as long as the areas are the same. */
  follow({ areas, incidents }) {
    const isSame = areas === this.#areas && (areas.size || incidents.size <= 2 * this.#count);
    this.#areas = areas;
    this.#incidents = incidents;
    if (!isSame) this.#look();
  }

  /** Go there. */
  go(options) {
    if (!this.#areas.size) this.#look();
    if (!this.#main) {
      this.#map.setView(this.#settings.center, this.#settings.zoom, options);
      return;
    }
    const isFar = farFrom(padded(this.#main, AROUND));
    const near = [...this.#incidents.values()].filter((feature) => !isFar(feature)).map(pointOf);
    const bounds = boundsOf(boxAround([this.#main, ...near]));
    this.#map.fitBounds(bounds, { maxZoom: CLOSEST, padding: MARGIN_PX, ...options });
  }

  /** Those of these incidents (an iterable) that are far from there. */
  far(incidents) {
    const isFar = farFrom(this.#main ? padded(this.#main, AROUND) : this.#viewOfSettings());
    const found = [];
    for (const feature of incidents) if (isFar(feature)) found.push(feature);
    return found;
  }

  #look() {
    this.#count = this.#incidents.size;
    if (this.#areas.size) {
      const areas = [...this.#areas.values()].map(boxOf);
      this.#main = mainBox(areas, Math.ceil(areas.length * 0.8));
    } else if (this.#settings.chosen) {
      this.#main = null;
    } else {
      const incidents = [...this.#incidents.values()].map(pointOf);
      this.#main = mainBox(incidents, Math.floor(incidents.length / 2) + 1);
    }
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

/** feature => whether an incident lies outside of the box; in degrees, for there may be thousands. */
function farFrom({ west, east, north, south }) {
  const [top, bottom] = [north > 0 ? latitudeOf(north) : 90, south < 1 ? latitudeOf(south) : -90]; // with the poles
  const [start, span] = [west * 360 - 180, (east - west) * 360];
  return ({ geometry: { coordinates } }) => {
    const [longitude, latitude] = coordinates;
    if (latitude > top || latitude < bottom) return true;
    const along = longitude - start;
    return along - 360 * Math.floor(along / 360) > span;
  };
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
const pointOf = ({ geometry: { coordinates } }) => pointAt(coordinates);

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
