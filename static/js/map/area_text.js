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
  const geometry = geometryOf(value);
  if (geometry?.type !== "Polygon" && geometry?.type !== "MultiPolygon") {
    throw new Error("This is not the GeoJSON of an area: a Polygon or a MultiPolygon is needed.");
  }
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  if (!isListOf(polygons, isPolygon)) {
    throw new Error("The coordinates of this GeoJSON cannot be read: rings of [longitude, latitude] are needed.");
  }
  return polygons;
}

/** The text of these polygons: a Polygon, a MultiPolygon, or nothing. */
export function writeArea(polygons) {
  if (!polygons.length) return "";
  return JSON.stringify(
    polygons.length === 1
      ? { type: "Polygon", coordinates: polygons[0] }
      : { type: "MultiPolygon", coordinates: polygons },
  );
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
