/** The sound of new alerts, made by the browser itself (Web Audio): no file, and nothing to load when it matters. */

import { NOT_LIVE_SOUND, SOUNDS, SoundGate } from "../live/sounding.js";

export const SOUND_WORDS = {
  off: "Off",
  on: "On",
  blocked: "Blocked by the browser",
  missing: "Not possible in this browser",
};
const HELD_MS = 2_000;
const GESTURES = ["pointerdown", "keydown"]; // after one of these browsers let a page sound

/**
 * Of all windows of this browser that hear of these alerts one sounds: that which takes the lock of their name, and keeps
 * it until the slowest has asked. Only one that can sound asks.
 */
function onceInBrowser(entries, play) {
  const locks = window.navigator.locks; // where the page is not secure there are none
  if (!locks) {
    play();
    return;
  }
  const name = `tracker.sound.${entries.map(({ alert, raised }) => `${alert}@${raised}`).join()}`;
  locks.request(name, { ifAvailable: true }, (lock) => {
    if (!lock) return null;
    play();
    return new Promise((done) => window.setTimeout(done, HELD_MS));
  });
}

export class Sound {
  #wanted;
  #onState;
  #now;
  #context = null;
  #gate = new SoundGate();

  /** *wanted*: it was switched on before; *now*() in ms, never back; *onState*() when `state` may have changed. */
  constructor({ wanted, now, onState }) {
    this.#wanted = wanted;
    this.#now = now;
    this.#onState = onState;
    if (wanted) this.#start();
    for (const gesture of GESTURES) {
      document.addEventListener(gesture, () => this.#resume(), { capture: true, passive: true });
    }
  }

  /** off, on, blocked (until somebody touches the page), missing. */
  get state() {
    if (!window.AudioContext) return "missing";
    if (!this.#wanted) return "off";
    return this.#context?.state === "running" ? "on" : "blocked";
  }

  get wanted() {
    return this.#wanted;
  }

  /** Switch it on or off; on gives a short sound, so that the loudness can be set. */
  async switchTo(wanted) {
    this.#wanted = wanted;
    this.#onState();
    if (!wanted) return;
    this.#start();
    await this.#resume();
    if (this.state === "on") this.#play(SOUNDS.IN);
  }

  /** Sound for these alerts, which are new: once for all of them. */
  sound(entries) {
    if (!this.#wanted) return;
    const severity = this.#gate.pass(entries, this.#now());
    if (severity && this.state === "on") onceInBrowser(entries, () => this.#play(SOUNDS[severity]));
  }

  /** Sound once: what is seen is not live any more. */
  soundNotLive() {
    if (this.state === "on") this.#play(NOT_LIVE_SOUND);
  }

  #start() {
    if (this.#context || !window.AudioContext) return;
    try {
      this.#context = new AudioContext();
    } catch {
      return; // the state says it; a map without sound is still a map
    }
    this.#context.addEventListener("statechange", () => this.#onState());
  }

  async #resume() {
    if (!this.#wanted || !this.#context || this.#context.state === "running") return;
    // A browser that refuses may neither fail nor answer; the state says it.
    await Promise.race([this.#context.resume().catch(() => {}), new Promise((go) => window.setTimeout(go, 500))]);
    this.#onState();
  }

  #play(notes) {
    const start = this.#context.currentTime + 0.02;
    for (const { hz, at_s, for_s, gain } of notes) {
      const oscillator = new OscillatorNode(this.#context, { type: "triangle", frequency: hz });
      const volume = new GainNode(this.#context, { gain: 0 });
      volume.gain.setValueAtTime(0, start + at_s);
      volume.gain.linearRampToValueAtTime(gain, start + at_s + 0.01); // without a click
      volume.gain.setValueAtTime(gain, start + at_s + for_s * 0.7);
      volume.gain.linearRampToValueAtTime(0, start + at_s + for_s);
      oscillator.connect(volume).connect(this.#context.destination);
      oscillator.start(start + at_s);
      oscillator.stop(start + at_s + for_s);
    }
  }
}
