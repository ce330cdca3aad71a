/** Asking the server for JSON. No DOM. */

/** The server has answered, but not what was asked for; the message is the *sentence* that it gave, if any. */
export class Refusal extends Error {
  constructor(status, sentence = null) {
    super(sentence ?? `The server answered ${status}.`);
    this.status = status;
    this.sentence = sentence;
  }
}

/** The answer to a GET, or to a POST of *fields* with this CSRF *token*; throws a Refusal, or what fetch throws. */
export async function askJSON(url, { signal, fields = null, token = null } = {}) {
  const response = await fetch(url, {
    signal,
    headers: { Accept: "application/json", ...(token && { "X-CSRFToken": token }) },
    ...(fields && { method: "POST", body: new URLSearchParams(fields) }),
  });
  if (response.ok) return response.json();
  const refusal = await response.json().catch(() => ({}));
  throw new Refusal(response.status, refusal?.error);
}
