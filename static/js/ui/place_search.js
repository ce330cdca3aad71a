/** Finding a place by typing: the name of a town, or coordinates. */

import { askJSON } from "../lib/ask.js";
import { Latest } from "../lib/latest.js";
import { toldApart } from "../lib/place_notes.js";
import { degrees, readPair } from "../map/coordinates.js";
import { Combobox } from "./combobox.js";

const LEAST_LETTERS = 2; // as the server asks for
const CLOSE_ZOOM = 14;
const FAR_ZOOM = 6; // on a map of a continent or more its middle says nothing about where a person means

export class PlaceSearch {
  #map;
  #status;
  #combobox;
  #latest;
  #hasPin;
  #isAsking = false;
  #isWanted = false; // Enter was pressed before the list has come

  /**
   * *box*: the element of _point_picker.html; *onPlace*(point, {zoom, label}) when one is chosen; *hasPin*() whether a
   * place is chosen already.
   */
  constructor(box, map, onPlace, hasPin = () => false) {
    this.#map = map;
    this.#hasPin = hasPin;
    this.#status = box.querySelector("[role=status]");
    this.#combobox = new Combobox(box.querySelector("input"), box.querySelector("[role=listbox]"), {
      onType: (text) => this.#typed(text),
      onChoose: ({ point, zoom }, label) => {
        this.#latest.cancel(); // an answer that is still to come is about what was typed before
        this.#say("");
        onPlace(point, { zoom, label });
      },
      onEnter: () => {
        if (!this.#isAsking) return;
        this.#isWanted = true;
        this.#say("Looking it up …");
      },
    });
    this.#latest = new Latest({
      ask: (text, signal) => askJSON(`${box.dataset.url}?${this.#question(text)}`, { signal }),
      onAnswer: ({ places }) => this.#found(places),
      onFailure: () => this.#failed("Places cannot be looked up now. Set the pin on the map instead."),
      waitMs: 200,
    });
  }

  #typed(text) {
    this.#isAsking = this.#isWanted = false;
    const point = readPair(text);
    if (point) {
      this.#latest.cancel();
      const label = `${degrees(point.latitude)}, ${degrees(point.longitude)}`;
      this.#combobox.show([{ label, note: "these coordinates", value: { point, zoom: CLOSE_ZOOM } }]);
      this.#say("");
    } else if ([...text.trim()].length >= LEAST_LETTERS) {
      this.#isAsking = true;
      this.#latest.put(text);
    } else {
      this.#latest.cancel();
      this.#combobox.show([]);
      this.#say("");
    }
  }

  #question(text) {
    const question = new URLSearchParams({ q: text });
    if (this.#map.getZoom() >= FAR_ZOOM) {
      const { lat, lng } = this.#map.getCenter().wrap();
      question.set("latitude", lat.toFixed(1));
      question.set("longitude", lng.toFixed(1));
    }
    return question;
  }

  #failed(sentence) {
    this.#isAsking = this.#isWanted = false;
    this.#say(sentence);
  }

  #found(places) {
    const isWanted = this.#isWanted;
    this.#isAsking = this.#isWanted = false;
    this.#combobox.show(
      toldApart(places).map(({ name, note, latitude, longitude }) => ({
        label: name,
        note,
        value: { point: { latitude, longitude }, zoom: CLOSE_ZOOM - 1 },
      })),
    );
    if (!places.length) {
      const stays = this.#hasPin() ? " The pin stays where it was: it is not there." : "";
      this.#say(`No town of that name is known here. Try another one nearby, or set the pin on the map.${stays}`);
    } else if (isWanted && places.length === 1) {
      this.#combobox.takeFirst();
    } else {
      const found = `${places.length === 1 ? "1 place" : `${places.length} places`} found.`;
      this.#say(isWanted ? `${found} Choose one of them.` : found, { seen: isWanted });
    }
  }

  /** *seen* false: for screen readers only; the others see the list. */
  #say(sentence, { seen = true } = {}) {
    this.#status.textContent = sentence;
    this.#status.classList.toggle("visually-hidden", !seen);
  }
}
