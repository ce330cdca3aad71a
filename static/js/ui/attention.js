/** The form of what calls a person (caller.js): which alerts, the sound, and system notifications. */

import { element } from "../lib/dom.js";
import { chosenAreas, describeMine } from "../live/mine.js";
import { Caller } from "./caller.js";
import { SOUND_WORDS } from "./sound.js";
import { NOTES_WORDS } from "./system_notes.js";

const NO_AREA = "No area is chosen. Until one is, the alerts of all areas call you.";

export class Attention {
  #form;
  #caller;
  #onChange;
  #summary = document.getElementById("attention-now");
  #areaList = document.getElementById("mine-areas");
  #problem = document.getElementById("mine-problem");
  #soundSwitch = document.getElementById("sound-switch");
  #notesSwitch = document.getElementById("notes-switch");

  /**
   * @param choices   what was chosen before, and where to keep it (live/choices.js)
   * @param now       () => ms, never back (live/page_clock.js)
   * @param onChange  () => void: other alerts are mine now
   * @param onChoose  (entries) => void: a system notification was clicked
   * @param onSound   (state, words) => void: whether new alerts are heard
   */
  constructor(form, { choices, now, onChange, onChoose, onSound = (_state, _words) => {} }) {
    this.#form = form;
    this.#onChange = onChange;
    let show = () => {}; // until there is a caller
    this.#caller = new Caller({
      choices,
      now,
      onChoose,
      onChange: () => {
        this.#fill();
        this.#draw();
        onChange();
      },
      onDraw: () => show(),
    });
    show = () => {
      this.#draw();
      onSound(this.#caller.sound.state, SOUND_WORDS[this.#caller.sound.state]);
    };
    this.#listen();
    this.#fill();
    show();
  }

  /** Offer these areas (Map by Feature id). */
  showAreas(areas) {
    if (areas === this.#caller.areas) return;
    this.#caller.areas = areas;
    this.#fill();
    this.#draw();
  }

  /** entry => whether it is to toast and sound. */
  get concerns() {
    return this.#caller.concerns;
  }

  /** Call the person: *come* are the entries that are news, *groups* all that are pending; both theirs alone. */
  call(come, groups) {
    this.#caller.call(come, groups);
  }

  /** The page is not live any more: who relies on the sound must hear it. */
  callNotLive() {
    this.#caller.callNotLive();
  }

  #listen() {
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("change", () => this.#read());
    this.#soundSwitch.addEventListener("click", () => this.#caller.switchSound());
    this.#notesSwitch.addEventListener("click", () => this.#caller.switchNotes());
  }

  #read() {
    const { elements } = this.#form;
    const boxes = [...this.#areaList.querySelectorAll("input")];
    const listed = new Set(boxes.map(({ value }) => value));
    const chosen = boxes.filter(({ checked }) => checked).map(({ value }) => value);
    chosen.push(...(this.#caller.mine.areas ?? []).filter((id) => !listed.has(id))); // not loaded yet
    const isSome = elements["mine-areas"].value === "some";
    this.#caller.choose({ areas: isSome ? chosen : null, severity: elements["mine-severity"].value });
    this.#draw();
    this.#onChange();
  }

  /** Put what is chosen into the form. */
  #fill() {
    const { elements } = this.#form;
    const { mine, areas } = this.#caller;
    const focused = /** @type {HTMLInputElement} */ (document.activeElement);
    elements["mine-severity"].value = mine.severity;
    elements["mine-areas"].value = mine.areas ? "some" : "all";
    const named = [...areas].sort((a, b) => a[1].properties.name.localeCompare(b[1].properties.name));
    const wasFocused = this.#areaList.contains(focused) ? focused.value : null;
    this.#areaList.replaceChildren(
      ...named.map(([id, { properties }]) => {
        const box = element("input", { type: "checkbox", value: id, autocomplete: "off" });
        box.checked = mine.areas?.includes(id) ?? false;
        return element("label", {}, box, " ", element("bdi", {}, properties.name));
      }),
    );
    if (wasFocused) [...this.#areaList.querySelectorAll("input")].find(({ value }) => value === wasFocused)?.focus();
  }

  #draw() {
    const { mine, areas, sound, notes } = this.#caller;
    const isSome = mine.areas !== null;
    this.#areaList.hidden = !isSome;
    const problem = isSome && areas.size && !chosenAreas(mine, areas) ? NO_AREA : "";
    if (this.#problem.textContent !== problem) this.#problem.textContent = problem;
    drawSwitch(this.#soundSwitch, "Sound", sound.wanted, SOUND_WORDS[sound.state], sound.state);
    drawSwitch(this.#notesSwitch, "System notifications", notes.state === "on", NOTES_WORDS[notes.state], notes.state);
    document.getElementById("sound-help").hidden = sound.state !== "blocked";
    document.getElementById("notes-help").hidden = notes.state !== "refused";
    const words = [describeMine(mine, areas), `sound: ${SOUND_WORDS[sound.state]}`];
    if (notes.wanted) words.push(`notifications: ${NOTES_WORDS[notes.state]}`);
    const text = words.join(" · ");
    if (this.#summary.textContent !== text) this.#summary.textContent = text;
  }
}

function drawSwitch(button, name, isOn, words, state) {
  button.setAttribute("aria-checked", String(isOn));
  button.dataset.state = state;
  button.disabled = state === "missing";
  const text = `${name}: ${words}`;
  if (button.textContent !== text) button.textContent = text;
}
