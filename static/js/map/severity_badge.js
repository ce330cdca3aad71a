/** Marker icons: built only when they come into sight, by copying one drawing for each severity. */

import { severityIcon } from "../lib/severity.js";
import { L } from "./leaflet.js";

const drawings = new Map(); // by severity code
let iconClass = null; // made when the first is needed: without a map there may be no Leaflet

/** A Leaflet icon whose element gets this content: `fill`(element). */
export function lazyIcon({ className, size, fill }) {
  iconClass ??= L.DivIcon.extend({
    createIcon(old) {
      const node = L.DivIcon.prototype.createIcon.call(this, old);
      node.replaceChildren();
      this.options.fill(node);
      return node;
    },
  });
  return new iconClass({ html: false, className, iconSize: size, fill });
}

export function severityDrawing(code) {
  if (!drawings.has(code)) drawings.set(code, severityIcon(code));
  return drawings.get(code).cloneNode(true);
}
