/** Acknowledging alerts. */

import { post } from "../lib/post.js";

const AT_ONCE = 500; // alerts in one request; the server takes 1000
const FAILING = {
  failure: "Not acknowledged",
  refusals: {
    401: "You are signed out. Sign in again to acknowledge alerts.",
    403: "You may not acknowledge alerts, or you were signed out meanwhile.",
  },
};

/**
 * Acknowledge the alerts with these numbers; the socket tells everyone. Throws an Error with a sentence to show.
 * @param {string} url
 * @param {string} token
 * @param {number[]} numbers
 */
export async function acknowledge(url, token, numbers) {
  for (let start = 0; start < numbers.length; start += AT_ONCE) {
    const fields = numbers.slice(start, start + AT_ONCE).map((number) => ["alert", number]);
    await post(url, token, fields, FAILING);
  }
}
