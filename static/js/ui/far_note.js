/** Over the map: how many incidents are far from where it starts and not in sight. Choosing it shows them. */

import { latLngOf } from "../map/incident_layer.js";

export class FarNote {
  #node;
  #map;
  #placeOf;
  #far = [];

  /** *placeOf*(feature) is where it is drawn; *onChoose*(features). */
  constructor(node, map, { placeOf = latLngOf, onChoose }) {
    this.#node = node;
    this.#map = map;
    this.#placeOf = placeOf;
    node.addEventListener("click", () => onChoose(this.#far));
    map.on("moveend", () => this.#draw());
  }

  show(far) {
    this.#far = far;
    this.#draw();
  }

  #draw() {
    const bounds = this.#map.getBounds();
    const isHidden = this.#far.every((feature) => bounds.contains(this.#placeOf(feature)));
    const count = this.#far.length;
    const text = isHidden ? "" : `${count} ${count === 1 ? "incident" : "incidents"} far away`;
    if (this.#node.textContent !== text) this.#node.textContent = text;
    this.#node.hidden = isHidden;
  }
}
