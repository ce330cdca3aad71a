/** The map beside a list: the places of all its rows, and strong the one that is pointed at or has the focus. */

import { isolated } from "../lib/isolated.js";
import { LIFT } from "./incident_layer.js";
import { L } from "./leaflet.js";
import { frameOf, shapeOf, turnsOf, viewOf } from "./row_frame.js";
import { lazyIcon, severityDrawing } from "./severity_badge.js";

const SIZE_PX = 24;
const EDGE_PX = 20; // more than half a marker
const LEAST_PX = 40;
const NEAREST = 14;
const LIFTED = 10_000; // over all others

export class ListMap {
  #map;
  #onChoose;
  #layers = new Map(); // by the number of the row
  #marked = "";

  /** *onChoose*(number) when the place of a row is clicked; for the keyboard there are the rows. */
  constructor(map, onChoose) {
    this.#map = map;
    this.#onChoose = onChoose;
    map.setMinZoom(0); // a narrow map has room for all of the world, too
  }

  /** Show the places of these rows: [{number, severity, name}], GeoJSON geometries by number. */
  draw(rows, places) {
    for (const layer of this.#layers.values()) layer.remove();
    this.#layers.clear();
    this.#marked = "";
    const placed = rows.filter(({ number }) => number in places);
    const shapes = new Map(placed.map(({ number }) => [number, shapeOf(places[number])]));
    if (!shapes.size) return;
    this.#map.invalidateSize({ animate: false });
    const frame = this.#frame([...shapes.values()]);
    for (const row of placed) {
      const layer = layerOf(row, places[row.number], shapes.get(row.number), frame);
      layer.on("click", () => this.#onChoose(row.number)).addTo(this.#map);
      this.#layers.set(row.number, layer);
    }
  }

  /** Make the place of this row strong, and no other; an empty number: of none. */
  mark(number) {
    if (number === this.#marked) return;
    this.#show(this.#marked, false);
    this.#marked = number;
    this.#show(number, true);
  }

  #show(number, isMarked) {
    const layer = this.#layers.get(number);
    if (!layer) return;
    layer.getElement()?.classList.toggle("is-marked", isMarked);
    if (layer instanceof L.Marker) layer.setZIndexOffset(isMarked ? LIFTED : layer.options.zIndexOffset);
    else if (isMarked) layer.bringToFront();
    const middle = layer instanceof L.Marker ? layer.getLatLng() : layer.getBounds().getCenter();
    if (isMarked && !this.#map.getBounds().contains(middle)) this.#map.panTo(middle, { animate: false });
  }

  #frame(shapes) {
    const { x, y } = this.#map.getSize();
    const inside = { width: Math.max(x - 2 * EDGE_PX, LEAST_PX), height: Math.max(y - 2 * EDGE_PX, LEAST_PX) };
    const frame = frameOf(shapes, inside);
    const { latitude, longitude, zoom } = viewOf(frame, inside);
    this.#map.setView([latitude, longitude], Math.min(zoom, NEAREST), { animate: false });
    return frame;
  }
}

/** A marker for a point, an outline for an area; of the copies of the world those in the frame. */
function layerOf({ severity, name }, geometry, shape, frame) {
  if (geometry.type === "Point") {
    const [longitude, latitude] = geometry.coordinates;
    const icon = lazyIcon({
      className: "incident-marker",
      size: [SIZE_PX, SIZE_PX],
      fill(node) {
        node.title = isolated(name);
        node.append(severityDrawing(severity));
      },
    });
    const at = L.latLng(latitude, longitude - 360 * turnsOf(shape.boxes[0].west, frame));
    return L.marker(at, { icon, keyboard: false, zIndexOffset: LIFT[severity] });
  }
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const moved = polygons.map((rings, n) => {
    const degrees = 360 * turnsOf(shape.boxes[n].west, frame);
    return rings.map((ring) => ring.map(([longitude, latitude]) => L.latLng(latitude, longitude - degrees)));
  });
  return L.polygon(moved, { className: `area-shape severity-${severity}` });
}
