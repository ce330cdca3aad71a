/** What the connection badge says. Pure. */

import { clock } from "../lib/time.js";

export const OFFLINE_AFTER_MS = 30_000; // an interruption longer than this is no hiccup any more

const ENDED = {
  "signed-out": ["signed-out", "Signed out"],
  "no-permission": ["offline", "No permission"],
  "too-many": ["offline", "Too many windows open"],
  refused: ["offline", "The server refused this page"],
  closed: ["offline", "Closed"],
};

/**
 * {status, text, steady}: *status* is live, reconnecting, offline or signed-out; *steady* is the text without what
 * changes every second, for those who hear it.
 * @param connection  as Connection reports it
 * @param openedAt    when the page was opened, in ms: what counts if it was never live
 * @param now         in ms
 */
export function describe(connection, openedAt, now) {
  if (connection.state === "live") return { status: "live", text: "Live", steady: "Live" };
  if (connection.state === "ended") {
    const [status, text] = ENDED[connection.why];
    return { status, text, steady: text };
  }
  if (now - (connection.since ?? openedAt) >= OFFLINE_AFTER_MS) {
    const text = connection.since === null ? "Not live" : `Not live since ${clock(new Date(connection.since))}`;
    return { status: "offline", text, steady: text };
  }
  const steady = connection.since === null ? "Connecting" : "Reconnecting";
  if (connection.state === "connecting") return { status: "reconnecting", text: `${steady} …`, steady };
  const seconds = Math.max(0, Math.ceil((connection.nextTry - now) / 1000));
  return { status: "reconnecting", text: `${steady} (next try in ${seconds} s)`, steady };
}

/** More about it, for the tooltip. */
export function detailsOf(connection, now) {
  if (connection.state === "live") {
    return connection.roundTripMs === undefined ? "" : `Round trip ${Math.round(connection.roundTripMs)} ms`;
  }
  if (connection.state !== "waiting") return "";
  return `What you see may be out of date. Next try in ${Math.max(0, Math.ceil((connection.nextTry - now) / 1000))} s.`;
}
