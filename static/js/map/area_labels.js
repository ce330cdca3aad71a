/**
 * Names of areas on the live map, each with the letter of the severity from which on it alerts, in the part of the area
 * that is seen, where there is room. Part of a picture: the panel names them in words.
 */

import { element } from "../lib/dom.js";
import { withRoom } from "../lib/map_labels.js";
import { clipRing } from "./clip.js";
import { L } from "./leaflet.js";
import { widestSpan } from "./world.js";

const PANE = "area-labels";
const FROM_ZOOM = 12;
const FONT = "600 12px system-ui, sans-serif"; // as in tracker.css
const LETTER_PX = 14;
const MARGIN_PX = 6;
const LINES = [0.5, 0.35, 0.65, 0.2, 0.8]; // where to look for room, from the north edge of what is seen

export class AreaLabels {
  #map;
  #pane;
  #drawn = () => [];
  #pen = document.createElement("canvas").getContext("2d");

  /** *drawn*() gives what AreaLayer has drawn. */
  constructor(map, drawn) {
    this.#map = map;
    this.#drawn = drawn;
    this.#pen.font = FONT;
    this.#pane = map.createPane(PANE);
    this.#pane.style.zIndex = "460"; // over the names of towns
    this.#pane.style.pointerEvents = "none";
    this.#pane.setAttribute("aria-hidden", "true");
    map.on("zoomstart", () => this.#pane.replaceChildren());
    map.on("moveend resize", () => this.draw());
  }

  draw() {
    if (this.#map.getZoom() < FROM_ZOOM) {
      this.#pane.replaceChildren();
      return;
    }
    const bounds = this.#map.getBounds();
    const corner = this.#map.containerPointToLayerPoint([0, 0]);
    const { x, y } = this.#map.getSize();
    const view = { west: corner.x, east: corner.x + x, north: corner.y, south: corner.y + y };
    const areas = [];
    for (const { shape, feature, alerting } of this.#drawn()) {
      if (!shape.getBounds().intersects(bounds)) continue;
      const [widest, ...others] = this.#spotsIn(shape, view);
      if (!widest) continue;
      const halfWidth = (this.#pen.measureText(feature.properties.name).width + LETTER_PX) / 2 + MARGIN_PX;
      areas.push({ feature, alerting, halfWidth, spots: [widest, ...others] });
    }
    // A small area has one place for its name, a large one has others.
    const isCalm = ({ alerting }) => Number(alerting === null);
    areas.sort((a, b) => isCalm(a) - isCalm(b) || a.spots[0].width - b.spots[0].width);
    const placed = [];
    for (const { feature, alerting, halfWidth, spots } of areas) {
      const free = spots.map(({ x, y }) => ({ x, y, halfWidth, feature, alerting }));
      const spot = free.find((each) => withRoom([each], placed).length);
      if (spot) placed.push(spot);
    }
    this.#pane.replaceChildren(...placed.map(labelOf));
  }

  /** The middles of the widest stretches of what is seen of the shape, in pixels of the layer; the best first. */
  #spotsIn(shape, view) {
    const rings = shape
      .getLatLngs()
      .flat(shape.getLatLngs()[0][0] instanceof L.LatLng ? 0 : 1)
      .map((ring) =>
        clipRing(
          ring.flatMap((each) => pixels(this.#map.latLngToLayerPoint(each))),
          view,
        ),
      )
      .filter((ring) => ring.length);
    if (!rings.length) return [];
    let [north, south] = [Infinity, -Infinity];
    for (const ring of rings) {
      for (let i = 1; i < ring.length; i += 2) {
        north = Math.min(north, ring[i]);
        south = Math.max(south, ring[i]);
      }
    }
    const closed = rings.map((ring) => [...ring, ring[0], ring[1]]);
    const spots = LINES.map((part) => widestSpan(closed, north + part * (south - north)));
    const [middle] = spots;
    const isMuchWider = (spot) => spot.width > 1.2 * middle.width;
    return spots.filter(({ width }) => width > 0).sort((a, b) => Number(isMuchWider(b)) - Number(isMuchWider(a)) || 0);
  }
}

const pixels = ({ x, y }) => [x, y];

function labelOf({ feature, alerting, x, y }) {
  const { name, severity_code } = feature.properties;
  const label = element(
    "span",
    { class: `area-label${alerting ? ` is-alerting severity-${alerting}` : ""}`, "data-area": feature.id },
    element("bdi", {}, name),
    " ",
    element("b", {}, severity_code[0]),
  );
  L.DomUtil.setPosition(label, L.point(Math.round(x), Math.round(y)));
  return label;
}
