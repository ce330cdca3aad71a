/** The form of an incident: choosing its point. The server fills in the place in words if it is left empty. */

import "../map/basemap.js";
import { keepKey } from "../lib/form_key.js";
import { showComparedShapes } from "../map/compared_shapes.js";
import { onMap } from "../map/leaflet.js";
import { PointPicker } from "../map/point_picker.js";

keepKey(/** @type {HTMLInputElement | null} */ (document.getElementById("id_submission")), window.history);
showComparedShapes();
onMap("point-map", (map) => new PointPicker(map));
