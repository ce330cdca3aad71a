/** Coordinates as they are typed and stored. Pure. */

const DECIMALS = 7; // of a degree: about a centimetre

/** Degrees with at most seven decimals, as text. */
export function degrees(number) {
  return String(Number(number.toFixed(DECIMALS)));
}

/** {latitude, longitude} of two typed texts; null if they are no place. */
export function readCoordinates(latitudeText, longitudeText) {
  if (!latitudeText.trim() || !longitudeText.trim()) return null;
  const latitude = Number(latitudeText);
  const longitude = Number(longitudeText);
  const known = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 360; // false for NaN, too
  return known ? { latitude, longitude } : null;
}

/** The text of a GeoJSON Point (RFC 7946: longitude first). */
export function pointText({ latitude, longitude }) {
  return JSON.stringify({ type: "Point", coordinates: [Number(degrees(longitude)), Number(degrees(latitude))] });
}
