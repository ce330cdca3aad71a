/** Where a form's map starts that has nothing to show yet. */

const CLOSEST = 12; // the zoom at which it starts at most

/**
 * At the areas of interest, if the page says where they are (data-map-start around the map).
 * @param {L.Map} map
 */
export function startAtAreas(map) {
  const around = /** @type {HTMLElement | null} */ (map.getContainer().closest("[data-map-start]"));
  const { mapStart } = around?.dataset ?? {};
  if (mapStart) map.fitBounds(JSON.parse(mapStart), { animate: false, maxZoom: CLOSEST });
}
