/** Which incidents lie in an area, for the panel's filter: what alerts is decided by the server. Pure. */

/**
 * Whether a position lies in a Polygon or MultiPolygon; its border belongs to it.
 * @param {Wire.AreaGeometry} geometry
 * @param {Wire.Position} position
 */
export function contains({ type, coordinates }, position) {
  const polygons = type === "MultiPolygon" ? coordinates : [coordinates];
  // The same place may be written on either side of the antimeridian.
  return [0, 360, -360].some((turn) => {
    /** @type {Wire.Position} */
    const point = [position[0] + turn, position[1]];
    return polygons.some((rings) => inRings(rings, point));
  });
}

/** Remembers what it has found, as long as the area stays as it is. */
export class AreaMembership {
  /** @type {Wire.AreaFeature | null} */
  #area = null;
  /** @type {WeakMap<Wire.IncidentFeature, boolean>} */
  #found = new WeakMap();

  /**
   * @param {Wire.AreaFeature} area
   * @param {Wire.IncidentFeature} incident
   */
  has(area, incident) {
    if (area !== this.#area) {
      this.#area = area;
      this.#found = new WeakMap();
    }
    let found = this.#found.get(incident);
    if (found === undefined) {
      found = contains(area.geometry, incident.geometry.coordinates);
      this.#found.set(incident, found);
    }
    return found;
  }
}

/**
 * Even-odd rule, so that holes need no care; a point on an edge, also on that of a hole, is in.
 * @param {Wire.PolygonRings} rings
 * @param {Wire.Position} point
 */
function inRings(rings, [x, y]) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [x1, y1] = ring[i];
      const [x2, y2] = ring[j];
      const side = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1);
      const within = (x - x1) * (x - x2) <= 0 && (y - y1) * (y - y2) <= 0;
      if (side === 0 && within) return true;
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  }
  return inside;
}
