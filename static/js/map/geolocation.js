/** Where this device is. */

const OPTIONS = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 };
const PIN = "Set the pin on the map, or type the coordinates.";
const FAILURES = {
  1: `Your location was refused. ${PIN}`,
  2: `Your location could not be found. ${PIN}`,
  3: `Finding your location took too long. ${PIN}`,
};

/** {latitude, longitude, accuracy_m}; throws an Error with a sentence to show. */
export async function currentPosition() {
  if (!window.isSecureContext || !navigator.geolocation) {
    throw new Error(`This browser gives no location here (it needs HTTPS). ${PIN}`);
  }
  const { coords } = await new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(resolve, (error) => reject(new Error(FAILURES[error.code])), OPTIONS);
  });
  return { latitude: coords.latitude, longitude: coords.longitude, accuracy_m: coords.accuracy };
}

/** Whether asking may work: false if the person has refused for good. */
export async function mayAsk() {
  try {
    return (await navigator.permissions.query({ name: "geolocation" })).state !== "denied";
  } catch {
    return true; // a browser that cannot say beforehand
  }
}
