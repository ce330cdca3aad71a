/**
 * Choosing a point: a pin on the map, typed coordinates and this device's location, all the same value. The fields are
 * the truth (they are what is sent); the pin shows them.
 */

import { element } from "../lib/dom.js";
import { degrees, pointText, readCoordinates } from "./coordinates.js";
import { currentPosition } from "./geolocation.js";
import { L } from "./leaflet.js";

const CLOSE_ZOOM = 14;
const field = (name) => document.getElementById(`id_${name}`);

export class PointPicker {
  #map;
  #onPoint;
  #pin = null;
  #circle = null;
  #status = document.getElementById("location-status");

  /** *onPoint*({latitude, longitude}) whenever a person has chosen a place. */
  constructor(map, onPoint = () => {}) {
    this.#map = map;
    this.#onPoint = onPoint;
    map.on("click", ({ latlng }) => this.#pinned(latlng));
    for (const name of ["latitude", "longitude"]) field(name).addEventListener("input", () => this.#typed());
    document.getElementById("use-my-location").addEventListener("click", () => this.locate());
    this.#showStored();
  }

  /** Ask the device where it is; says how it went. */
  async locate() {
    this.#status.textContent = "Finding your location …";
    try {
      const { accuracy_m, ...point } = await currentPosition();
      this.#setFields(point, accuracy_m);
      this.#status.textContent = `Your location, to about ${distance(accuracy_m)}. Drag the pin if it is not right.`;
      this.#draw(point, accuracy_m);
      if (accuracy_m > 100) this.#map.fitBounds(this.#circle.getBounds());
      else this.#map.setView(this.#pin.getLatLng(), Math.max(this.#map.getZoom(), CLOSE_ZOOM));
      this.#onPoint(point);
    } catch (error) {
      this.#status.textContent = error.message;
    }
  }

  #showStored() {
    const point = readCoordinates(field("latitude").value, field("longitude").value);
    if (!point) return;
    const accuracy_m = Number.parseFloat(field("accuracy_m").value);
    this.#draw(point, accuracy_m);
    this.#map.setView([point.latitude, point.longitude], CLOSE_ZOOM, { animate: false });
  }

  /** On the map, by hand: no device vouches for the accuracy any more. */
  #pinned(latlng) {
    const { lat, lng } = latlng.wrap();
    const point = { latitude: lat, longitude: lng };
    this.#setFields(point, null);
    this.#status.textContent = "";
    this.#draw(point, null);
    this.#onPoint(point);
  }

  #typed() {
    const point = readCoordinates(field("latitude").value, field("longitude").value);
    field("accuracy_m").value = "";
    field("location").value = point ? pointText(point) : "";
    this.#draw(point, null);
    if (!point) return;
    this.#map.panTo([point.latitude, point.longitude]);
    this.#onPoint(point);
  }

  #setFields(point, accuracy_m) {
    field("latitude").value = degrees(point.latitude);
    field("longitude").value = degrees(point.longitude);
    field("location").value = pointText(point);
    field("accuracy_m").value = accuracy_m === null ? "" : Math.round(accuracy_m);
  }

  #draw(point, accuracy_m) {
    this.#circle?.remove();
    this.#circle = null;
    if (!point) {
      this.#pin?.remove();
      this.#pin = null;
      return;
    }
    const latlng = [point.latitude, point.longitude];
    if (accuracy_m > 0) {
      this.#circle = L.circle(latlng, { radius: accuracy_m, className: "accuracy", interactive: false }).addTo(this.#map);
    }
    if (this.#pin) this.#pin.setLatLng(latlng);
    else this.#pin = this.#newPin(latlng);
  }

  #newPin(latlng) {
    const icon = L.divIcon({ className: "pin", html: element("span"), iconSize: [30, 32], iconAnchor: [15, 31] });
    const pin = L.marker(latlng, { draggable: true, autoPan: true, icon, keyboard: false }).addTo(this.#map);
    pin.on("dragend", () => this.#pinned(pin.getLatLng()));
    return pin;
  }
}

/** A distance in m or km. */
function distance(metres) {
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`;
}
