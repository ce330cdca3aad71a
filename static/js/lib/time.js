/** Times as people read them: ISO 8601 with the time zone, in the site's zone as on the server's pages. Pure. */

/** @param {number} number */
const two = (number) => String(number).padStart(2, "0");
const MINUTE_MS = 60_000;

/** A time zone, by what the page says of it (`tracker/web/templatetags/site_time.py`). */
export class Zone {
  #format;
  #names;

  /**
   * @param {string} id  as `Europe/Berlin`; one that this browser does not know becomes UTC, and is called so
   * @param {Record<number, string>} names  what the zone is called, by its distance from UTC in minutes:
   *     {60: "CET", 120: "CEST"}
   */
  constructor(id, names = {}) {
    const numbers = Object.fromEntries(["year", "month", "day", "hour", "minute"].map((part) => [part, "numeric"]));
    /** @param {string} timeZone */
    const formatIn = (timeZone) => new Intl.DateTimeFormat("en", { ...numbers, hourCycle: "h23", timeZone });
    try {
      this.#format = formatIn(id);
      this.#names = names;
    } catch {
      this.#format = formatIn("UTC");
      this.#names = { 0: "UTC" };
    }
  }

  /**
   * {text, name}: `2026-11-20 22:39` and `CET`, or `+01:00` where no name is known.
   * @param {Date} date
   */
  read(date) {
    const part = Object.fromEntries(this.#format.formatToParts(date).map(({ type, value }) => [type, Number(value)]));
    const { year, month, day, hour, minute } = part;
    const here = Date.UTC(year, month - 1, day, hour, minute);
    const offset_min = Math.round((here - Math.floor(date.getTime() / MINUTE_MS) * MINUTE_MS) / MINUTE_MS);
    return {
      text: `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`,
      name: this.#names[offset_min] ?? offset(offset_min),
    };
  }
}

/** @param {number} minutes */
function offset(minutes) {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** The zone that this page is written in: its <html> says so. */
function zoneOfPage() {
  const { timeZone = "UTC", zoneNames = '{"0": "UTC"}' } = globalThis.document?.documentElement.dataset ?? {};
  return new Zone(timeZone, JSON.parse(zoneNames));
}
const site = zoneOfPage();

/**
 * `2026-11-20 22:39 CET`, as on the server's pages.
 * @param {Date} date
 */
export function isoLocal(date, zone = site) {
  const { text, name } = zone.read(date);
  return `${text} ${name}`;
}

/**
 * `10:32`, on the same clock.
 * @param {Date} date
 */
export function clock(date, zone = site) {
  return zone.read(date).text.slice(-5);
}

const RECENT_MS = 24 * 60 * MINUTE_MS; // what is older has its date

/**
 * `4 min ago`; of what is older than a day `2026-11-20 22:39`. As the server's pages (`ago` in site_time.py).
 * @param {Date} date
 * @param {Date} now
 */
export function ago(date, now, zone = site) {
  const passed = now.getTime() - date.getTime();
  const minutes = Math.floor(passed / MINUTE_MS);
  if (passed >= RECENT_MS || minutes < -1) return zone.read(date).text;
  if (minutes < 1) return "just now";
  return minutes < 60 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
}

/**
 * Compare two ISO 8601 times in UTC, as the server writes them, for a list with the newest first.
 * @param {string} a
 * @param {string} b
 */
export function newestFirst(a, b) {
  if (a === b) return 0;
  return a < b ? 1 : -1;
}
