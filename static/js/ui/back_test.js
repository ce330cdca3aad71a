/** The line of the area form that says what the shape, as it is now, would have meant. */

import { askJSON, Refusal } from "../lib/ask.js";
import { backTestSentence, DRAW_SOMETHING } from "../lib/back_test.js";
import { Latest } from "../lib/latest.js";

export class BackTest {
  #line;
  #severity;
  #answer = null; // for all thresholds: another one needs no other question
  #latest;

  /** *line*: where it is said; *severity*: the form's select; *url* and *token*: whom to ask, and the CSRF token. */
  constructor(line, severity, { url, token }) {
    this.#line = line;
    this.#severity = severity;
    this.#latest = new Latest({
      ask: (polygon, signal) => askJSON(url, { signal, token, fields: { polygon } }),
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
    if (code in this.#answer.thresholds) this.#say(backTestSentence(this.#answer, { code, label }));
  }

  #say(sentence) {
    this.#line.classList.remove("is-asking");
    if (this.#line.textContent !== sentence) this.#line.textContent = sentence;
  }
}
