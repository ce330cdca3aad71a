/** The form of an area: draw it, paste GeoJSON, or load a file. */

import "../map/basemap.js";
import { onAreaField } from "../map/area_field.js";

const LARGEST_BYTES = 4 * 1024 * 1024; // as the server takes

onAreaField((areaField) => {
  const input = document.getElementById("id_geojson_file");
  input?.addEventListener("change", async () => {
    const [file] = input.files;
    input.value = ""; // so that the same file can be chosen again
    if (!file) return;
    if (file.size > LARGEST_BYTES) areaField.complain("This file is too large: at most 4 MB.");
    else areaField.fill(await file.text());
  });
});
