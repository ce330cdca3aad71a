/** Meridians and parallels over the ground, where there are no streets to go by, with their degrees at the map's edges. */

import { element } from "../lib/dom.js";
import { multiples, stepAt } from "../lib/graticule_lines.js";
import { isDark, onColourScheme } from "./colour_scheme.js";
import { L } from "./leaflet.js";

const PANE = "graticule";
const TILE_PX = 256;
const EDGE_PX = 14;
const COLOURS = { light: "rgb(60 80 100 / 22%)", dark: "rgb(200 215 230 / 20%)" };

/** Draw it on this map, under areas and incidents. */
export function addGraticule(map) {
  map.createPane(PANE).style.zIndex = "350"; // over tiles, under areas
  map.getPane(PANE).style.pointerEvents = "none";
  const layer = new (graticuleLayer())({ pane: PANE, tileSize: TILE_PX }).addTo(map);
  onColourScheme(() => layer.redraw());
  const labels = element("div", { class: "graticule-labels", "aria-hidden": "true" });
  map.getContainer().append(labels);
  const draw = () => labels.replaceChildren(...labelsOf(map));
  map.on("move zoomend resize", draw);
  map.on("zoomstart", () => labels.replaceChildren());
  map.whenReady(draw);
}

/** @returns {new (options: L.GridLayerOptions) => L.GridLayer} */
function graticuleLayer() {
  return L.GridLayer.extend({
    createTile({ x, y, z }) {
      const canvas = L.DomUtil.create("canvas");
      const sharpness = window.devicePixelRatio || 1;
      canvas.width = canvas.height = TILE_PX * sharpness;
      const context = canvas.getContext("2d");
      context.scale(sharpness, sharpness);
      context.strokeStyle = isDark() ? COLOURS.dark : COLOURS.light;
      context.lineWidth = 1;
      const corner = (dx, dy) => L.CRS.EPSG3857.pointToLatLng(L.point((x + dx) * TILE_PX, (y + dy) * TILE_PX), z);
      const [start, end] = [corner(0, 0), corner(1, 1)];
      const at = (lat, lng) => L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lng), z);
      const step = stepAt(z);
      context.beginPath();
      for (const lng of multiples(start.lng, end.lng, step)) {
        const left = Math.round(at(0, lng).x - x * TILE_PX) + 0.5;
        context.moveTo(left, 0);
        context.lineTo(left, TILE_PX);
      }
      for (const lat of multiples(end.lat, start.lat, step)) {
        const top = Math.round(at(lat, 0).y - y * TILE_PX) + 0.5;
        context.moveTo(0, top);
        context.lineTo(TILE_PX, top);
      }
      context.stroke();
      return canvas;
    },
  });
}

/** Degrees at the upper edge for meridians, at the right one for parallels. */
function labelsOf(map) {
  const bounds = map.getBounds();
  const step = stepAt(Math.round(map.getZoom()));
  const size = map.getSize();
  const labels = [];
  const add = (text, left, top) => {
    const label = element("span", {}, text);
    Object.assign(label.style, { left: `${left}px`, top: `${top}px` });
    labels.push(label);
  };
  for (const lng of multiples(bounds.getWest(), bounds.getEast(), step)) {
    const { x } = map.latLngToContainerPoint([0, lng]);
    if (x > 4 * EDGE_PX && x < size.x - 4 * EDGE_PX) add(degrees(turned(lng), "E", "W"), x, EDGE_PX / 2);
  }
  for (const lat of multiples(bounds.getSouth(), bounds.getNorth(), step)) {
    const { y } = map.latLngToContainerPoint([lat, bounds.getWest()]);
    if (y > 2 * EDGE_PX && y < size.y - 3 * EDGE_PX) add(degrees(lat, "N", "S"), size.x - 2 * EDGE_PX, y);
  }
  return labels;
}

const turned = (lng) => Number((lng - 360 * Math.round(lng / 360)).toFixed(4));

function degrees(value, positive, negative) {
  const side = value > 0 ? positive : value < 0 ? negative : "";
  return `${Math.abs(value)}°${side}`;
}
