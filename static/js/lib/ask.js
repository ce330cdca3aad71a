/** Asking the server. No DOM. */

/** The server has answered, but not what was asked for; the message is the *sentence* that it gave, if any. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string | null} sentence
   */
  constructor(status, sentence = null) {
    super(sentence ?? `The server answered ${status}.`);
    this.status = status;
    this.sentence = sentence;
  }
}

/**
 * @typedef {object} Options
 * @property {AbortSignal} [signal]
 * @property {RequestCache} [cache]  "no-store" for what must be as new as the server has it
 * @property {(string | number)[][] | Record<string, string> | FormData | null} [fields]
 * @property {string | null} [token]
 */

/**
 * The Response to a GET, or to a POST of *fields* with this CSRF *token*; throws a Refusal, or what fetch throws.
 * @param {string | URL} url
 * @param {Options} [options]
 */
export async function ask(url, { signal, cache, fields = null, token = null } = {}) {
  const response = await fetch(url, {
    signal,
    cache,
    headers: { Accept: "application/json", ...(token && { "X-CSRFToken": token }) },
    ...(fields && { method: "POST", body: new URLSearchParams(/** @type {string[][]} */ (fields)) }),
  });
  if (response.ok) return response;
  const refusal = await response.json().catch(() => ({}));
  throw new Refusal(response.status, refusal?.error);
}

/**
 * The JSON that `ask` brings.
 * @param {string | URL} url
 * @param {Options} [options]
 */
export async function askJSON(url, options) {
  return (await ask(url, options)).json();
}
