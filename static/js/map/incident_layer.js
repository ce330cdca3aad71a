/** The open incidents on the map: one marker each, kept by the Feature's id. Draws what differs, and many in slices. */

import { isolated } from "../lib/isolated.js";
import { compareSeverity } from "../lib/severity.js";
import { newestFirst } from "../lib/time.js";
import { L } from "./leaflet.js";
import { lazyIcon, severityDrawing } from "./severity_badge.js";

const SIZE_PX = 28;
export const LIFT = { UR: 4000, HI: 3000, ME: 2000, LO: 1000, IN: 0 }; // the worse lies above
const SLICE = 100; // markers added or taken away together
const SLICE_MS = 30; // then the page may do something else

export class IncidentLayer {
  #target;
  #onChoose;
  #around;
  #placeOf;
  #incidents = new Map();
  #alerting = new Set();
  #shown = new Map(); // by Feature id: {marker, feature, alerting}
  #waiting = new Set(); // ids not added yet
  #leaving = []; // markers not taken away yet: a filter may want thousands gone
  #timer = null;

  /**
   * @param target    the map, or a group of its markers (clusters.js)
   * @param onChoose  (feature, latlng) => void, when a marker is clicked; the panel is the way for the keyboard
   * @param around    (change) => void, which does the change: for what has to be kept meanwhile
   * @param placeOf   (feature) => where it is drawn
   */
  constructor(target, onChoose, { around = (change) => change(), placeOf = latLngOf } = {}) {
    this.#target = target;
    this.#onChoose = onChoose;
    this.#around = around;
    this.#placeOf = placeOf;
  }

  /** Draw these incidents (Map by id); *alerting*: ids of those with an unacknowledged alert. */
  draw(incidents, alerting) {
    this.#incidents = incidents;
    this.#alerting = alerting;
    const changed = [];
    for (const [id, shown] of this.#shown) {
      const feature = incidents.get(id);
      if (!feature || (feature !== shown.feature && !latLngOf(feature).equals(latLngOf(shown.feature)))) {
        this.#leaving.push(shown.marker); // one that has moved comes back as a new marker
        this.#shown.delete(id);
      } else if (shown.feature !== feature || shown.alerting !== alerting.has(id)) {
        Object.assign(shown, { feature, alerting: alerting.has(id) });
        dress(shown);
        changed.push(shown.marker);
      }
    }
    for (const id of incidents.keys()) if (!this.#shown.has(id)) this.#waiting.add(id);
    if (changed.length) this.#target.refreshClusters?.(changed);
    if (this.#hasWork) this.#around(() => this.#workSlices());
  }

  /** They are drawn in other copies of the world than before, some of them. */
  turn() {
    for (const [id, shown] of this.#shown) {
      if (shown.at.equals(this.#placeOf(shown.feature))) continue;
      this.#leaving.push(shown.marker);
      this.#shown.delete(id);
      this.#waiting.add(id);
    }
    if (this.#hasWork) this.#around(() => this.#workSlices());
  }

  /** The marker of this incident; undefined while it waits to be added. */
  markerOf(id) {
    return this.#shown.get(id)?.marker;
  }

  get #hasWork() {
    return this.#leaving.length > 0 || this.#waiting.size > 0;
  }

  /**
   * Take away and add what waits, for a moment; the rest after the page has had its turn. Nobody looks at a hidden
   * page.
   */
  #workSlices() {
    window.clearTimeout(this.#timer);
    const began = performance.now();
    while (this.#hasWork && (document.hidden || performance.now() - began < SLICE_MS)) {
      if (this.#leaving.length) this.#remove(this.#leaving.splice(0, SLICE));
      else this.#addSlice();
    }
    if (this.#hasWork) this.#timer = window.setTimeout(() => this.#around(() => this.#workSlices()));
  }

  #addSlice() {
    const markers = [];
    for (const id of this.#waiting) {
      this.#waiting.delete(id);
      if (this.#incidents.has(id)) markers.push(this.#markerFor(this.#incidents.get(id)));
      if (markers.length === SLICE) break;
    }
    this.#add(markers);
  }

  #markerFor(feature) {
    /** @type {L.MarkerOptions["shown"]} */
    const shown = { feature, alerting: this.#alerting.has(feature.id), at: this.#placeOf(feature) };
    const marker = L.marker(shown.at, { keyboard: false, shown }); // its clusters ask what it shows
    shown.marker = marker;
    marker.on("click", () => this.#onChoose(shown.feature, marker.getLatLng()));
    dress(shown);
    this.#shown.set(feature.id, shown);
    return marker;
  }

  #add(markers) {
    if (!markers.length) return;
    if (this.#target.addLayers) this.#target.addLayers(markers);
    else for (const marker of markers) this.#target.addLayer(marker);
  }

  #remove(markers) {
    if (!markers.length) return;
    if (this.#target.removeLayers) this.#target.removeLayers(markers);
    else for (const marker of markers) this.#target.removeLayer(marker);
  }
}

export function latLngOf(feature) {
  const [longitude, latitude] = feature.geometry.coordinates;
  return L.latLng(latitude, longitude);
}

/** Compare incidents for a list: the worst first, then the newest. */
export function worstIncidentFirst(a, b) {
  return (
    compareSeverity(a.properties, b.properties) ||
    newestFirst(a.properties.created, b.properties.created) ||
    b.properties.pk - a.properties.pk
  );
}

/**
 * Give the marker the look of what it shows.
 * @param {L.MarkerOptions["shown"]} shown
 */
function dress({ marker, feature, alerting }) {
  const { name, severity, severity_code } = feature.properties;
  marker.options.zIndexOffset = LIFT[severity_code];
  marker.setIcon(
    lazyIcon({
      className: `incident-marker${alerting ? " is-alerting" : ""}`,
      size: [SIZE_PX, SIZE_PX],
      fill(node) {
        node.dataset.incident = feature.id;
        node.title = `${severity}: ${isolated(name)}`;
        node.append(severityDrawing(severity_code));
      },
    }),
  );
}
