/**
 * Puts the vendored Natural Earth basemap under every map of the page: land, borders and the names of countries and
 * towns, without any server but our own. It draws canvas tiles into a pane below Leaflet's tiles, so configured tiles
 * lie over it. A page, or the admin through a form's media, needs to load nothing but this module.
 */

import { overlap } from "../lib/map_labels.js";
import { clipRing } from "./clip.js";
import { isDark, onColourScheme } from "./colour_scheme.js";
import { L, onEveryMap } from "./leaflet.js";
import { TownLabels } from "./town_labels.js";
import { worldFrom } from "./world.js";

const PANE = "basemap";
const TILE_PX = 256;
const MARGIN_PX = 4; // lines reach a little over the edge of a tile
const NAME_ZOOM = 7; // from here on a name is shown however small its country is
const FONT = "12px system-ui, sans-serif";
const ATTRIBUTION = "Natural Earth (de-facto borders)";
const LIGHT = {
  sea: "#d4e4ee",
  land: "#f6f3ec",
  border: "#a59b8c",
  coast: "#8fa9b8",
  name: "#5d564b",
  halo: "#f6f3ec",
};
const DARK = { sea: "#12202b", land: "#2a3036", border: "#69727b", coast: "#4c6272", name: "#b3bbc2", halo: "#2a3036" };

const data = new URL("../../vendor/world-atlas/countries-50m.json", import.meta.url);
let loading = null; // one world for all maps of the page

onEveryMap(async (map) => {
  paintSea(map);
  map.createPane(PANE).style.zIndex = "100"; // Leaflet's tiles are at 200
  map.getPane(PANE).style.pointerEvents = "none";
  map.attributionControl?.addAttribution(ATTRIBUTION);
  const world = await loadedWorld();
  const layer = new (basemapLayer())(world, { pane: PANE, tileSize: TILE_PX }).addTo(map);
  onColourScheme(() => {
    paintSea(map);
    layer.redraw();
  });
  labelTowns(map, tilesOf(map), layer);
});

function tilesOf(map) {
  const tiles = [];
  map.eachLayer((layer) => layer instanceof L.TileLayer && tiles.push(layer));
  return tiles;
}

/** Tiles have names of their own: towns are named where there are none, or as long as none can be had. */
function labelTowns(map, tiles, layer) {
  /** @type {HTMLMetaElement | null} */
  const meta = document.querySelector('meta[name="town-labels"]');
  const address = meta?.content;
  if (!address) return;
  const options = { address, colours: palette, taken: (zoom) => layer.namesAt(zoom) };
  let labels = tiles.length ? null : new TownLabels(map, options);
  const follow = () => {
    const isBare = !map.getPane("tilePane").querySelector(".leaflet-tile-loaded");
    if (isBare && !labels) labels = new TownLabels(map, options);
    if (isBare || !labels) return;
    labels.close();
    labels = null;
  };
  for (const each of tiles) {
    each.on("tileload tileerror load", follow);
    each.on("tileunload", () => each.isLoading() || follow()); // old ones go a little after the new ones have failed
  }
  if (tiles.length && !tiles.some((each) => each.isLoading())) follow();
}

const palette = () => (isDark() ? DARK : LIGHT);

function paintSea(map) {
  map.getContainer().style.backgroundColor = palette().sea;
}

/** The world's shapes, loaded once for all maps of the page. */
function loadedWorld() {
  loading ??= loadWorld();
  return loading;
}

/** Without the data the map is blue, but works: nothing on it depends on the basemap. */
async function loadWorld() {
  const response = await fetch(data);
  if (!response.ok) throw new Error(`The basemap could not be loaded: ${response.status}.`);
  return worldFrom(await response.json());
}

/**
 * Made when the first map is there, for without a map there may be no Leaflet either.
 * @returns {new (world: object, options: L.GridLayerOptions) => any}
 */
