/** The map of a detail page: draws what the page is about, as near as the smallest area lets it. */

import "../map/basemap.js";
import "../map/print.js";
import "../ui/times.js";
import { pageData } from "../lib/dom.js";
import { nearTo } from "../lib/map_labels.js";
import { areaShape } from "../map/area_layer.js";
import { nameAreas } from "../map/area_names.js";
import { IncidentLayer } from "../map/incident_layer.js";
import { L, onMap } from "../map/leaflet.js";

onMap("detail-map", (map) => {
  const { features } = pageData("features");
  const incidents = features.filter(({ properties }) => properties.model === "Incident");
  // All of it in one copy of the world, also by 180 degrees.
  const [anchor = 0] = (incidents[0] ?? features[0])?.geometry.coordinates.flat(Infinity) ?? [];
  const longitudeOf = (/** @type {number} */ longitude) => nearTo(anchor, longitude);
  const placeOf = ({ geometry: { coordinates } }) => L.latLng(coordinates[1], longitudeOf(coordinates[0]));
  const areas = features
    .filter(({ properties }) => properties.model === "AreaOfInterest")
    .map((feature) => ({ shape: areaShape(feature, longitudeOf), name: feature.properties.name }));
  const places = incidents.map(placeOf);
  const views = areas.map(({ shape }) => L.latLngBounds(places).extend(shape.addTo(map).getBounds()));
  const [bounds = L.latLngBounds(places)] = views.sort((a, b) => sizeOf(a) - sizeOf(b));
  new IncidentLayer(map, () => {}, { placeOf }).draw(
    new Map(incidents.map((feature) => [feature.id, feature])),
    new Set(),
  );
  if (bounds.isValid()) map.fitBounds(bounds, { maxZoom: 14, animate: false });
  nameAreas(map, areas);
});

function sizeOf(bounds) {
  return Math.max(bounds.getEast() - bounds.getWest(), bounds.getNorth() - bounds.getSouth());
}
