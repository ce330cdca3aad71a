/** Acknowledging alerts. */

const TIMEOUT_MS = 15_000;
const AT_ONCE = 500; // alerts in one request; the server takes 1000
const REFUSALS = {
  401: "You are signed out. Sign in again to acknowledge alerts.",
  403: "You may not acknowledge alerts, or you were signed out meanwhile.",
};

/** Acknowledge the alerts with these numbers; the socket tells everyone. Throws an Error with a sentence to show. */
export async function acknowledge(url, token, numbers) {
  for (let start = 0; start < numbers.length; start += AT_ONCE) {
    await post(url, token, numbers.slice(start, start + AT_ONCE));
  }
}

async function post(url, token, numbers) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token },
      body: new URLSearchParams(numbers.map((number) => ["alert", number])),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new Error("Not acknowledged: the server cannot be reached. Try again.");
  }
  if (!response.ok) {
    throw new Error(REFUSALS[response.status] ?? `Not acknowledged: the server answered ${response.status}. Try again.`);
  }
}
