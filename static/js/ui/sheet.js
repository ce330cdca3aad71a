/** On a phone the panel is a sheet with three stops: put away, half, and whole. By its buttons, or drawn by its handle. */

const STOPS = ["closed", "half", "whole"];
const DRAG_PX = 6; // less is a tap
const HALF = 0.45; // of the window, as in tracker.css
const ABOVE_WHOLE_REM = 14;

export class Sheet {
  #panel;
  #toggle;
  #size;
  #onChange;
  #stop = "half";
  #wasDragged = false;

  /** *toggle* puts it away and fetches it, *size* makes it larger and smaller; *onChange*() after another stop. */
  constructor(panel, { toggle, size, onChange }) {
    this.#panel = panel;
    this.#toggle = toggle;
    this.#size = size;
    this.#onChange = onChange;
    toggle.addEventListener("click", () => {
      if (!this.#wasDragged) this.#show(this.#stop === "closed" ? "half" : "closed");
    });
    size.addEventListener("click", () => this.#show(this.#stop === "whole" ? "half" : "whole"));
    toggle.addEventListener("pointerdown", (event) => this.#drag(event));
  }

  /** Open it, if it is put away, or put it away. */
  open(isOpen) {
    if (isOpen !== (this.#stop !== "closed")) this.#show(isOpen ? "half" : "closed");
  }

  #show(stop) {
    this.#stop = stop;
    this.#toggle.setAttribute("aria-expanded", String(stop !== "closed"));
    const words = stop === "whole" ? "Less" : "More";
    this.#size.textContent = words;
    this.#size.setAttribute("aria-label", `${words} of the panel`);
    document.body.classList.toggle("panel-closed", stop === "closed");
    document.body.classList.toggle("panel-whole", stop === "whole");
    this.#onChange();
  }

  #drag({ pointerId, clientY, button }) {
    this.#wasDragged = false;
    if (button || getComputedStyle(this.#panel).maxHeight === "none") return; // the page scrolls there
    this.#toggle.setPointerCapture(pointerId);
    const began = this.#panel.offsetHeight;
    let height = began;
    const move = (event) => {
      height = began + clientY - event.clientY;
      if (!this.#wasDragged && Math.abs(height - began) < DRAG_PX) return;
      this.#wasDragged = true;
      document.body.classList.remove("panel-closed");
      Object.assign(this.#panel.style, { height: `${height}px`, maxHeight: "80dvh" });
    };
    const end = () => {
      for (const name of ["pointermove", "pointerup", "pointercancel"]) {
        this.#toggle.removeEventListener(name, name === "pointermove" ? move : end);
      }
      if (!this.#wasDragged) return;
      Object.assign(this.#panel.style, { height: "", maxHeight: "" });
      this.#show(this.#nearest(height, Math.sign(height - began)));
    };
    this.#toggle.addEventListener("pointermove", move);
    this.#toggle.addEventListener("pointerup", end);
    this.#toggle.addEventListener("pointercancel", end);
  }

  /** The stop where it is let go; on the way to another a third of it is enough. */
  #nearest(height, way) {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const heights = [
      this.#toggle.offsetHeight,
      window.innerHeight * HALF,
      Math.max(window.innerHeight - ABOVE_WHOLE_REM * rem, window.innerHeight * HALF),
    ];
    let at = 0;
    while (at < 2 && height > heights[at] + (heights[at + 1] - heights[at]) * (way > 0 ? 1 / 3 : 2 / 3)) at += 1;
    return STOPS[at];
  }
}
