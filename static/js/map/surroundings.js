/** What lies around the point that is being chosen: open incidents and areas, faint, for looking at. */

import { askJSON } from "../lib/ask.js";
import { element } from "../lib/dom.js";
import { Latest } from "../lib/latest.js";
import { areaShape } from "./area_layer.js";
import { IncidentLayer } from "./incident_layer.js";
import { L } from "./leaflet.js";

const FROM_ZOOM = 10; // further out it would be all there is

export class Surroundings {
  #map;
  #latest;
  #except;
  #incidents;
  #areas = L.layerGroup();
  #note;

  /**
   * *incidents* and *areas*: the addresses of the collections, empty where somebody may not see them; *except*: the id
   * of the Feature that is being edited; *note*: where it is said what the map does not show.
   * @param {L.Map} map
   * @param {{incidents: string, areas: string, except?: string, note: HTMLElement}} options
   */
  constructor(map, { incidents, areas, except = "", note }) {
    this.#map = map;
    this.#except = except;
    this.#note = note;
    this.#areas.addTo(map);
    this.#incidents = new IncidentLayer(L.layerGroup().addTo(map), (feature, at) => this.#tell(feature, at));
    const ask = (address, bbox, signal) =>
      address ? askJSON(`${address}?bbox=${bbox}`, { signal }) : { features: [] };
    this.#latest = new Latest({
      ask: (bbox, signal) => Promise.all([incidents, areas].map((address) => ask(address, bbox, signal))),
      onAnswer: ([found, around]) => this.#draw(found.features, around.features),
      onFailure: () => this.#say("Open incidents and areas cannot be shown: the server cannot be reached."),
    });
    map.on("moveend", () => this.#look());
    map.whenReady(() => this.#look());
  }

  #look() {
    if (this.#map.getZoom() < FROM_ZOOM) {
      this.#latest.cancel();
      this.#draw([], []);
      this.#say("Closer in the map shows open incidents and areas.");
      return;
    }
    const view = this.#map.getBounds().pad(0.2);
    const [south, north] = [Math.max(view.getSouth(), -90), Math.min(view.getNorth(), 90)];
    this.#latest.put([view.getWest(), south, view.getEast(), north].map((each) => each.toFixed(5)).join());
  }

  #draw(incidents, areas) {
    this.#say("");
    this.#areas.clearLayers();
    for (const feature of areas) {
      if (feature.id === this.#except) continue;
      const shape = areaShape(feature);
      shape.options.interactive = false; // a click there sets the pin
      this.#areas.addLayer(shape);
    }
    const others = incidents.filter(({ id }) => id !== this.#except);
    this.#incidents.draw(new Map(others.map((feature) => [feature.id, feature])), new Set());
  }

  /** Which one it is; its page opens beside the form. */
  #tell({ properties }, latlng) {
    const { name, severity, place, url } = properties;
    const link = element("a", { href: url, target: "_blank" }, element("bdi", {}, name));
    const more = [severity, place].filter(Boolean).join(" · ");
    L.popup()
      .setLatLng(latlng)
      .setContent(element("div", {}, link, element("br"), more))
      .openOn(this.#map);
  }

  #say(sentence) {
    if (this.#note.textContent !== sentence) this.#note.textContent = sentence;
  }
}
