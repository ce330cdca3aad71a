/** The one popup of the map: what an incident or an area is, kept up to date while it is open. */

import { element } from "../lib/dom.js";
import { severityIcon } from "../lib/severity.js";
import { isoLocal } from "../lib/time.js";
import { latLngOf } from "./incident_layer.js";
import { L } from "./leaflet.js";

const WIDTHS = { minWidth: 180, maxWidth: 300 };
const FRAME_PX = 48; // what Leaflet puts around the content
const BELOW_PX = 64; // its frame, its tip and half of the marker
const LEAST_PX = 80; // of the content is seen; the rest scrolls

export class FeaturePopup {
  #map;
  #popup = L.popup(WIDTHS);
  #taken;
  #feature = null;

  /** *taken*() gives {left, top, right, bottom}: how much of the map's edges lies under something else, in pixels. */
  constructor(map, { taken }) {
    this.#map = map;
    this.#taken = taken;
    map.on("popupclose", () => {
      this.#feature = null;
    });
  }

  /** Open it for this feature. *makeRoom*: the map may move a little so that all of it is seen. */
  open(feature, latlng, { makeRoom }) {
    const { left, top, right, bottom } = this.#taken();
    const { x, y } = this.#map.getSize();
    const width = x - left - right - FRAME_PX;
    Object.assign(this.#popup.options, {
      autoPan: makeRoom,
      autoPanPaddingTopLeft: [left, top],
      autoPanPaddingBottomRight: [right, bottom],
      maxWidth: Math.max(WIDTHS.minWidth, Math.min(WIDTHS.maxWidth, width)),
      maxHeight: Math.max(LEAST_PX, y - top - bottom - BELOW_PX),
    });
    this.#popup.setLatLng(latlng).setContent(contentOf(feature)).openOn(this.#map);
    this.#popup.options.autoPan = false; // from now on only what it shows moves, never the user's view
    this.#feature = feature;
  }

  /** Follow a new state: *find*(id) gives the feature as it is now, or undefined. */
  follow(find) {
    if (!this.#feature) return;
    const feature = find(this.#feature.id);
    if (!feature) {
      this.#popup.close();
    } else if (feature !== this.#feature) {
      this.#feature = feature;
      this.#popup.setContent(contentOf(feature));
      if (feature.properties.model === "Incident") this.#popup.setLatLng(latLngOf(feature));
    }
  }
}

export function contentOf({ properties }) {
  const { name, severity, severity_code, description, created, model, url } = properties;
  const words = model === "Incident" ? severity : `Alerts from ${severity}`;
  const content = element(
    "div",
    { class: "feature-popup" },
    element("h3", {}, element("bdi", {}, name)),
    element("p", { class: `severity severity-${severity_code}` }, severityIcon(severity_code), words),
  );
  if (description) content.append(element("p", { class: "description" }, description));
  if (created) {
    content.append(element("p", {}, "Reported ", element("time", { datetime: created }, isoLocal(new Date(created)))));
  }
  content.append(element("p", {}, element("a", { href: url }, "Details")));
  return content;
}
