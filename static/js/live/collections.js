/** The three collections of the map, over HTTP. */

import { askJSON, Refusal } from "../lib/ask.js";

const TIMEOUT_MS = 60_000;

/** The server knows who asks, or not, and says no: asking again does not help. `why`: signed-out or no-permission. */
export class Refused extends Error {
  /** @param {string} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/** @type {Record<number, string>} */
const REFUSALS = { 401: "signed-out", 403: "no-permission" };

/**
 * @param {string} url
 * @param {{timeoutMs?: number}} [options]
 */
export async function fetchJSON(url, { timeoutMs = TIMEOUT_MS } = {}) {
  try {
    return await askJSON(url, { cache: "no-store", signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    throw error instanceof Refusal && error.status in REFUSALS ? new Refused(REFUSALS[error.status]) : error;
  }
}

/**
 * {incidents, areas, alerts}, each with `log` and `seq`; *urls* has the same keys.
 * @param {{incidents: string, areas: string, alerts: string}} urls
 * @returns {Promise<Wire.Collections>}
 */
export async function fetchCollections(urls) {
  const [incidents, areas, alerts] = await Promise.all(
    [urls.incidents, urls.areas, urls.alerts].map((url) => fetchJSON(url)),
  );
  return { incidents, areas, alerts };
}

/**
 * Why this page is refused the socket: this person may not see the map (signed-out, no-permission), or the page was
 * opened by a name that the server does not take for its own (other-name); null if neither, or if nobody answers.
 * @param {string} url
 * @param {{origins?: string[], origin?: string}} [page]  the origins that the server takes, and that of this page
 */
export async function askWhyRefused(url, { origins = [], origin = "" } = {}) {
  try {
    await fetchJSON(url, { timeoutMs: 10_000 });
    return origins.length && !origins.includes(origin) ? "other-name" : null;
  } catch (error) {
    return error instanceof Refused ? error.why : null;
  }
}
