/** Asking the server. No DOM. */

/** The server has answered, but not what was asked for; the message is the *sentence* that it gave, if any. */
export class Refusal extends Error {
  constructor(status, sentence = null) {
    super(sentence ?? `The server answered ${status}.`);
    this.status = status;
    this.sentence = sentence;
  }
}

/**
 * The Response to a GET, or to a POST of *fields* with this CSRF *token*; throws a Refusal, or what fetch throws.
 * @param cache  as fetch takes it: "no-store" for what must be as new as the server has it
 */
export async function ask(url, { signal, cache, fields = null, token = null } = {}) {
  const response = await fetch(url, {
    signal,
    cache,
    headers: { Accept: "application/json", ...(token && { "X-CSRFToken": token }) },
    ...(fields && { method: "POST", body: new URLSearchParams(fields) }),
  });
  if (response.ok) return response;
  const refusal = await response.json().catch(() => ({}));
  throw new Refusal(response.status, refusal?.error);
}

/** The JSON that `ask` brings. */
export async function askJSON(url, options) {
  return (await ask(url, options)).json();
}
