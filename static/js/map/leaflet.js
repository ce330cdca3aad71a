/** The only door to the global `L`, which django-leaflet's classic scripts put there before any module runs. */

export const L = window.L;

/**
 * Call *use* for every map that django-leaflet makes, when it makes it (at the window's load event).
 * @param {(map: L.Map, options: object) => void} use
 */
export function onEveryMap(use) {
  window.addEventListener("map:init", ({ detail }) => use(detail.map, detail.options));
}

/**
 * The same for the map in the element with this id.
 * @param {string} id
 * @param {(map: L.Map, options: object) => void} use
 */
export function onMap(id, use) {
  onEveryMap((map, options) => {
    if (map.getContainer().id === id) use(map, options);
  });
}
