/** Times as people read them: ISO 8601, local, with the time zone. Pure. */

const two = (number) => String(number).padStart(2, "0");

/** `2026-11-20 22:39 +01:00`; *offset_min* is the zone's distance from UTC in minutes, east positive. */
export function isoLocal(date, offset_min = -date.getTimezoneOffset()) {
  const shifted = new Date(date.getTime() + offset_min * 60_000).toISOString();
  const sign = offset_min < 0 ? "-" : "+";
  const size = Math.abs(offset_min);
  return `${shifted.slice(0, 10)} ${shifted.slice(11, 16)} ${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** `10:32`, local. */
export function clock(date) {
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Compare two ISO 8601 times in UTC, as the server writes them, for a list with the newest first. */
export function newestFirst(a, b) {
  if (a === b) return 0;
  return a < b ? 1 : -1;
}
