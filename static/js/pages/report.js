/** The public report page: asks for the device's position at once, and fills in the words from it. */

import "../map/basemap.js";
import { mayAsk } from "../map/geolocation.js";
import { onMap } from "../map/leaflet.js";
import { PointPicker } from "../map/point_picker.js";
import { PlacePrefill } from "../ui/place_prefill.js";

onMap("point-map", async (map) => {
  const form = document.querySelector("form[data-nearest-url]");
  const prefill = new PlacePrefill(form.dataset.nearestUrl);
  const picker = new PointPicker(map, (point) => prefill.at(point));
  const chosenBefore = document.getElementById("id_latitude").value !== ""; // the form came back with an error
  if (!chosenBefore && (await mayAsk())) picker.locate();
});
