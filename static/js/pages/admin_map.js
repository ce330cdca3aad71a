/** The maps of Django's admin: the basemap, and areas that are edited polygon by polygon. */

import "../map/basemap.js";
import { keepKey } from "../lib/form_key.js";
import { onAreaField } from "../map/area_field.js";
import { L } from "../map/leaflet.js";

// Leaflet would look for the pin beside a file of its own, by a name that it has not on a deployed site.
L.Icon.Default.imagePath = "";
L.Icon.Default.mergeOptions({
  iconUrl: new URL("../../leaflet/images/marker-icon.png", import.meta.url).href,
  iconRetinaUrl: new URL("../../leaflet/images/marker-icon-2x.png", import.meta.url).href,
  shadowUrl: new URL("../../leaflet/images/marker-shadow.png", import.meta.url).href,
});

keepKey(/** @type {HTMLInputElement | null} */ (document.getElementById("id_submission")), window.history);
onAreaField();
