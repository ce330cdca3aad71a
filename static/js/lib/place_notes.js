/** What stands beside the names of towns in a list, so that no two of them read the same. Pure. */

/** @typedef {{name: string, country: string, near: string, latitude: number, longitude: number}} Place */

/**
 * These places, each with a note: its country, the large town that it is near, or else where it is.
 * @param {Place[]} places
 */
export function toldApart(places) {
  const noted = places.map((place) => ({
    ...place,
    note: place.near ? `near ${place.near}, ${place.country}` : place.country,
  }));
  /** @param {{name: string, note: string}} place */
  const isAlone = ({ name, note }) => noted.filter((other) => other.name === name && other.note === note).length === 1;
  return noted.map((place) =>
    isAlone(place)
      ? place
      : { ...place, note: `${place.note}, ${place.latitude.toFixed(1)}, ${place.longitude.toFixed(1)}` },
  );
}
