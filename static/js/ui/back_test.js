/** The lines of the area form that say what the shape, as it is now, would have meant, and what saving it raises. */

import { askJSON, Refusal } from "../lib/ask.js";
import { alertsNowSentence, backTestSentence, DRAW_SOMETHING } from "../lib/back_test.js";
import { Latest } from "../lib/latest.js";

export class BackTest {
  #line;
  #now;
  #severity;
  #answer = null; // for all thresholds: another one needs no other question
  #latest;

  /**
   * *line*: where it is said, with *data-url*, whom to ask, and *data-area*, the number of the one that is edited;
   * *now*: where it is said what saving it raises, in the fieldset where that is chosen; *severity*: the form's select.
   */
  constructor(line, now, severity, token) {
    const { url, area } = line.dataset;
    this.#line = line;
    this.#now = now;
    this.#severity = severity;
    this.#latest = new Latest({
      ask: (polygon, signal) => askJSON(url, { signal, token, fields: { polygon, area } }),
      onAnswer: (answer) => {
        this.#answer = answer;
        this.#draw();
      },
      onFailure: (error) => {
        this.#answer = null;
        const why = error instanceof Refusal ? error.message : "The server cannot be reached.";
        this.#say(`The alerts of this shape cannot be counted. ${why}`);
      },
      waitMs: 400,
    });
    severity.addEventListener("change", () => this.#draw());
    now.closest("fieldset").addEventListener("change", () => this.#draw());
    this.shape("");
  }

  /** The shape is this now (GeoJSON text; empty: there is none). */
  shape(text) {
    if (text) {
      this.#line.classList.add("is-asking"); // what stands there is about the shape as it was
      if (!this.#answer) this.#line.textContent = "Counting the alerts of this shape …";
      this.#latest.put(text);
    } else {
      this.#latest.cancel();
      this.#answer = null;
      this.#say(DRAW_SOMETHING);
    }
  }

  #draw() {
    if (!this.#answer) return;
    const { value: code, text: label } = this.#severity.selectedOptions[0];
    if (!(code in this.#answer.thresholds)) return;
    const chosen = /** @type {HTMLInputElement | null} */ (this.#now.closest("fieldset").querySelector(":checked"));
    const sentence = alertsNowSentence(this.#answer.now[code], chosen?.value === "known");
    this.#say(backTestSentence(this.#answer, { code, label }), sentence);
  }

  #say(sentence, now = "") {
    this.#line.classList.remove("is-asking");
    if (this.#line.textContent !== sentence) this.#line.textContent = sentence;
    if (this.#now.textContent !== now) this.#now.textContent = now;
  }
}
