/**
 * Choosing a point: a pin on the map, this device's location, a place by its name, typed coordinates: all the same
 * value. The fields are the truth (they are what is sent); the pin shows them.
 */

import { element } from "../lib/dom.js";
import { distance } from "../lib/distance.js";
import { PlaceSearch } from "../ui/place_search.js";
import { degrees, pointText, problemWith, readCoordinates, readDegrees, readFieldPair } from "./coordinates.js";
import { startAtAreas } from "./form_start.js";
import { currentPosition } from "./geolocation.js";
import { L } from "./leaflet.js";

const CLOSE_ZOOM = 15;
const IS_SET = "The pin is set. Drag it to correct it.";
const AXES = ["latitude", "longitude"];
const OVER_ALL = 10_000; // incidents around it (incident_layer.js) are not to be in the way of a finger
const ROUGH_M = 1000; // a location that is no better needs a hand
/** @param {string} name */
const field = (name) => /** @type {HTMLInputElement} */ (document.getElementById(`id_${name}`));

export class PointPicker {
  #map;
  #onPoint;
  #pin = null;
  #circle = null;
  #located = Promise.resolve();
  #chosen = 0; // how often a place was chosen: a location that comes late does not undo it
  #status = document.getElementById("location-status");
  #button = document.getElementById("use-my-location");

