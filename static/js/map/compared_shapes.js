/** Where a form was overtaken by a colleague's: both places or shapes on one small map, told apart by line and colour. */

import { pageData } from "../lib/dom.js";
import { L, onMap } from "./leaflet.js";

/** @type {L.PointTuple} */
const PAD_PX = [24, 24];

/** Draw what the page holds, if it holds something to compare. */
export function showComparedShapes() {
  const shapes = pageData("compared-shapes");
  if (!shapes) return;
  onMap("compared-map", (map) => {
    const theirs = layerOf(shapes.theirs, "is-theirs", 11).addTo(map);
    const mine = layerOf(shapes.mine, "is-mine", 6).addTo(map); // a point in the middle of the other's ring
    const bounds = L.featureGroup([theirs, mine]).getBounds();
    map.fitBounds(bounds, { padding: PAD_PX, maxZoom: 15, animate: false });
  });
}

function layerOf(geometry, className, radius) {
  const style = { className: `compared-shape ${className}`, interactive: false };
  return L.geoJSON(geometry, {
    style: () => style,
    pointToLayer: (_feature, latlng) => L.circleMarker(latlng, { ...style, radius }),
    interactive: false,
  });
}
