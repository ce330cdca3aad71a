/**
 * The areas of interest on the map: one outlined shape each, kept by the Feature's id. They are quiet, for what matters
 * are the incidents; an area has a colour while an alert waits in it, that of the worst.
 */

import { contains } from "../live/area_membership.js";
import { L } from "./leaflet.js";
import { joined } from "./seam.js";

export class AreaLayer {
  #map;
  #onChoose;
  #longitudeOf;
  #shapes = new Map(); // by Feature id: {shape, feature, placed, alerting}

  /**
   * *onChoose*(features, latlng) when one is clicked: with all that lie there, the smallest first. *longitudeOf*(degrees):
   * where a longitude is drawn (world_copy.js).
   */
  constructor(map, onChoose, { longitudeOf = (longitude) => longitude } = {}) {
    this.#map = map;
    this.#onChoose = onChoose;
    this.#longitudeOf = longitudeOf;
  }

  /** Draw these areas (Map by id); *alerting*: by id the severity's code of the worst alert that waits there. */
  draw(areas, alerting) {
    for (const [id, { feature }] of this.#shapes) if (areas.get(id) !== feature) this.#remove(id);
    for (const [id, feature] of areas) {
      if (!this.#shapes.has(id)) this.#add(feature);
      const drawn = this.#shapes.get(id);
      const code = alerting.get(id) ?? null;
      if (drawn.alerting === code) continue;
      drawn.alerting = code;
      dress(drawn);
    }
  }

  /** They are drawn in other copies of the world than before, some of them. */
  turn() {
    for (const [id, { feature, placed, alerting }] of [...this.#shapes]) {
      if (String(turnsOf(feature.geometry, this.#longitudeOf)) === placed) continue;
      this.#remove(id);
      this.#add(feature);
      const drawn = this.#shapes.get(id);
      drawn.alerting = alerting;
      dress(drawn);
    }
  }

  /** What is drawn: [{shape, feature, alerting}]. */
  get drawn() {
    return [...this.#shapes.values()];
  }

  /** The middle of an area, as it is drawn. */
  middleOf(id) {
    return this.#shapes.get(id).shape.getBounds().getCenter();
  }

  #add(feature) {
    const shape = areaShape(feature, this.#longitudeOf);
    shape.on("click", (event) => this.#onChoose(this.#around(event.latlng, feature), event.latlng));
    shape.addTo(this.#map);
    shape.getElement()?.setAttribute("data-area", feature.id);
    const placed = String(turnsOf(feature.geometry, this.#longitudeOf));
    this.#shapes.set(feature.id, { shape, feature, placed, alerting: null });
  }

  #remove(id) {
    this.#shapes.get(id).shape.remove();
    this.#shapes.delete(id);
  }

  /** All areas at a place; also the one that was hit, of which it may be the line. */
  #around(latlng, hit) {
    const { lat, lng } = latlng.wrap();
    const isThere = ({ shape, feature }) =>
      feature === hit || (shape.getBounds().contains(latlng) && contains(feature.geometry, [lng, lat]));
    return this.drawn
      .filter(isThere)
      .sort((a, b) => sizeOf(a.shape) - sizeOf(b.shape))
      .map(({ feature }) => feature);
  }
}

/**
 * A Leaflet layer for an area; its looks are in tracker.css, by class. *longitudeOf*: where a longitude is drawn.
 * @param {Wire.AreaFeature} feature
 */
export function areaShape(feature, longitudeOf = (longitude) => longitude) {
  const { type, coordinates } = feature.geometry;
  const polygons = /** @type {Wire.PolygonRings[]} */ (type === "MultiPolygon" ? coordinates : [coordinates]);
  const turns = turnsOf(feature.geometry, longitudeOf);
  const placed = polygons.map((rings, n) => (turns[n] ? rings.map((ring) => turned(ring, turns[n])) : rings));
  const shape = L.polygon(L.GeoJSON.coordsToLatLngs(joined(placed), 2));
  shape.setStyle({ className: `area-shape severity-${feature.properties.severity_code}` });
  return shape;
}

/** How many worlds east of where it is written each part is drawn. */
function turnsOf({ type, coordinates }, longitudeOf) {
  return (type === "MultiPolygon" ? coordinates : [coordinates]).map(([shell]) => {
    let [west, east] = [Infinity, -Infinity];
    for (const [longitude] of shell) {
      west = Math.min(west, longitude);
      east = Math.max(east, longitude);
    }
    const middle = (west + east) / 2;
    return Math.round((longitudeOf(middle) - middle) / 360);
  });
}

const turned = (ring, turns) => ring.map(([longitude, latitude]) => [longitude + 360 * turns, latitude]);

function sizeOf(shape) {
  const bounds = shape.getBounds();
  return (bounds.getEast() - bounds.getWest()) * (bounds.getNorth() - bounds.getSouth());
}

/** The colour of the worst alert that waits, or none. */
function dress({ shape, feature, alerting }) {
  const node = shape.getElement();
  if (!node) return;
  const code = alerting ?? feature.properties.severity_code;
  node.classList.remove(...[...node.classList].filter((name) => name.startsWith("severity-")));
  node.classList.add(`severity-${code}`);
  node.classList.toggle("is-alerting", alerting !== null);
}
