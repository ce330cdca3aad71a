/**
 * Maps on paper: each as it is seen, made smaller or larger as a whole so that it fits the page. Leaflet notices nothing
 * of it, so nothing has to be loaded while the browser prints.
 */

const WIDTH_PX = 680; // between the margins of A4 and of Letter
const HEIGHTS_PX = { "live-map": 540, "detail-map": 320 }; // the live map with its legend on one page, also across
const LARGEST = 2; // times

/** The maps that are printed, and how high; those of forms are not. */
function printed() {
  return Object.entries(HEIGHTS_PX)
    .map(([id, height]) => ({ map: document.getElementById(id), height }))
    .filter(({ map }) => map?.offsetWidth && map.offsetHeight);
}

function fit() {
  for (const { map, height } of printed()) {
    const size = { width: map.offsetWidth, height: map.offsetHeight };
    const scale = Math.min(WIDTH_PX / size.width, height / size.height, LARGEST);
    Object.assign(map.style, {
      width: `${size.width}px`,
      height: `${size.height}px`,
      transform: `scale(${scale})`,
      transformOrigin: "0 0",
    });
    Object.assign(map.parentElement.style, { width: `${size.width * scale}px`, height: `${size.height * scale}px` });
  }
  sayFilter();
}

function restore() {
  for (const { map } of printed()) {
    Object.assign(map.style, { width: "", height: "", transform: "", transformOrigin: "" });
    Object.assign(map.parentElement.style, { width: "", height: "" });
  }
}

/** What the live map hides is said on paper, too. */
function sayFilter() {
  const words = document.querySelector(".panel-section.is-active #filters-now")?.textContent;
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-print-filter]"))) {
    node.textContent = words ? `. ${node.dataset.words} ${words}` : "";
  }
}

window.addEventListener("beforeprint", fit);
window.addEventListener("afterprint", restore);
