/** The form of an area: draw it, paste GeoJSON, or load a file; and what the shape would have meant. */

import "../map/basemap.js";
import { csrfToken } from "../lib/dom.js";
import { keepKey } from "../lib/form_key.js";
import { onAreaField } from "../map/area_field.js";
import { showComparedShapes } from "../map/compared_shapes.js";
import { BackTest } from "../ui/back_test.js";

const LARGEST_BYTES = 4 * 1024 * 1024; // as the server takes

keepKey(/** @type {HTMLInputElement | null} */ (document.getElementById("id_submission")), window.history);
showComparedShapes();
onAreaField((areaField) => {
  const line = document.getElementById("back-test");
  const now = document.getElementById("alerts-now");
  const backTest = new BackTest(line, now, document.getElementById("id_severity"), csrfToken());
  areaField.follow((text) => backTest.shape(text));

  const input = /** @type {HTMLInputElement | null} */ (document.getElementById("id_geojson_file"));
  input?.addEventListener("change", async () => {
    const [file] = input.files;
    input.value = ""; // so that the same file can be chosen again
    if (!file) return;
    if (file.size > LARGEST_BYTES) areaField.complain("This file is too large: at most 4 MB.");
    else areaField.fill(await file.text());
  });
});
