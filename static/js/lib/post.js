/** Sending a form to the server without leaving the page. */

import { ask, Refusal } from "./ask.js";

const TIMEOUT_MS = 25_000; // longer than the server waits for its database before it says that it is busy

/**
 * Post these fields (pairs of name and value). Throws an Error with a sentence to show.
 * @param {string} url
 * @param {string} token
 * @param {(string | number)[][]} fields
 * @param {object} words
 * @param {string} words.failure  how that sentence begins if the server cannot be reached or fails: "Not acknowledged"
 * @param {Record<number, string>} words.refusals  whole sentences for what the server may answer, by status; a 409 or
 *     503 without one says why itself
 */
export async function post(url, token, fields, { failure, refusals }) {
  await posted(url, token, fields, { failure, refusals });
}

/**
 * The JSON that comes back for what `post` sends.
 * @param {string} url
 * @param {string} token
 * @param {(string | number)[][]} fields
 * @param {{failure: string, refusals: Record<number, string>}} words
 */
export async function postJSON(url, token, fields, words) {
  return (await posted(url, token, fields, words)).json();
}

/**
 * @param {string} url
 * @param {string} token
 * @param {(string | number)[][]} fields
 * @param {{failure: string, refusals: Record<number, string>}} words
 */
async function posted(url, token, fields, { failure, refusals }) {
  try {
    return await ask(url, { fields, token, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw new Error(`${failure}: the server cannot be reached. Try again.`);
    const said = [409, 503].includes(error.status) ? error.sentence : null;
    throw new Error(refusals[error.status] ?? said ?? `${failure}: the server answered ${error.status}. Try again.`);
  }
}
