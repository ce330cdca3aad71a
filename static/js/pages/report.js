/** The public report page: where it is, whether it is known already, what happened; sent so that nothing typed is lost. */

import "../map/basemap.js";
import { isGranted } from "../map/geolocation.js";
import { onMap } from "../map/leaflet.js";
import { PointPicker } from "../map/point_picker.js";
import { NearbyIncidents } from "../ui/nearby_incidents.js";
import { PlacePrefill } from "../ui/place_prefill.js";
import { ReportDraft } from "../ui/report_draft.js";
import { ReportSender } from "../ui/report_sender.js";

const LOCATION_MS = 8000; // so long is a location waited for that is still being found when the report is sent
const WORDS_MS = 3000; // and the words for its place, without which it has no name
const pause = (ms) => new Promise((resolve) => window.setTimeout(resolve, ms));
const form = document.getElementById("report");
const name = /** @type {HTMLInputElement} */ (document.getElementById("id_name"));
let prefill = null; // until the map is there
let picker = null;
const draft = new ReportDraft(form, () => prefill?.filled ?? filledBefore);
const filledBefore = draft.ours;
const restored = !("answered" in form.dataset) && draft.restore();
/** @type {HTMLDetailsElement} */
const coordinates = form.querySelector(".coordinate-entry");
coordinates.open = coordinates.querySelector(".is-invalid") !== null;
coordinates.classList.add("is-ready");

new ReportSender(form, document.getElementById("send-status"), {
  ready: async () => {
    if (picker && !picker.point) await Promise.race([picker.located, pause(LOCATION_MS)]);
    if (prefill && !name.value.trim()) await Promise.race([prefill.settled, pause(WORDS_MS)]);
    prefill?.cancel(); // sent once more, it is the same form
  },
  onSent: () => draft.sent(),
  onLost: () => draft.touch(),
});

const note = document.getElementById("draft-note");
note.hidden = !restored;
note.querySelector("button").addEventListener("click", () => {
  draft.drop();
  window.location.replace(window.location.pathname);
});

onMap("point-map", async (map) => {
  const placeWords = document.getElementById("place-words");
  const say = (place) => {
    placeWords.textContent = place;
  };
  prefill = new PlacePrefill(form.dataset.nearestUrl, say, filledBefore);
  const box = document.getElementById("nearby");
  const nearby =
    box &&
    new NearbyIncidents(box, form, {
      onNone: () => document.getElementById("id_name").focus(),
      onTell: () => draft.touch(), // its key is kept: told again, it is the same form
    });
  picker = new PointPicker(map, (point) => {
    if (point.accuracy_m === null) draft.touch(); // by hand
    prefill.at(point);
    nearby?.at(point);
  });
  if (picker.point) {
    nearby?.at(picker.point); // the form came back
    say(/** @type {HTMLInputElement} */ (document.getElementById("id_place")).value);
  } else if (await isGranted()) {
    picker.locate();
  }
});
