/** A seeded generator of numbers in [0, 1): the same seed gives the same test. (mulberry32, public domain) */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** SEED of the environment, or a new one. */
export function chosenSeed() {
  return process.env.SEED ? Number(process.env.SEED) : Math.floor(Math.random() * 2 ** 32);
}
