/** The one popup of the map: what an incident or an area is and what can be done about it, kept up to date while open. */

import { button, element, timeElement } from "../lib/dom.js";
import { isolated } from "../lib/isolated.js";
import { severityIcon } from "../lib/severity.js";
import { inAreas, isSameList, isWaiting } from "../live/alert_cards.js";
import { latLngOf } from "./incident_layer.js";
import { L } from "./leaflet.js";

const WIDTHS = { minWidth: 180, maxWidth: 300 };
const FRAME_PX = 48; // what Leaflet puts around the content
const BELOW_PX = 64; // its frame, its tip and half of the marker
const LEAST_PX = 80; // of the content is seen; the rest scrolls

export class FeaturePopup {
  #map;
  #popup = L.popup(WIDTHS);
  #taken;
  #actions;
  #feature = null;
  #alerts = [];
  #placeOf;

  /**
   * *taken*() gives {left, top, right, bottom}: how much of the map's edges lies under something else, in pixels.
   * *actions*: {alertsOf(id) gives the alerts of an incident; acknowledge(numbers), close(pk) or null: this person may
   * not; editURL(pk), or null}. *placeOf*(feature): where an incident is drawn.
   */
  constructor(map, { taken, actions, placeOf = latLngOf }) {
    this.#map = map;
    this.#taken = taken;
    this.#actions = actions;
    this.#placeOf = placeOf;
    map.on("popupclose", () => {
      this.#feature = null;
    });
  }

  /** Open it for this feature. *makeRoom*: the map may move a little so that all of it is seen. */
  open(feature, latlng, { makeRoom }) {
    this.#open(this.#contentOf(feature), latlng, makeRoom);
    this.#feature = feature;
  }

  /** Several areas lie here: offer them. *onChoose*(feature). */
  offer(features, latlng, onChoose) {
    const choices = features.map((feature) => {
      const { name, severity, severity_code } = feature.properties;
      const choice = button("popup-choice", "", () => onChoose(feature), { title: `Alerts from ${severity}` });
      choice.append(severityIcon(severity_code), element("bdi", {}, name));
      return element("li", {}, choice);
    });
    const title = element("h3", {}, `${features.length} areas here`);
    this.#open(element("div", { class: "feature-popup" }, title, element("ul", {}, ...choices)), latlng, true);
    this.#feature = null;
  }

  #open(content, latlng, makeRoom) {
    const { left, top, right, bottom } = this.#taken();
    const { x, y } = this.#map.getSize();
    const width = x - left - right - FRAME_PX;
    Object.assign(this.#popup.options, {
      autoPan: makeRoom,
      autoPanPaddingTopLeft: [left, top],
      autoPanPaddingBottomRight: [right, bottom],
      maxWidth: Math.max(WIDTHS.minWidth, Math.min(WIDTHS.maxWidth, width)),
      maxHeight: Math.max(LEAST_PX, y - top - bottom - BELOW_PX),
    });
    this.#popup.setLatLng(latlng).setContent(content).openOn(this.#map);
    this.#popup.options.autoPan = false; // from now on only what it shows moves, never the user's view
  }

  /** Follow a new state: *find*(id) gives the feature as it is now, or undefined. */
  follow(find) {
    if (!this.#feature) return;
    const feature = find(this.#feature.id);
    if (!feature) {
      this.#popup.close();
    } else if (feature !== this.#feature || !isSameList(this.#alerts, this.#actions.alertsOf(feature.id))) {
      this.#feature = feature;
      this.#popup.setContent(this.#contentOf(feature));
      if (feature.properties.model === "Incident") this.#popup.setLatLng(this.#placeOf(feature));
    }
  }

  /** What is drawn in another copy of the world has its popup there. */
  turn() {
    if (this.#feature?.properties.model === "Incident") this.#popup.setLatLng(this.#placeOf(this.#feature));
  }

  #contentOf(feature) {
    this.#alerts = this.#actions.alertsOf(feature.id);
    return contentOf(feature, this.#alerts, this.#actions);
  }
}

function contentOf({ properties }, alerts, { acknowledge, close, editURL }) {
  const { name, severity, severity_code, description, created, model, url, pk } = properties;
  const isIncident = model === "Incident";
  const words = isIncident ? severity : `Alerts from ${severity}`;
  const content = element(
    "div",
    { class: "feature-popup" },
    element("h3", {}, element("bdi", {}, name)),
    element("p", { class: `severity severity-${severity_code}` }, severityIcon(severity_code), words),
  );
  if (description) content.append(element("p", { class: "description" }, description));
  if (created) content.append(element("p", {}, "Reported ", timeElement(created)));
  content.append(...alertLines(alerts));
  const waiting = alerts.filter(isWaiting).map(({ alert }) => alert);
  /** @type {HTMLElement[]} */
  const parts = [element("a", { href: url }, "Details")];
  if (isIncident && waiting.length && acknowledge) {
    parts.unshift(deed("btn btn-sm btn-primary", "Acknowledge", () => acknowledge(waiting)));
  }
  if (isIncident && editURL) parts.push(element("a", { href: editURL(pk) }, "Edit"));
  if (isIncident && close) {
    parts.push(deed("btn btn-sm btn-outline-secondary", "Close the incident", () => close(pk)));
  }
  content.append(element("div", { class: "popup-actions" }, ...parts));
  return content;
}

/** In which areas alerts wait, and who has acknowledged others. */
function alertLines(alerts) {
  const lines = [];
  const waiting = alerts.filter(isWaiting);
  if (waiting.length) lines.push(element("p", {}, element("strong", {}, "Alert waits"), ` ${inAreas(waiting)}`));
  for (const { area_name, by, at } of alerts.filter((entry) => !isWaiting(entry))) {
    const who = by ? ` by ${isolated(by)}` : "";
    lines.push(
      element("p", {}, `Acknowledged in ${isolated(area_name)}${who}`, ...(at ? [", ", timeElement(at)] : [])),
    );
  }
  return lines;
}

/** A button that does one thing once; the second half of a double click is about nothing that was read. */
function deed(className, label, act) {
  const node = button(className, label, (event) => {
    if (event.detail > 1) return;
    node.disabled = true;
    Promise.resolve(act()).finally(() => {
      node.disabled = false;
    });
  });
  return node;
}
