/** What the connection badge says. Pure. */

import { clock } from "../lib/time.js";

export const OFFLINE_AFTER_MS = 30_000; // an interruption longer than this is no hiccup any more

/** @type {Record<string, [status: string, text: string]>} */
const ENDED = {
  "signed-out": ["signed-out", "Signed out"],
  "no-permission": ["offline", "No permission"],
  "too-many": ["offline", "Too many windows open"],
  refused: ["offline", "The server refused this page"],
  closed: ["offline", "Closed"],
  "other-name": ["offline", "Not live under this name"],
};

/**
 * {status, text, steady}: *status* is live, reconnecting, offline or signed-out; *steady* is the text without what
 * changes every second, for those who hear it.
 * @param {Live.Status} connection
 * @param {number} openedAt  when the page was opened, in ms: what counts if it was never live
 * @param {number} now  in ms
 * @param {(moment: number) => Date} dateOf  the date of such a moment (PageClock)
 */
export function describe(connection, openedAt, now, dateOf = (moment) => new Date(moment)) {
  if (connection.state === "live") return { status: "live", text: "Live", steady: "Live" };
  if (connection.state === "ended") {
    const [status, text] = ENDED[connection.why ?? "closed"];
    return { status, text, steady: text };
  }
  if (now - (connection.since ?? openedAt) >= OFFLINE_AFTER_MS) {
    const text = connection.since === null ? "Not live" : `Not live since ${clock(dateOf(connection.since))}`;
    return { status: "offline", text, steady: text };
  }
  const steady = connection.since === null ? "Connecting" : "Reconnecting";
  if (connection.state === "connecting") return { status: "reconnecting", text: `${steady} …`, steady };
  return { status: "reconnecting", text: `${steady} (next try in ${secondsLeft(connection, now)} s)`, steady };
}

/**
 * More about it, for the tooltip.
 * @param {Live.Status} connection
 * @param {number} now  in ms
 */
export function detailsOf(connection, now) {
  if (connection.state === "live") {
    return connection.roundTripMs === undefined ? "" : `Round trip ${Math.round(connection.roundTripMs)} ms`;
  }
  if (connection.state !== "waiting") return "";
  return `What you see may be out of date. Next try in ${secondsLeft(connection, now)} s.`;
}

/**
 * @param {Live.Status} connection
 * @param {number} now  in ms
 */
function secondsLeft({ nextTry }, now) {
  return Math.max(0, Math.ceil(((nextTry ?? now) - now) / 1000));
}
