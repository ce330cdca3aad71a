/** Acknowledging alerts, and taking that back. */

import { postJSON } from "../lib/post.js";

const AT_ONCE = 500; // alerts in one request; the server takes 1000
const FAILING = {
  failure: "Not acknowledged",
  refusals: {
    401: "You are signed out. Sign in again to acknowledge alerts.",
    403: "You may not acknowledge alerts, or you were signed out meanwhile.",
  },
};
const NOT_TAKEN_BACK = { failure: "Not taken back", refusals: FAILING.refusals };

/**
 * Acknowledge the alerts with these numbers; the socket tells everyone. Returns those that nobody had acknowledged
 * before. Throws an Error with a sentence to show.
 * @param {string} url
 * @param {string} token
 * @param {number[]} numbers
 */
export function acknowledge(url, token, numbers) {
  return inPieces(url, token, numbers, FAILING);
}

/**
 * Take an acknowledgement back, soon after one has made it; the socket tells everyone. Returns the alerts that wait
 * again. Throws an Error with a sentence to show.
 * @param {string} url
 * @param {string} token
 * @param {number[]} numbers
 */
export function takeBack(url, token, numbers) {
  return inPieces(url, token, numbers, NOT_TAKEN_BACK);
}

/**
 * @param {string} url
 * @param {string} token
 * @param {number[]} numbers
 * @param {typeof FAILING} words
 */
async function inPieces(url, token, numbers, words) {
  /** @type {number[]} */
  const changed = [];
  for (let start = 0; start < numbers.length; start += AT_ONCE) {
    const fields = numbers.slice(start, start + AT_ONCE).map((number) => ["alert", number]);
    const { alerts } = await postJSON(url, token, fields, words);
    changed.push(...alerts);
  }
  return changed;
}
