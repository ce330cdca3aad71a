/** The areas of interest on the map: one outlined shape each, kept by the Feature's id. */

import { L } from "./leaflet.js";

export class AreaLayer {
  #map;
  #onChoose;
  #shapes = new Map(); // by Feature id: {shape, feature, alerting}

  /** *onChoose*(feature, latlng) when a shape is clicked. */
  constructor(map, onChoose) {
    this.#map = map;
    this.#onChoose = onChoose;
  }

  /** Draw these areas (Map by id); *alerting*: ids of those with an unacknowledged alert. */
  draw(areas, alerting) {
    for (const [id, { shape, feature }] of this.#shapes) {
      if (areas.get(id) !== feature) {
        shape.remove();
        this.#shapes.delete(id);
      }
    }
    for (const [id, feature] of areas) {
      if (!this.#shapes.has(id)) this.#add(feature);
      const drawn = this.#shapes.get(id);
      if (drawn.alerting === alerting.has(id)) continue;
      drawn.alerting = alerting.has(id);
      drawn.shape.getElement()?.classList.toggle("is-alerting", drawn.alerting);
    }
  }

  #add(feature) {
    const shape = areaShape(feature);
    shape.on("click", (event) => this.#onChoose(feature, event.latlng));
    shape.addTo(this.#map);
    shape.getElement()?.setAttribute("data-area", feature.id);
    this.#shapes.set(feature.id, { shape, feature, alerting: false });
  }
}

/**
 * A Leaflet layer for an area; its colours are in tracker.css, by class.
 * @param {Wire.AreaFeature} feature
 */
export function areaShape(feature) {
  const shape = shapeOf(feature);
  shape.setStyle({ className: `area-shape severity-${feature.properties.severity_code}` });
  return shape;
}

/** @param {Wire.AreaFeature} feature */
export function boundsOf(feature) {
  return shapeOf(feature).getBounds();
}

/** @param {Wire.AreaFeature} feature */
function shapeOf(feature) {
  return /** @type {L.Polygon} */ (L.GeoJSON.geometryToLayer(feature));
}