function basemapLayer() {
  return L.GridLayer.extend({
    initialize(world, options) {
      L.GridLayer.prototype.initialize.call(this, options);
      this.world = world;
      this.namesByZoom = new Map();
    },

    createTile({ x, y, z }) {
      const canvas = L.DomUtil.create("canvas", "basemap-tile");
      const sharpness = window.devicePixelRatio || 1;
      canvas.width = canvas.height = TILE_PX * sharpness;
      const context = canvas.getContext("2d");
      context.scale(sharpness, sharpness);
      drawTile(context, this.world, this.namesAt(z), new Frame(x, y, z));
      return canvas;
    },

    namesAt(zoom) {
      if (!this.namesByZoom.has(zoom)) this.namesByZoom.set(zoom, placeNames(this.world.names, zoom));
      return this.namesByZoom.get(zoom);
    },
  });
}

/** A tile's place in the world, and the way from there to its pixels. */
class Frame {
  constructor(x, y, z) {
    this.scale = TILE_PX * 2 ** z;
    this.left = x * TILE_PX;
    this.top = y * TILE_PX;
    const margin = MARGIN_PX / this.scale;
    this.box = {
      west: x / 2 ** z - margin,
      east: (x + 1) / 2 ** z + margin,
      north: y / 2 ** z - margin,
      south: (y + 1) / 2 ** z + margin,
    };
  }

  x(worldX) {
    return worldX * this.scale - this.left;
  }

  y(worldY) {
    return worldY * this.scale - this.top;
  }

  touches(box) {
    return (
      box.west <= this.box.east &&
      box.east >= this.box.west &&
      box.north <= this.box.south &&
      box.south >= this.box.north
    );
  }
}

function drawTile(context, world, names, frame) {
  const colours = palette();
  drawLand(context, world.land, frame, colours.land);
  drawLines(context, world.coasts, frame, colours.coast);
  drawLines(context, world.borders, frame, colours.border);
  drawNames(context, names, frame, colours);
}

function drawLand(context, polygons, frame, colour) {
  context.fillStyle = colour;
  for (const { rings, box } of polygons) {
    if (!frame.touches(box)) continue;
    context.beginPath();
    for (const ring of rings) {
      const points = clipRing(ring, frame.box);
      if (points.length) context.moveTo(frame.x(points[0]), frame.y(points[1]));
      for (let i = 2; i < points.length; i += 2) context.lineTo(frame.x(points[i]), frame.y(points[i + 1]));
    }
    context.fill("evenodd");
  }
}

function drawLines(context, lines, frame, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (const { points, box } of lines) {
    if (!frame.touches(box)) continue;
    let drawing = false;
    for (let i = 0; i + 3 < points.length; i += 2) {
      const piece = {
        west: Math.min(points[i], points[i + 2]),
        east: Math.max(points[i], points[i + 2]),
        north: Math.min(points[i + 1], points[i + 3]),
        south: Math.max(points[i + 1], points[i + 3]),
      };
      const visible = frame.touches(piece);
      if (visible && !drawing) context.moveTo(frame.x(points[i]), frame.y(points[i + 1]));
      if (visible) context.lineTo(frame.x(points[i + 2]), frame.y(points[i + 3]));
      drawing = visible;
    }
  }
  context.stroke();
}

// --- names ---

/** The names for a zoom: those that fit their country and do not touch one of a larger country. */
function placeNames(names, zoom) {
  const scale = TILE_PX * 2 ** zoom;
  const context = document.createElement("canvas").getContext("2d");
  context.font = FONT;
  const placed = [];
  for (const { name, x, y, width } of names) {
    const halfWidth = context.measureText(name).width / 2 + MARGIN_PX;
    if (width * scale < 2 * halfWidth && zoom < NAME_ZOOM) continue;
    const spot = { name, x: x * scale, y: y * scale, halfWidth };
    if (!placed.some((other) => overlap(spot, other))) placed.push(spot);
  }
  return placed;
}

/** A name over the edge of a tile is drawn in both. */
function drawNames(context, names, frame, colours) {
  Object.assign(context, { font: FONT, textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: 3 });
  context.strokeStyle = colours.halo;
  context.fillStyle = colours.name;
  for (const { name, x, y, halfWidth } of names) {
    for (const world of [-frame.scale, 0, frame.scale]) {
      const left = x + world - frame.left;
      const top = y - frame.top;
      if (left < -halfWidth || left > TILE_PX + halfWidth || top < -16 || top > TILE_PX + 16) continue;
      context.strokeText(name, left, top);
      context.fillText(name, left, top);
    }
  }
}