  /**
   * *onPoint* is called whenever a person has chosen a place.
   * @param {L.Map} map
   * @param {(point: {latitude: number, longitude: number, accuracy_m: number | null}) => void} onPoint
   */
  constructor(map, onPoint = () => {}) {
    this.#map = map;
    this.#onPoint = onPoint;
    map.on("click", ({ latlng }) => this.#pinned(latlng));
    const container = map.getContainer();
    container.setAttribute("role", "application");
    container.setAttribute("aria-label", "Map");
    container.setAttribute("aria-describedby", "point-map-help");
    container.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== container) return;
      event.preventDefault();
      this.#pinned(map.getCenter());
    });
    for (const name of AXES) {
      let before = field(name).value;
      field(name).addEventListener("input", () => {
        const { value } = field(name);
        const isPasted = Math.abs(value.length - before.length) > 1;
        before = value;
        if (isPasted) this.#spread(name);
        this.#typed();
      });
      field(name).addEventListener("change", () => {
        this.#spread(name);
        this.#tidy(name);
        before = field(name).value;
      });
    }
    this.#button.addEventListener("click", () => this.locate());
    const search = document.querySelector(".place-search");
    if (search)
      new PlaceSearch(
        search,
        map,
        (point, { zoom }) => this.#found(point, zoom),
        () => this.point !== null,
      );
    this.show();
  }

  /** The place that is chosen, {latitude, longitude, accuracy_m}, or null. */
  get point() {
    const point = readCoordinates(field("latitude").value, field("longitude").value);
    return point && { ...point, accuracy_m: Number.parseFloat(field("accuracy_m").value) || null };
  }

  /** Settles when no location is being looked for any more. */
  get located() {
    return this.#located;
  }

  /** Show on the map what the fields say. */
  show() {
    const { point } = this;
    if (!point) {
      startAtAreas(this.#map);
      return;
    }
    this.#draw(point, point.accuracy_m);
    this.#map.setView([point.latitude, point.longitude], CLOSE_ZOOM, { animate: false });
    this.#say(IS_SET);
  }

  /** Ask the device where it is; says how it went. */
  locate() {
    this.#located = this.#locate();
    return this.#located;
  }

  async #locate() {
    const chosen = ++this.#chosen;
    this.#say("Finding your location …");
    this.#button.setAttribute("aria-busy", "true");
    try {
      const { accuracy_m, ...point } = await currentPosition();
      if (chosen !== this.#chosen) return;
      this.#set(point, accuracy_m);
      this.#say(
        accuracy_m < ROUGH_M
          ? `Found, ±${distance(accuracy_m)}. Drag the pin to correct it.`
          : `Found only to ±${distance(accuracy_m)}. Drag the pin to the place.`,
      );
      if (accuracy_m > 100) this.#map.fitBounds(this.#circle.getBounds(), { maxZoom: CLOSE_ZOOM });
      else this.#map.setView(this.#pin.getLatLng(), Math.max(this.#map.getZoom(), CLOSE_ZOOM));
    } catch (error) {
      if (chosen === this.#chosen) this.#say(error.message);
    } finally {
      if (chosen === this.#chosen) this.#button.removeAttribute("aria-busy");
    }
  }

  /** By its name: the middle of a town, which nobody takes for the exact place. */
  #found(point, zoom) {
    this.#set(point, null);
    this.#map.setView([point.latitude, point.longitude], Math.max(this.#map.getZoom(), zoom));
    this.#say("Now drag the pin to the exact place.");
  }

  /** On the map, by hand: no device vouches for the accuracy any more. */
  #pinned(latlng) {
    const { lat, lng } = latlng.wrap();
    this.#set({ latitude: lat, longitude: lng }, null);
    this.#say(IS_SET);
  }

  /** A pair that was put into one field belongs into both. */
  #spread(name) {
    const pair = readFieldPair(field(name).value);
    if (!pair) return;
    for (const axis of AXES) field(axis).value = degrees(pair[axis]);
    this.#typed();
  }

  /** What was typed is shown as it was understood, or it is said that it was not. */
  #tidy(name) {
    const input = field(name);
    const isLongitude = name === "longitude";
    const number = readDegrees(input.value, { isLongitude });
    if (number !== null) input.value = degrees(number);
    const problem = problemWith(input.value, { isLongitude });
    input.classList.toggle("is-invalid", problem !== "");
    if (problem) this.#say(`${isLongitude ? "Longitude" : "Latitude"}: ${problem}`);
  }

  #typed() {
    const { point } = this;
    for (const name of AXES) field(name).classList.remove("is-invalid");
    this.#chosen += 1;
    this.#button.removeAttribute("aria-busy");
    field("accuracy_m").value = "";
    field("location").value = point ? pointText(point) : "";
    this.#draw(point, null);
    this.#say("");
    if (!point) return;
    this.#map.panTo([point.latitude, point.longitude]);
    this.#onPoint({ ...point, accuracy_m: null });
  }

  #set(point, accuracy_m) {
    this.#chosen += accuracy_m === null ? 1 : 0;
    this.#button.removeAttribute("aria-busy");
    field("latitude").value = degrees(point.latitude);
    field("longitude").value = degrees(point.longitude);
    field("location").value = pointText(point);
    field("accuracy_m").value = accuracy_m === null ? "" : String(Math.round(accuracy_m));
    this.#draw(point, accuracy_m);
    this.#onPoint({ ...point, accuracy_m });
  }

  #say(sentence) {
    this.#status.textContent = sentence;
  }

  #draw(point, accuracy_m) {
    this.#circle?.remove();
    this.#circle = null;
    if (!point) {
      this.#pin?.remove();
      this.#pin = null;
      return;
    }
    /** @type {L.LatLngTuple} */
    const latlng = [point.latitude, point.longitude];
    if (accuracy_m > 0) {
      this.#circle = L.circle(latlng, { radius: accuracy_m, className: "accuracy", interactive: false }).addTo(
        this.#map,
      );
    }
    if (this.#pin) this.#pin.setLatLng(latlng);
    else this.#pin = this.#newPin(latlng);
  }

  #newPin(latlng) {
    const icon = L.divIcon({ className: "pin", html: element("span"), iconSize: [44, 48], iconAnchor: [22, 47] });
    const options = { draggable: true, autoPan: true, icon, keyboard: false, zIndexOffset: OVER_ALL };
    const pin = L.marker(latlng, options).addTo(this.#map);
    pin.on("dragend", () => this.#pinned(pin.getLatLng()));
    return pin;
  }
}
