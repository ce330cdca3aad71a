/** Calls a person: which alerts toast and sound (live/mine.js), the sound itself, and system notifications. */

import { concerning, readMine, writeMine } from "../live/mine.js";
import { SoundGate } from "../live/sounding.js";
import { Sound } from "./sound.js";
import { SystemNotes } from "./system_notes.js";

const KEPT = { mine: "mine", sound: "sound", notes: "notifications" };

export class Caller {
  #choices;
  #now;
  #onDraw;
  #noteGate = new SoundGate();
  mine;
  sound;
  notes;
  areas = new Map();

  /**
   * @param choices   what was chosen before, and where to keep it (live/choices.js)
   * @param now       () => ms, never back (live/page_clock.js)
   * @param onChange  () => void: other alerts are mine now, as another window has it
   * @param onDraw    () => void: how it calls has changed
   * @param onChoose  (entries) => void: a system notification was clicked
   */
  constructor({ choices, now, onChange, onDraw, onChoose }) {
    this.#choices = choices;
    this.#now = now;
    this.#onDraw = onDraw;
    this.mine = readMine(choices.get(KEPT.mine));
    this.sound = new Sound({ wanted: choices.get(KEPT.sound) === "on", now, onState: onDraw });
    this.notes = new SystemNotes({ wanted: choices.get(KEPT.notes) === "on", onState: onDraw, onChoose });
    window.addEventListener("storage", (event) => {
      if (!choices.isAbout(event, KEPT.mine)) return;
      this.mine = readMine(choices.get(KEPT.mine));
      onChange();
    });
  }

  /** entry => whether it is to toast and sound. */
  get concerns() {
    return concerning(this.mine, this.areas);
  }

  /** Call the person: *come* are the entries that are news, *groups* all that are pending; both theirs alone. */
  call(come, groups) {
    if (!come.length) return;
    this.sound.sound(come);
    this.notes.show(groups, { isNews: this.#noteGate.pass(come, this.#now()) !== null });
  }

  /** The page is not live any more: who relies on the sound must hear it. */
  callNotLive() {
    this.sound.soundNotLive();
  }

  choose(mine) {
    this.mine = mine;
    this.#choices.set(KEPT.mine, writeMine(mine));
  }

  async switchSound() {
    const wanted = !this.sound.wanted;
    this.#choices.set(KEPT.sound, wanted ? "on" : "off");
    await this.sound.switchTo(wanted);
    this.#onDraw();
  }

  async switchNotes() {
    await this.notes.switchTo(!this.notes.wanted);
    this.#choices.set(KEPT.notes, this.notes.wanted ? "on" : "off");
  }
}
