/** Names of areas on a small map: each at a corner of its shape, where there is room. Not for choosing anything. */

import { element } from "../lib/dom.js";
import { withRoom } from "../lib/map_labels.js";
import { L } from "./leaflet.js";

const PANE = "area-names";
const ABOVE_PX = 12; // from a corner to the middle of the name
const MARGIN_PX = 8;

/** Write the names of these shapes, [{shape, name}], and keep them in the view as it moves. */
export function nameAreas(map, areas) {
  const pane = map.createPane(PANE);
  pane.style.zIndex = 460; // over the names of towns
  pane.style.pointerEvents = "none";
  pane.setAttribute("aria-hidden", "true"); // the page names them in words
  const named = areas.map(({ shape, name }) => {
    const label = element("span", { class: "area-name" }, name);
    return { label, corners: cornersOf(shape.getLatLngs().flat(Infinity)) };
  });
  const draw = () => {
    pane.replaceChildren(...named.map(({ label }) => label));
    const view = L.bounds(map.containerPointToLayerPoint([0, 0]), map.containerPointToLayerPoint(map.getSize()));
    const placed = [];
    for (const { label, corners } of named) {
      const halfWidth = label.offsetWidth / 2 + MARGIN_PX;
      const spots = corners.map(({ latlng, sign }) => spotAt(map.latLngToLayerPoint(latlng), sign, halfWidth, view));
      const spot = spots.find((each) => withRoom([each], placed).length);
      if (spot) placed.push(spot);
      else label.remove();
      if (spot) L.DomUtil.setPosition(label, L.point(Math.round(spot.x), Math.round(spot.y)));
    }
  };
  map.on("zoomstart", () => pane.replaceChildren());
  map.on("moveend resize", draw);
  map.whenReady(draw);
}

/** The northernmost, southernmost, westernmost and easternmost of these positions, and on which side a name goes. */
function cornersOf(positions) {
  const least = (of) => positions.reduce((best, each) => (of(each) < of(best) ? each : best));
  return [
    { latlng: least(({ lat }) => -lat), sign: -1 },
    { latlng: least(({ lat }) => lat), sign: 1 },
    { latlng: least(({ lng }) => lng), sign: -1 },
    { latlng: least(({ lng }) => -lng), sign: -1 },
  ];
}

/**
 * A name that would be out of the view is moved to its edge.
 * @param {L.Point} corner
 * @param {number} sign
 * @param {number} halfWidth
 * @param {L.Bounds} view
 */
function spotAt({ x, y }, sign, halfWidth, { min, max }) {
  const within = (value, least, most) => Math.min(Math.max(value, least), Math.max(least, most));
  return {
    x: within(x, min.x + halfWidth, max.x - halfWidth),
    y: within(y + sign * ABOVE_PX, min.y + ABOVE_PX, max.y - 3 * ABOVE_PX), // above the attribution
    halfWidth,
  };
}
