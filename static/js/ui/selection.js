/** Choosing rows of a list: all of this page at once, how many they are, and buttons that say so. */

export class Selection {
  #boxes;
  #all;
  #buttons; // {button, words}

  /** *boxes*: the rows' checkboxes; *all*: the one for all of them; *buttons*: what is done with those chosen. */
  constructor(boxes, all, buttons) {
    this.#boxes = boxes;
    this.#all = all;
    this.#buttons = buttons.map((button) => ({ button, words: button.textContent.trim() }));
    all.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
      this.show();
    });
    for (const box of boxes) box.addEventListener("change", () => this.show());
    this.show();
  }

  show() {
    const count = this.#boxes.filter((box) => box.checked).length;
    this.#all.checked = count > 0 && count === this.#boxes.length;
    this.#all.indeterminate = count > 0 && count < this.#boxes.length;
    this.#all.disabled = !this.#boxes.length;
    for (const box of this.#boxes) box.closest("tr")?.classList.toggle("is-chosen", box.checked);
    for (const { button, words } of this.#buttons) {
      button.textContent = count ? `${words} (${count})` : words;
      button.disabled = !count;
    }
  }
}
