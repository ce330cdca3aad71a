/** Sentences above the live map: what is wrong with this device's clock, this sign-in, or this page's name. */

import { clock as clockTime } from "../lib/time.js";
import { wrongClockText } from "../live/page_clock.js";

export class PageNotes {
  #clock;
  #config;
  #announce;
  #clockNote = document.getElementById("clock-note");
  #endNote = document.getElementById("session-note");
  #nameNote = document.getElementById("name-note");

  /** *clock*: the page's (live/page_clock.js); *config*: {base_url}; *announce*(text): for those who hear the page. */
  constructor(clock, config, announce) {
    this.#announce = announce;
    this.#clock = clock;
    this.#config = config;
  }

  /** Time passes: somebody may have set the clock. */
  tick() {
    const wasHidden = this.#clockNote.hidden;
    const text = wrongClockText(this.#clock.wrongBy());
    show(this.#clockNote, text);
    if (text && wasHidden) this.#announce(text); // once: its minutes may go on
  }

  /** The sign-in ends then; null: not soon. */
  showEnd(end) {
    const text = end ? `You will be signed out at ${clockTime(end)}: your sign-in cannot be prolonged any more.` : "";
    const wasHidden = this.#endNote.hidden;
    show(this.#endNote, text);
    if (text && wasHidden) this.#announce(text);
  }

  /** @param {Live.Status} status */
  followStatus({ state, why }) {
    const { base_url } = this.#config;
    const isOther = state === "ended" && why === "other-name";
    const text = `This page was opened by another name than ${base_url}. Under this name nothing comes in live.`;
    show(this.#nameNote, isOther ? text : "");
    if (state === "ended") this.showEnd(null); // the badge says more
  }
}

/** The sentence in its place, which is hidden without one; a link in it stays. */
function show(note, text) {
  const place = note.querySelector("span");
  if (place.textContent !== text) place.textContent = text;
  note.hidden = !text;
}
