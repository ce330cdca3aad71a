/**
 * Names of towns on the packaged basemap, from our own server (`/tracker/place/labels/`). They come when the map rests,
 * lie under everything that can be chosen, and are left out where there is no room. Without an answer there are none.
 * A map may have them more than once, one after the other.
 */

import { askJSON } from "../lib/ask.js";
import { element } from "../lib/dom.js";
import { Latest } from "../lib/latest.js";
import { askedView, nearTo, withRoom } from "../lib/map_labels.js";
import { onColourScheme } from "./colour_scheme.js";
import { L } from "./leaflet.js";

const PANE = "town-labels";
const FONT = "12px system-ui, sans-serif"; // as in tokens.css
const FROM_ZOOM = 5; // further out the names of countries need the room
const ABOVE_PX = 11; // from a town to the middle of its name
const MARGIN_PX = 5;
const KEPT = 50; // answers
const ATTRIBUTION = "GeoNames";
const answers = new Map(); // by address, for all maps of the page

export class TownLabels {
  #map;
  #address;
  #colours;
  #taken;
  #pane;
  #towns = [];
  #question;
  #asking = null; // the address of the question that has no answer yet
  #paintsNoMore;
  #pen = document.createElement("canvas").getContext("2d");
  #events = { zoomstart: () => this.#clear(), moveend: () => this.#show(), unload: () => this.close() };

  /**
   * @param address  where to ask
   * @param colours  () => {name, halo}, as they are to be now
   * @param taken    (zoom) => spots of the map where names are already, in pixels of the world at that zoom
   */
  constructor(map, { address, colours, taken }) {
    this.#map = map;
    this.#address = address;
    this.#colours = colours;
    this.#taken = taken;
    this.#pen.font = FONT;
    this.#pane = map.getPane(PANE) ?? map.createPane(PANE);
    this.#pane.style.zIndex = 450; // over areas (400), below markers and their shadows (500, 600)
    this.#pane.style.pointerEvents = "none";
    this.#pane.setAttribute("aria-hidden", "true"); // part of a picture: places in words stand beside the map
    this.#question = new Latest({
      ask: (url, signal) => askJSON(url, { signal }),
      onAnswer: ({ labels }, url) => this.#keep(url, labels),
      onFailure: () => (this.#asking = null), // the next move asks again
    });
    map.attributionControl?.addAttribution(ATTRIBUTION);
    this.#paint();
    this.#paintsNoMore = onColourScheme(() => this.#paint());
    map.on(this.#events);
    map.whenReady(() => this.#show());
  }

  close() {
    this.#map.off(this.#events);
    this.#paintsNoMore();
    this.#ask(null);
    this.#clear();
    this.#map.attributionControl?.removeAttribution(ATTRIBUTION);
  }

  #paint() {
    const { name, halo } = this.#colours();
    this.#pane.style.color = name;
    this.#pane.style.setProperty("--halo", halo);
  }

  #clear() {
    this.#pane.replaceChildren();
  }

  #show() {
    const zoom = Math.floor(this.#map.getZoom());
    const size = this.#map.getSize();
    if (zoom < FROM_ZOOM || !size.x || !size.y) {
      this.#ask(null);
      this.#clear();
      return;
    }
    const bounds = this.#map.getBounds();
    const [west, south, east, north] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    const { bbox } = askedView({ west, south, east, north }, zoom);
    const url = `${this.#address}?${new URLSearchParams({ bbox, zoom: String(zoom) })}`;
    if (answers.has(url)) this.#towns = answers.get(url);
    this.#ask(answers.has(url) ? null : url);
    this.#draw(); // until the answer is there, what is still in the view
  }

  /** Ask this, or nothing (null). A map that rests twice on one view waits for the one answer. */
  #ask(url) {
    if (url === this.#asking) return;
    this.#asking = url;
    if (url) this.#question.put(url);
    else this.#question.cancel();
  }

  #keep(url, labels) {
    this.#asking = null;
    answers.set(url, labels);
    if (answers.size > KEPT) answers.delete(answers.keys().next().value);
    this.#towns = labels;
    this.#draw();
  }

  #draw() {
    const map = this.#map;
    const zoom = map.getZoom();
    const view = map.getPixelBounds();
    const middle = map.getCenter().lng;
    const spots = [];
    for (const { name, longitude, latitude } of this.#towns) {
      const latlng = L.latLng(latitude, nearTo(middle, longitude));
      const { x, y } = map.project(latlng, zoom);
      if (x < view.min.x || x > view.max.x || y < view.min.y || y > view.max.y + ABOVE_PX) continue;
      spots.push({ name, latlng, x, y: y - ABOVE_PX, halfWidth: this.#pen.measureText(name).width / 2 + MARGIN_PX });
    }
    const placed = withRoom(spots, this.#taken(zoom));
    this.#pane.replaceChildren(...placed.map((spot) => this.#label(spot)));
  }

  #label({ name, latlng }) {
    const label = element("span", { class: "town-label" }, element("span", { class: "town-name" }, name));
    L.DomUtil.setPosition(label, this.#map.latLngToLayerPoint(latlng));
    return label;
  }
}
