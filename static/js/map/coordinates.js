/** Coordinates as they are typed and stored. Pure. */

const DECIMALS = 7; // of a degree: about a centimetre

/** Degrees with at most seven decimals, as text. */
export function degrees(number) {
  return String(Number(number.toFixed(DECIMALS)));
}

/** {latitude, longitude} of two typed texts; null if they are no place. */
export function readCoordinates(latitudeText, longitudeText) {
  if (!latitudeText.trim() || !longitudeText.trim()) return null;
  return placeAt(Number(latitudeText), Number(longitudeText));
}

/** The text of a GeoJSON Point (RFC 7946: longitude first). */
export function pointText({ latitude, longitude }) {
  return JSON.stringify({ type: "Point", coordinates: [Number(degrees(longitude)), Number(degrees(latitude))] });
}

// A number of degrees, perhaps with minutes and seconds; its direction stands before it or after it.
const NUMBER = String.raw`([-+−]?\d{1,3}(?:[.,]\d+)?)\s*°?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['′’]\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*["″”]\s*)?`;
const BETWEEN = String.raw`(?:\s*[,;/]\s*|\s+|(?<=[NSEWO°'"′″]))`;
const DIRECTION_FIRST = new RegExp(`^([NSEWO])\\s*${NUMBER}${BETWEEN}([NSEWO])\\s*${NUMBER}$`, "i");
const DIRECTION_LAST = new RegExp(`^(?:geo:)?${NUMBER}([NSEWO]?)${BETWEEN}${NUMBER}([NSEWO]?)$`, "i");

/**
 * {latitude, longitude} of a pair typed as one text, latitude first unless letters say otherwise: `52.5, 13.4`,
 * `52,5 13,4`, `52.5N 13.4E`, `52°30'0"N 13°24'0"E`. Null if it is none.
 */
export function readPair(text) {
  const pair = coordinatesIn(text.trim());
  if (!pair) return null;
  const [first, second] = pair;
  if (first.isLongitude === null && second.isLongitude === null) return placeAt(first.value, second.value);
  if (first.isLongitude === second.isLongitude) return null;
  const swapped = first.isLongitude === true || second.isLongitude === false;
  return swapped ? placeAt(second.value, first.value) : placeAt(first.value, second.value);
}

/**
 * The two coordinates of a text, each {value, isLongitude}, which is null where no letter says; null if there are not
 * two.
 * @param {string} text
 */
function coordinatesIn(text) {
  const parts = directionsLast(DIRECTION_FIRST.exec(text)) ?? DIRECTION_LAST.exec(text)?.slice(1, 9);
  if (!parts) return null;
  const pair = [coordinateFrom(parts.slice(0, 4)), coordinateFrom(parts.slice(4))];
  return pair.every(Boolean) ? pair : null;
}

/** @param {string[] | null} parts */
function directionsLast(parts) {
  return parts && [...parts.slice(2, 5), parts[1], ...parts.slice(6, 9), parts[5]];
}

/** @param {string[]} parts */
function coordinateFrom([whole, minutes = "0", seconds = "0", direction]) {
  const number = (digits) => Number(digits.replace(",", ".").replace("−", "-"));
  const [turn, minute, second] = [whole, minutes, seconds].map(number);
  if (minute >= 60 || second >= 60) return null;
  const letter = direction.toUpperCase();
  const size = Math.abs(turn) + minute / 60 + second / 3600;
  const negative = /^[-−]/.test(whole) || letter === "S" || letter === "W";
  return { value: negative ? -size : size, isLongitude: letter ? "EWO".includes(letter) : null };
}

function placeAt(latitude, longitude) {
  const known = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 360; // false for NaN, too
  return known ? { latitude, longitude } : null;
}
