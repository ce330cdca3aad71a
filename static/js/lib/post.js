/** Sending a form to the server without leaving the page. */

const TIMEOUT_MS = 15_000;

/**
 * Post these fields (pairs of name and value). Throws an Error with a sentence to show.
 * @param failure   how that sentence begins if the server cannot be reached or fails: "Not acknowledged"
 * @param refusals  whole sentences for what the server may answer, by status; a 409 without one says why itself
 */
export async function post(url, token, fields, { failure, refusals }) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token },
      body: new URLSearchParams(fields),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new Error(`${failure}: the server cannot be reached. Try again.`);
  }
  if (!response.ok) {
    const said = response.status === 409 ? (await response.json().catch(() => ({}))).error : null;
    throw new Error(
      refusals[response.status] ?? said ?? `${failure}: the server answered ${response.status}. Try again.`,
    );
  }
}
