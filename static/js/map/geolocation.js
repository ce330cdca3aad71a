/** Where this device is. */

const OPTIONS = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 };
const INSTEAD = "Type a place, or set the pin on the map.";
const FAILURES = {
  1: `Your location was refused. ${INSTEAD}`,
  2: `Your location could not be found. ${INSTEAD}`,
  3: `Finding your location took too long. ${INSTEAD}`,
};

/** {latitude, longitude, accuracy_m}; throws an Error with a sentence to show. */
export async function currentPosition() {
  if (!window.isSecureContext || !navigator.geolocation) {
    throw new Error(`This browser gives no location here (it needs HTTPS). ${INSTEAD}`);
  }
  const { coords } = await new Promise((resolve, reject) => {
    const fail = ({ code }) => reject(new Error(FAILURES[code] ?? FAILURES[2]));
    navigator.geolocation.getCurrentPosition(resolve, fail, OPTIONS);
  });
  return { latitude: coords.latitude, longitude: coords.longitude, accuracy_m: coords.accuracy };
}

/** Whether the person has allowed it before, so that finding it asks nothing. */
export async function isGranted() {
  try {
    return (await navigator.permissions.query({ name: "geolocation" })).state === "granted";
  } catch {
    return false; // a browser that cannot say beforehand
  }
}
