/** A list of incidents, areas or alerts: the small maps of its rows, and choosing several. */

import { pageData } from "../lib/dom.js";
import { RowMaps } from "../map/row_maps.js";
import { Selection } from "../ui/selection.js";

const all = document.getElementById("select-all");
if (all) {
  const boxes = [...document.querySelectorAll('input[type="checkbox"][form="bulk"]')];
  new Selection(boxes, all, [...document.querySelectorAll("#bulk [data-chosen]")]);
}
const places = pageData("places");
if (places) new RowMaps([...document.querySelectorAll("canvas[data-place]")], places);
