/**
 * In which copy of the world things are drawn. A map goes on beyond 180 degrees, and there is one world: what lies at
 * -179.9 is drawn at 180.1 where somebody looks at 180. Everything is drawn within half a turn of one meridian, which
 * follows the view when that reaches beyond.
 */

import { nearTo } from "../lib/map_labels.js";
import { L } from "./leaflet.js";

const STEP = 30; // degrees that the middle of the view may be off: a view of the whole world always reaches beyond
const REACH = 150; // degrees from the meridian where things may be looked at without turning

export class WorldCopy {
  #map;
  #meridian = 0;
  #onTurn;

  /** *onTurn*(): things are drawn elsewhere now. */
  constructor(map, onTurn) {
    this.#map = map;
    this.#onTurn = onTurn;
    map.on("moveend", () => this.#follow());
    map.whenReady(() => this.#follow());
  }

  /** Where a place is drawn. */
  at({ lat, lng }) {
    return L.latLng(lat, this.longitude(lng));
  }

  longitude(lng) {
    return nearTo(this.#meridian, lng);
  }

  /** Somebody goes to this place: from now on it is drawn at the near side of what is seen now. Returns where. */
  approach({ lat, lng }) {
    const there = nearTo(this.#map.getCenter().lng, lng);
    if (Math.abs(there - this.#meridian) > REACH) this.#turn(there);
    return L.latLng(lat, this.longitude(lng));
  }

  #follow() {
    const bounds = this.#map.getBounds();
    const isInside = bounds.getWest() >= this.#meridian - 180 && bounds.getEast() <= this.#meridian + 180;
    const middle = this.#map.getCenter().lng;
    if (!isInside && Math.abs(middle - this.#meridian) > STEP) this.#turn(middle);
  }

  #turn(meridian) {
    this.#meridian = meridian;
    this.#onTurn();
  }
}
