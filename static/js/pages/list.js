/** A list of incidents, areas or alerts: filters that act at once, the map beside the rows, and choosing several. */

import "../map/basemap.js";
import { pageData } from "../lib/dom.js";
import { onMap } from "../map/leaflet.js";
import { ListMap } from "../map/list_map.js";
import { ListFilters } from "../ui/list_filters.js";
import { Selection } from "../ui/selection.js";
import { showTimes } from "../ui/times.js";

const container = document.getElementById("list-rows");
/** @type {Selection | null} */
let selection = null;
/** @type {ListMap | null} */
let map = null;

/** What depends on which rows there are. */
function show() {
  const all = document.getElementById("select-all");
  const boxes = [...document.querySelectorAll('input[type="checkbox"][form="bulk"]')];
  selection = all && new Selection(boxes, all, [...document.querySelectorAll("#bulk [data-chosen]")]);
  showTimes();
  drawMap();
}

function drawMap() {
  const rows = /** @type {NodeListOf<HTMLElement>} */ (container.querySelectorAll("tr[data-row]"));
  const drawn = [...rows].map((row) => ({
    number: row.dataset.row,
    severity: row.dataset.severity,
    name: row.querySelector(".name-cell").textContent.trim(),
  }));
  map?.draw(drawn, pageData("places") ?? {});
}

/** The row that this is in; an empty text where it is in none. */
function numberOf(target) {
  /** @type {HTMLElement | null} */
  const row = target instanceof Element ? target.closest("tr[data-row]") : null;
  return row?.dataset.row ?? "";
}

function goTo(number) {
  const row = container.querySelector(`tr[data-row="${number}"]`);
  row?.scrollIntoView({ block: "center" });
  /** @type {HTMLElement} */ (row?.querySelector(".name-cell a"))?.focus({ preventScroll: true });
}

onMap("list-map", (leaflet) => {
  map = new ListMap(leaflet, goTo);
  drawMap();
});
for (const event of ["pointerover", "focusin"]) {
  container.addEventListener(event, ({ target }) => map?.mark(numberOf(target)));
}
for (const event of ["pointerleave", "focusout"]) container.addEventListener(event, () => map?.mark(""));
window.addEventListener("pageshow", () => selection?.show()); // a page that comes back keeps what was chosen
new ListFilters(document.querySelector("form.filters"), {
  parts: ["list-tools", "list-rows"],
  said: document.getElementById("list-said"),
  problem: document.getElementById("list-problem"),
  onShown: show,
});
show();
