/** The button of layers and legend over the map: what is drawn beside the incidents, as this person wants it here. */

const KEPT = "layers-hidden";
const HIDES = "hides-"; // and the layer's name: a class of the frame around the map

export class MapLayers {
  #node;
  #frame;
  #choices;

  /**
   * @param node     the <details>, with a checkbox for each layer
   * @param frame    the element around the map
   * @param choices  what was chosen before, and where to keep it (live/choices.js)
   * @param hidden   names of layers that are hidden until somebody wants them
   */
  constructor(node, frame, { choices, hidden = [] }) {
    this.#node = node;
    this.#frame = frame;
    this.#choices = choices;
    const kept = choices.get(KEPT);
    const names = kept === null ? hidden : kept.split(" ");
    for (const box of this.#boxes) box.checked = !names.includes(box.name);
    node.addEventListener("change", () => {
      this.#choices.set(KEPT, this.#hidden.join(" "));
      this.#draw();
    });
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !node.open) return;
      node.open = false;
      node.querySelector("summary").focus();
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (node.open && !node.contains(/** @type {Node} */ (target))) node.open = false;
    });
    this.#draw();
  }

  /** @returns {HTMLInputElement[]} */
  get #boxes() {
    return [...this.#node.querySelectorAll("input")];
  }

  get #hidden() {
    return this.#boxes.filter(({ checked }) => !checked).map(({ name }) => name);
  }

  #draw() {
    for (const { name, checked } of this.#boxes) this.#frame.classList.toggle(HIDES + name, !checked);
  }
}
