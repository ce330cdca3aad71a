/** The map's view in the page's address: `#map=zoom/latitude/longitude`, so that a view can be kept and passed on. */

import { keepInAddress, readFragment } from "../live/fragment.js";

/** {zoom, center: [latitude, longitude]} of a hash; null if it names no view. */
export function parseView(hash) {
  const match = /^(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/.exec(readFragment(hash).get("map") ?? "");
  if (!match) return null;
  const [zoom, latitude, longitude] = match.slice(1).map(Number);
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 360) return null;
  return { zoom, center: [latitude, longitude] };
}

/** What `map=` says of a view, with as many decimals as a pixel is worth at that zoom. */
export function formatView(zoom, { lat, lng }) {
  const decimals = Math.min(7, Math.max(2, Math.ceil(zoom / 3)));
  return `${zoom}/${lat.toFixed(decimals)}/${lng.toFixed(decimals)}`;
}

/** Go to the view in the address now and when the address changes, and keep the address at the view. */
export function keepViewInURL(map) {
  const follow = () => {
    const view = parseView(window.location.hash);
    if (view) map.setView(view.center, view.zoom);
    return view !== null;
  };
  const found = follow();
  window.addEventListener("hashchange", follow);
  map.on("moveend", () => keepInAddress({ map: formatView(map.getZoom(), map.getCenter().wrap()) }));
  return found;
}
