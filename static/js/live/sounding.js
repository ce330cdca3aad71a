/** What is heard of new alerts: one sound for what came together, and which. Pure; the clock is given. */

import { compareSeverity } from "../lib/severity.js";

export const REST_MS = 3000; // in a flood not more often, unless something worse comes

/**
 * Notes of {hz, at_s, for_s, gain}. The worse, the more, the higher and the louder.
 * @type {Record<string, ReturnType<typeof notes>>}
 */
export const SOUNDS = {
  UR: notes([988, 740, 988, 740, 988, 740], 0.16, 0.5),
  HI: notes([880, 660, 880], 0.18, 0.35),
  ME: notes([660, 550], 0.2, 0.16),
  LO: notes([550], 0.22, 0.12),
  IN: notes([440], 0.22, 0.1),
};

/** When the page is not live any more: falling, unlike every alert. */
export const NOT_LIVE_SOUND = notes([440, 330, 247], 0.3, 0.35);

export class SoundGate {
  /** @type {{severity_code: string, at: number} | null} */
  #last = null;

  /**
   * The severity to sound for these alerts, which are new; null: what sounded a moment ago stands for them too.
   * @param {Pick<Wire.AlertEntry, "severity_code">[]} entries
   * @param {number} now  in ms
   */
  pass(entries, now) {
    if (!entries.length) return null;
    const [{ severity_code }] = [...entries].sort(compareSeverity);
    const last = this.#last;
    if (last && now - last.at < REST_MS && compareSeverity({ severity_code }, last) >= 0) return null;
    this.#last = { severity_code, at: now };
    return severity_code;
  }
}

/**
 * @param {number[]} pitches
 * @param {number} each_s
 * @param {number} gain
 */
function notes(pitches, each_s, gain) {
  return pitches.map((hz, n) => ({ hz, at_s: n * each_s, for_s: each_s * 0.85, gain }));
}
