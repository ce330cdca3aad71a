/** GeoJSON text of an area, as people paste it, and as it is stored. Pure. The server checks it again, more strictly. */

/** A list of polygons (each a list of rings of [longitude, latitude]); throws an Error with a sentence. Empty: []. */
export function readArea(text) {
  if (!text.trim()) return [];
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`This is not valid GeoJSON: it cannot be read as JSON (${error.message}).`);
  }
  const polygons = polygonsOf(geometryOf(value));
  if (!polygons.length) {
    throw new Error("This is not the GeoJSON of an area: a Polygon or a MultiPolygon is needed.");
  }
  if (!isListOf(polygons, isPolygon)) {
    throw new Error("The coordinates of this GeoJSON cannot be read: rings of [longitude, latitude] are needed.");
  }
  return isInRange(polygons) ? polygons.map(shortWay) : polygons;
}

/** The text of these polygons: a Polygon, a MultiPolygon, or nothing. What was drawn stays as wide as it was drawn. */
export function writeArea(polygons) {
  if (!polygons.length) return "";
  const coordinates = isInRange(polygons) ? polygons.map((rings) => rings.map(halved)) : polygons;
  return JSON.stringify(
    coordinates.length === 1 ? { type: "Polygon", coordinates: coordinates[0] } : { type: "MultiPolygon", coordinates },
  );
}

/** The coordinates of each polygon of a geometry; none of what has no area. */
function polygonsOf(geometry) {
  if (geometry?.type === "Polygon") return [geometry.coordinates];
  if (geometry?.type === "MultiPolygon") return Array.isArray(geometry.coordinates) ? geometry.coordinates : [null];
  if (geometry?.type !== "GeometryCollection" || !Array.isArray(geometry.geometries)) return [];
  return geometry.geometries.flatMap(polygonsOf);
}

/** The geometry itself, the geometry of a Feature, or that of a collection's one Feature. */
function geometryOf(value) {
  if (value?.type === "FeatureCollection") {
    if (value.features?.length !== 1) throw new Error("Give one feature; this collection does not hold exactly one.");
    return geometryOf(value.features[0]);
  }
  return value?.type === "Feature" ? value.geometry : value;
}

const isListOf = (value, isItem) => Array.isArray(value) && value.length > 0 && value.every(isItem);
const isPolygon = (value) => isListOf(value, isRing);
const isRing = (value) => isListOf(value, isPosition) && value.length >= 3;
const isPosition = (value) =>
  Array.isArray(value) && value.length >= 2 && Math.abs(value[0]) <= 360 && Math.abs(value[1]) <= 90;

// --- edges of more than half a turn: read they go the short way, across the antimeridian (tracker/lib/geo/antimeridian.py)

const isInRange = (polygons) => polygons.flat(2).every(([longitude]) => Math.abs(longitude) <= 180);
const isLong = (start, end) => Math.abs(end[0] - start[0]) > 180;
/** From -180 to 180 exactly an edge goes along the whole world. */
const isJump = (start, end) => isLong(start, end) && Math.abs(start[0]) + Math.abs(end[0]) !== 360;
const jumps = (ring) => ring.some((end, n) => n > 0 && isJump(ring[n - 1], end));

/** The rings of a polygon as they are meant; a ring round a pole stays as it was written. */
function shortWay(rings) {
  if (!rings.some(jumps)) return rings;
  const [shell, ...holes] = rings.map(unwrapped);
  const longitudes = shell.map(([longitude]) => longitude).sort((a, b) => a - b);
  return [shell, ...holes.map((hole) => beside(hole, longitudes[0], longitudes[longitudes.length - 1]))];
}

/** The hole, a turn further where the shell from *west* to *east* is there. */
function beside(hole, west, east) {
  const turn = hole[0][0] < west ? 360 : hole[0][0] > east ? -360 : 0;
  return turn ? hole.map(([longitude, ...rest]) => [longitude + turn, ...rest]) : hole;
}

function unwrapped(ring) {
  if (!jumps(ring)) return ring;
  let turn = 0;
  const way = ring.map(([longitude, ...rest], n) => {
    if (n > 0 && isLong(ring[n - 1], ring[n])) turn += longitude < ring[n - 1][0] ? 360 : -360;
    return [longitude + turn, ...rest];
  });
  return turn ? ring : way;
}

/** The ring with a point in the middle of each edge that would be read as a jump. */
function halved(ring) {
  return ring.flatMap((end, n) => {
    const start = ring[n - 1];
    return n > 0 && isJump(start, end) ? [[(start[0] + end[0]) / 2, (start[1] + end[1]) / 2], end] : [end];
  });
}
