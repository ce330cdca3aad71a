/**
 * Coordinates as they are typed and stored. Pure. `tracker/lib/geo/coordinates.py` reads the same spellings, and both are
 * held to `tests/coordinates.json`.
 */

const DECIMALS = 7; // of a degree: about a centimetre
const LONGEST = 100; // characters: no two coordinates take as many

/** Degrees with at most seven decimals, as text. */
export function degrees(number) {
  return String(Number(number.toFixed(DECIMALS)));
}

/** The text of a GeoJSON Point (RFC 7946: longitude first). */
export function pointText({ latitude, longitude }) {
  return JSON.stringify({ type: "Point", coordinates: [Number(degrees(longitude)), Number(degrees(latitude))] });
}

// A number of degrees, perhaps with minutes and seconds; its direction stands before it or after it.
const MINUTES = String.raw`(?:(\d{1,2}(?:[.,]\d+)?)\s*['′’]\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:["″”]|''|′′|’’)\s*)?`;
const NUMBER = String.raw`([-+]?\d{1,3}(?:[.,]\d+)?)\s*°?\s*${MINUTES}`;
const BETWEEN = String.raw`(\s*[,;/]\s*|\s+|(?<=[NSEWO°'"′″’”]))`;
const DIRECTION_FIRST = new RegExp(`^([NSEWO])\\s*${NUMBER}${BETWEEN}([NSEWO])\\s*${NUMBER}$`, "i");
const DIRECTION_LAST = new RegExp(`^(?:geo:)?${NUMBER}([NSEWO]?)${BETWEEN}${NUMBER}([NSEWO]?)$`, "i");
const ONE_FIRST = new RegExp(`^([NSEWO])\\s*${NUMBER}$`, "i");
const ONE_LAST = new RegExp(`^${NUMBER}([NSEWO]?)$`, "i");
// As programs write them, too: .5, 5. and 1e-7.
const PLAIN = /^[-+]?(?:\d{1,3}[.,]?|\d{0,3}[.,]\d+)(?:e-\d{1,2})?$/i;

/**
 * {latitude, longitude} of a pair typed as one text, latitude first unless letters say otherwise: `52.5, 13.4`,
 * `52,5 13,4`, `52.5N 13.4E`, `52°30'0"N 13°24'0"E`. Null if it is none.
 */
export function readPair(text) {
  return pairOf(coordinatesIn(usual(text)));
}

/**
 * The pair that somebody has put into the field of one coordinate; null if there is none, or if it may be something
 * else: `52 30` is more likely 52 degrees and 30 minutes.
 */
export function readFieldPair(text) {
  if (degreesIn(text)) return null;
  const found = coordinatesIn(usual(text));
  return found && isClear(found) ? pairOf(found) : null;
}

function isClear({ pair, between, first, second }) {
  if (!between) return pair.every(({ isLongitude }) => isLongitude !== null);
  if (between === ",") return !/,/.test(first + second);
  return between.trim() !== "" || /[.,°NSEWO]/i.test(first);
}

/** The degrees of one typed coordinate; null if they are none, or those of the other axis. */
export function readDegrees(text, { isLongitude }) {
  const found = degreesIn(text);
  return found && (found.isLongitude ?? isLongitude) === isLongitude && isWithin(found.value, isLongitude)
    ? found.value
    : null;
}

/** What is wrong with the text of one coordinate, in a sentence; empty if nothing is, or nothing was typed. */
export function problemWith(text, { isLongitude }) {
  if (!usual(text) || readFieldPair(text)) return "";
  const found = degreesIn(text);
  if (!found) return "This is not a number such as 52.5.";
  if ((found.isLongitude ?? isLongitude) !== isLongitude) {
    return isLongitude ? "This is a latitude, and not a longitude." : "This is a longitude, and not a latitude.";
  }
  if (isWithin(found.value, isLongitude)) return "";
  return isLongitude
    ? "A longitude is between -180 and 180, or up to 360 across the antimeridian."
    : "A latitude is between -90 and 90.";
}

/** {latitude, longitude} of what two fields say, or of a pair in one of them; null if they are no place. */
export function readCoordinates(latitudeText, longitudeText) {
  const latitude = readDegrees(latitudeText, { isLongitude: false });
  const longitude = readDegrees(longitudeText, { isLongitude: true });
  if (latitude !== null && longitude !== null) return { latitude, longitude };
  const [typed, ...more] = [latitudeText, longitudeText].filter((text) => usual(text));
  return typed && more.every((text) => text === typed) ? readFieldPair(typed) : null;
}

/** Without what is not seen, and with one kind of minus and of degree sign. */
function usual(text) {
  if (text.length > LONGEST) return "?";
  return text
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g, "")
    .replace(/[\u2010-\u2013\u2212\ufe63\uff0d]/g, "-")
    .replace(/[\u00ba\u02da]/g, "°")
    .trim();
}

/** {value, isLongitude} of a text that is one coordinate; null if it is none. */
function degreesIn(text) {
  const found = usual(text);
  if (PLAIN.test(found)) return { value: Number(found.replace(",", ".")), isLongitude: null };
  const first = ONE_FIRST.exec(found);
  const parts = first ? [first[2], first[3], first[4], first[1]] : ONE_LAST.exec(found)?.slice(1, 5);
  return parts ? coordinateFrom(parts) : null;
}

/**
 * The two coordinates of a text, each {value, isLongitude}, which is null where no letter says; null if there are not
 * two.
 * @param {string} text
 */
function coordinatesIn(text) {
  const parts = directionsLast(DIRECTION_FIRST.exec(text)) ?? DIRECTION_LAST.exec(text)?.slice(1, 10);
  if (!parts) return null;
  const pair = [coordinateFrom(parts.slice(0, 4)), coordinateFrom(parts.slice(5))];
  return pair.every(Boolean)
    ? { pair, between: parts[4], first: parts.slice(0, 4).join(""), second: parts.slice(5).join("") }
    : null;
}

/** @param {string[] | null} parts */
function directionsLast(parts) {
  return parts && [...parts.slice(2, 5), parts[1], parts[5], ...parts.slice(7, 10), parts[6]];
}

function pairOf(found) {
  if (!found) return null;
  const [first, second] = found.pair;
  if (first.isLongitude === null && second.isLongitude === null) return placeAt(first.value, second.value);
  if (first.isLongitude === second.isLongitude) return null;
  const swapped = first.isLongitude === true || second.isLongitude === false;
  return swapped ? placeAt(second.value, first.value) : placeAt(first.value, second.value);
}

/** @param {string[]} parts */
function coordinateFrom([whole, minutes, seconds, direction]) {
  const number = (digits) => Number((digits ?? "0").replace(",", "."));
  const [turn, minute, second] = [whole, minutes, seconds].map(number);
  if (minute >= 60 || second >= 60) return null;
  const hasParts = (digits) => /[.,]/.test(digits ?? "");
  if (hasParts(whole) && (minutes || seconds)) return null; // nobody writes half a degree and minutes
  if (hasParts(minutes) && seconds) return null;
  const letter = direction.toUpperCase();
  const size = Math.abs(turn) + minute / 60 + second / 3600;
  const negative = whole.startsWith("-") || letter === "S" || letter === "W";
  return { value: negative ? -size : size, isLongitude: letter ? "EWO".includes(letter) : null };
}

function isWithin(value, isLongitude) {
  return Math.abs(value) <= (isLongitude ? 360 : 90);
}

function placeAt(latitude, longitude) {
  return isWithin(latitude, false) && isWithin(longitude, true) ? { latitude, longitude } : null;
}
