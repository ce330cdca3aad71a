/** Over the map, while a filter is on: how many of the open incidents are shown. Choosing it leads to the filter. */

export class MapNote {
  #node;

  constructor(node, { onChoose }) {
    this.#node = node;
    node.addEventListener("click", onChoose);
  }

  /** *shown* of *all* incidents are on the map; *filtered*: because somebody has asked for it. */
  show(shown, all, { filtered }) {
    const text = filtered ? `Filtered: ${shown} of ${all} incidents shown` : "";
    if (this.#node.textContent !== text) this.#node.textContent = text;
    this.#node.hidden = !filtered;
  }
}
