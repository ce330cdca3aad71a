/** The open incidents on the map: one marker each, kept by the Feature's id. */

import { compareSeverity, severityIcon } from "../lib/severity.js";
import { newestFirst } from "../lib/time.js";
import { L } from "./leaflet.js";

const SIZE_PX = 28;
const LIFT = { UR: 4000, HI: 3000, ME: 2000, LO: 1000, IN: 0 }; // the worse lies above

export class IncidentLayer {
  #map;
  #onChoose;
  #markers = new Map(); // by Feature id: {marker, feature, alerting}

  /** *onChoose*(feature, latlng) when a marker is clicked. The panel is the way for the keyboard. */
  constructor(map, onChoose) {
    this.#map = map;
    this.#onChoose = onChoose;
  }

  /** Draw these incidents (Map by id); *alerting*: ids of those with an unacknowledged alert. */
  draw(incidents, alerting) {
    for (const [id, { marker }] of this.#markers) {
      if (!incidents.has(id)) {
        marker.remove();
        this.#markers.delete(id);
      }
    }
    for (const [id, feature] of incidents) {
      const drawn = this.#markers.get(id);
      if (!drawn) this.#add(feature, alerting.has(id));
      else if (drawn.feature !== feature || drawn.alerting !== alerting.has(id)) {
        this.#change(drawn, feature, alerting.has(id));
      }
    }
  }

  #add(feature, alerting) {
    const marker = L.marker(latLngOf(feature), { keyboard: false, icon: iconOf(feature, alerting) });
    const drawn = { marker, feature, alerting };
    marker.on("click", () => this.#onChoose(drawn.feature, marker.getLatLng()));
    marker.addTo(this.#map);
    this.#markers.set(feature.id, drawn);
    label(drawn);
  }

  #change(drawn, feature, alerting) {
    Object.assign(drawn, { feature, alerting });
    drawn.marker.setLatLng(latLngOf(feature));
    drawn.marker.setIcon(iconOf(feature, alerting));
    label(drawn);
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

function iconOf({ properties }, alerting) {
  return L.divIcon({
    html: severityIcon(properties.severity_code),
    className: `incident-marker${alerting ? " is-alerting" : ""}`,
    iconSize: [SIZE_PX, SIZE_PX],
  });
}

function label({ marker, feature }) {
  const { name, severity, severity_code } = feature.properties;
  const node = marker.getElement();
  node.dataset.incident = feature.id;
  node.title = `${severity}: ${name}`;
  marker.setZIndexOffset(LIFT[severity_code]);
}
