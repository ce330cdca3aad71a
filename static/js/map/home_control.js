/** A button under those for zooming: back to where the map starts. */

import { button } from "../lib/dom.js";
import { L } from "./leaflet.js";

const SVG = "http://www.w3.org/2000/svg";
const HOUSE = "M2.5 8.5 9 3l6.5 5.5M4.5 7.5V15h3.5v-4h2v4h3.5V7.5";

export function addHome(map, title, onClick) {
  const control = new L.Control({ position: "topleft" });
  control.onAdd = () => {
    const bar = L.DomUtil.create("div", "leaflet-bar map-home");
    const home = button("", "", onClick, { title, "aria-label": title });
    const picture = document.createElementNS(SVG, "svg");
    picture.setAttribute("viewBox", "0 0 18 18");
    picture.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", HOUSE);
    picture.append(path);
    home.append(picture);
    bar.append(home);
    L.DomEvent.disableClickPropagation(bar);
    return bar;
  };
  return control.addTo(map);
}
