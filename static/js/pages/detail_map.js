/** The map of a detail page: draws what the page is about. */

import "../map/basemap.js";
import { pageData } from "../lib/dom.js";
import { areaShape } from "../map/area_layer.js";
import { nameAreas } from "../map/area_names.js";
import { IncidentLayer } from "../map/incident_layer.js";
import { L, onMap } from "../map/leaflet.js";

onMap("detail-map", (map) => {
  const { features } = pageData("features");
  const areas = features
    .filter(({ properties }) => properties.model === "AreaOfInterest")
    .map((feature) => ({ shape: areaShape(feature), name: feature.properties.name }));
  const incidents = features.filter(({ properties }) => properties.model === "Incident");
  const bounds = L.latLngBounds([]);
  for (const { shape } of areas) bounds.extend(shape.addTo(map).getBounds());
  for (const { geometry } of incidents) bounds.extend(L.GeoJSON.coordsToLatLng(geometry.coordinates));
  new IncidentLayer(map, () => {}).draw(new Map(incidents.map((feature) => [feature.id, feature])), new Set());
  if (bounds.isValid()) map.fitBounds(bounds, { maxZoom: 14, animate: false });
  nameAreas(map, areas);
});
