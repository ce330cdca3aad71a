/** Incidents close together as one: the worst severity inside by shape, letter and colour, how many, and if one alerts. */

import { summaryOf } from "../live/cluster_summary.js";
import { element } from "../lib/dom.js";
import { LIFT } from "./incident_layer.js";
import { L } from "./leaflet.js";
import { lazyIcon, severityDrawing } from "./severity_badge.js";

const RADIUS_PX = 60; // about the width of a mark
const HEIGHT_PX = 30;
const DIGIT_PX = 9;
const FANNED = "is-fanned"; // those inside stand around it, and it is faint
const MARGIN = 0.3; // of the window around it is drawn too; more would be work that nobody sees

/** A group for IncidentLayer. The panel is the way for the keyboard, so clusters take no focus. */
export function clusterGroup() {
  L.MarkerCluster.mergeOptions({ keyboard: false });
  /** @type {new (options: object) => any} */
  const Group = L.MarkerClusterGroup.extend({
    _getExpandedVisibleBounds() {
      return this._checkBoundsMaxLat(this._map.getBounds().pad(MARGIN));
    },
  });
  const group = new Group({
    maxClusterRadius: RADIUS_PX,
    iconCreateFunction: iconOf,
    showCoverageOnHover: false,
    animate: false, // a frame that moves hundreds of markers is a frame too late
    spiderLegPolylineOptions: { className: "cluster-leg", interactive: false },
  });
  group.on("spiderfied", ({ cluster }) => cluster.getElement()?.classList.add(FANNED));
  group.on("unspiderfied", ({ cluster }) => cluster.getElement()?.classList.remove(FANNED));
  return group;
}

/** Do *change*() to the group, and fan out again what was fanned out before: another's news is no reason to fold it. */
export function keepingFanned(group, change) {
  const [fanned] = group._spiderfied?.getAllChildMarkers() ?? [];
  change();
  if (!fanned || group._spiderfied || !group.hasLayer(fanned)) return;
  const cluster = group.getVisibleParent(fanned);
  if (cluster instanceof L.MarkerCluster) cluster.spiderfy();
}

const arrivals = new WeakMap(); // by map: what is to be done when it is where it was last sent

/**
 * Go to a marker of the group until it stands for itself, at least as close as *zoom*; those at one place, which no
 * zoom takes apart, are fanned out. *then*(where it stands) is called when the map is there.
 */
export function reveal(map, group, marker, place, zoom, then) {
  map.stop(); // an animation that ends now is not the arrival
  if (arrivals.has(map)) map.off("moveend", arrivals.get(map)); // whoever chose before has chosen something else now
  const arrive = () => {
    const shown = group.getVisibleParent(marker);
    if (shown instanceof L.MarkerCluster) shown.spiderfy();
    then(marker.getLatLng());
  };
  arrivals.set(map, arrive);
  map.once("moveend", arrive);
  map.setView(place, Math.max(map.getZoom(), zoom, zoomApart(marker, map.getMaxZoom())));
}

/** The zoom from which a marker stands for itself, or in a cluster of those at its place alone. */
function zoomApart(marker, maxZoom) {
  let cluster = marker.__parent;
  if (!cluster || cluster._zoom < maxZoom) return (cluster?._zoom ?? 0) + 1;
  const { _childCount: together } = cluster;
  while (cluster.__parent?._childCount === together && cluster.__parent._zoom > 0) cluster = cluster.__parent;
  return cluster._zoom;
}

function iconOf(cluster) {
  const shown = cluster.getAllChildMarkers().map((marker) => marker.options.shown);
  const { count, worst, alerting, text } = summaryOf(shown);
  cluster.options.zIndexOffset = LIFT[worst];
  return lazyIcon({
    className: `incident-cluster severity-${worst}${alerting ? " is-alerting" : ""}`,
    size: [HEIGHT_PX + 14 + DIGIT_PX * String(count).length, HEIGHT_PX],
    fill(node) {
      node.dataset.incidents = shown.map(({ feature }) => feature.id).join(" ");
      node.title = text;
      node.classList.toggle(FANNED, cluster._group._spiderfied === cluster);
      node.append(severityDrawing(worst), element("span", { class: "cluster-count" }, String(count)));
    },
  });
}
