/**
 * The form of an incident: choosing its point, among what is there already. The server fills in the place in words if it
 * is left empty. When an incident is moved, what the site had filled in follows; what a person has typed stays, and that
 * is said.
 */

import "../map/basemap.js";
import { keepKey } from "../lib/form_key.js";
import { showComparedShapes } from "../map/compared_shapes.js";
import { onMap } from "../map/leaflet.js";
import { PointPicker } from "../map/point_picker.js";
import { Surroundings } from "../map/surroundings.js";
import { NearbyIncidents } from "../ui/nearby_incidents.js";
import { fieldOf, PlacePrefill } from "../ui/place_prefill.js";

const ROOM_PX = 780; // of a window in which all fields and the button below them are seen at once
foldWhatNobodyNeeds();
keepKey(/** @type {HTMLInputElement | null} */ (document.getElementById("id_submission")), window.history);
showComparedShapes();
onMap("point-map", (map) => {
  const form = document.getElementById("incident-form");
  const { siteWords, nearestUrl, incidentsUrl = "", areasUrl = "", feature } = form.dataset;
  const note = document.getElementById("surroundings-note");
  new Surroundings(map, { incidents: incidentsUrl, areas: areasUrl, except: feature, note });
  if (siteWords === undefined) {
    lookForOthers(map, form);
    return;
  }
  const place = fieldOf("place");
  const said = document.getElementById("place-words");
  const say = (words) => {
    const stays = words && place.value.trim() && place.value !== words;
    said.textContent = stays ? `This is ${words}. The place in words still says “${place.value}”.` : words;
  };
  const ours = siteWords.split(" ").filter(Boolean);
  const filled = Object.fromEntries(ours.map((name) => [name, fieldOf(name).defaultValue])); // not what a draft has put there
  const prefill = new PlacePrefill(nearestUrl, say, filled, [...new Set(["place", ...ours])], filled);
  new PointPicker(map, (point) => prefill.at(point));
});

/** In a low window what may be left empty is folded away, as long as it is empty and nothing is wrong with it. */
function foldWhatNobodyNeeds() {
  const more = /** @type {HTMLDetailsElement} */ (document.getElementById("more-fields"));
  const inputs = [...more.querySelectorAll("input")];
  const isNeeded = inputs.some((each) => each.value || each.classList.contains("is-invalid"));
  more.open = window.innerHeight >= ROOM_PX || isNeeded;
}

/** A new incident: is it open already? */
function lookForOthers(map, form) {
  const box = document.getElementById("nearby");
  const nearby = box && new NearbyIncidents(box, form, { onNone: () => fieldOf("name").focus() });
  const picker = new PointPicker(map, (point) => nearby?.at(point));
  if (picker.point) nearby?.at(picker.point); // the form came back
}
