/** What calls a person: which alerts toast and sound (live/mine.js), the sound itself, and system notifications. */

import { element } from "../lib/dom.js";
import { chosenAreas, concerning, describeMine, readMine, writeMine } from "../live/mine.js";
import { SoundGate } from "../live/sounding.js";
import { Sound, SOUND_WORDS } from "./sound.js";
import { NOTES_WORDS, SystemNotes } from "./system_notes.js";

const KEPT = { mine: "mine", sound: "sound", notes: "notifications" };
const NO_AREA = "No area is chosen. Until one is, the alerts of all areas call you.";

export class Attention {
  #form;
  #choices;
  #now;
  #onChange;
  #areas = new Map();
  #mine;
  #sound;
  #notes;
  #noteGate = new SoundGate();
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
   */
  constructor(form, { choices, now, onChange, onChoose }) {
    this.#form = form;
    this.#choices = choices;
    this.#now = now;
    this.#onChange = onChange;
    this.#mine = readMine(choices.get(KEPT.mine));
    const onState = () => this.#draw();
    this.#sound = new Sound({ wanted: choices.get(KEPT.sound) === "on", now, onState });
    this.#notes = new SystemNotes({ wanted: choices.get(KEPT.notes) === "on", onState, onChoose });
    this.#listen();
    this.#fill();
    this.#draw();
  }

  /** Offer these areas (Map by Feature id). */
  showAreas(areas) {
    if (areas === this.#areas) return;
    this.#areas = areas;
    this.#fill();
    this.#draw();
  }

  /** entry => whether it is to toast and sound. */
  get concerns() {
    return concerning(this.#mine, this.#areas);
  }

  /** Call the person: *come* are the entries that are news, *groups* all that are pending; both theirs alone. */
  call(come, groups) {
    if (!come.length) return;
    this.#sound.sound(come);
    this.#notes.show(groups, { isNews: this.#noteGate.pass(come, this.#now()) !== null });
  }

  /** The page is not live any more: who relies on the sound must hear it. */
  callNotLive() {
    this.#sound.soundNotLive();
  }

  #listen() {
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("change", () => this.#read());
    this.#soundSwitch.addEventListener("click", async () => {
      const wanted = !this.#sound.wanted;
      this.#choices.set(KEPT.sound, wanted ? "on" : "off");
      await this.#sound.switchTo(wanted);
      this.#draw();
    });
    this.#notesSwitch.addEventListener("click", async () => {
      await this.#notes.switchTo(!this.#notes.wanted);
      this.#choices.set(KEPT.notes, this.#notes.wanted ? "on" : "off");
    });
    window.addEventListener("storage", (event) => {
      if (!this.#choices.isAbout(event, KEPT.mine)) return;
      this.#mine = readMine(this.#choices.get(KEPT.mine));
      this.#fill();
      this.#draw();
      this.#onChange();
    });
  }

  #read() {
    const { elements } = this.#form;
    const boxes = [...this.#areaList.querySelectorAll("input")];
    const listed = new Set(boxes.map(({ value }) => value));
    const chosen = boxes.filter(({ checked }) => checked).map(({ value }) => value);
    chosen.push(...(this.#mine.areas ?? []).filter((id) => !listed.has(id))); // not loaded yet
    const isSome = elements["mine-areas"].value === "some";
    this.#mine = { areas: isSome ? chosen : null, severity: elements["mine-severity"].value };
    this.#choices.set(KEPT.mine, writeMine(this.#mine));
    this.#draw();
    this.#onChange();
  }

  /** Put what is chosen into the form. */
  #fill() {
    const { elements } = this.#form;
    const focused = /** @type {HTMLInputElement} */ (document.activeElement);
    elements["mine-severity"].value = this.#mine.severity;
    elements["mine-areas"].value = this.#mine.areas ? "some" : "all";
    const named = [...this.#areas].sort((a, b) => a[1].properties.name.localeCompare(b[1].properties.name));
    const wasFocused = this.#areaList.contains(focused) ? focused.value : null;
    this.#areaList.replaceChildren(
      ...named.map(([id, { properties }]) => {
        const box = element("input", { type: "checkbox", value: id, autocomplete: "off" });
        box.checked = this.#mine.areas?.includes(id) ?? false;
        return element("label", {}, box, " ", element("bdi", {}, properties.name));
      }),
    );
    if (wasFocused) [...this.#areaList.querySelectorAll("input")].find(({ value }) => value === wasFocused)?.focus();
  }

  #draw() {
    const isSome = this.#mine.areas !== null;
    this.#areaList.hidden = !isSome;
    const problem = isSome && this.#areas.size && !chosenAreas(this.#mine, this.#areas) ? NO_AREA : "";
    if (this.#problem.textContent !== problem) this.#problem.textContent = problem;
    drawSwitch(this.#soundSwitch, "Sound", this.#sound.wanted, SOUND_WORDS[this.#sound.state], this.#sound.state);
    drawSwitch(
      this.#notesSwitch,
      "System notifications",
      this.#notes.state === "on",
      NOTES_WORDS[this.#notes.state],
      this.#notes.state,
    );
    document.getElementById("sound-help").hidden = this.#sound.state !== "blocked";
    document.getElementById("notes-help").hidden = this.#notes.state !== "refused";
    const words = [describeMine(this.#mine, this.#areas), `sound: ${SOUND_WORDS[this.#sound.state]}`];
    if (this.#notes.wanted) words.push(`notifications: ${NOTES_WORDS[this.#notes.state]}`);
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
