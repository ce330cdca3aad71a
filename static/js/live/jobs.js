/**
 * What a page knows of jobs. Their messages may be lost, or overtake each other: a row with a greater version is newer,
 * and one that should be moving and has long been quiet is asked for again. Pure.
 */

export const QUIET_MS = 5_000; // a running job that nothing was heard of for so long may have ended unheard

const ACTIVE = new Set(["queued", "running"]);

/** @param {Pick<Wire.JobRow, "state">} job */
export const isActive = (job) => ACTIVE.has(job.state);

export class Jobs {
  /** @type {Map<number, Wire.JobRow>} */
  #rows = new Map();
  /** @type {Map<number, number>} */
  #heardAt = new Map();

  /**
   * Take a row; whether it is news.
   * @param {Wire.JobRow} job
   * @param {number} now  in ms
   */
  take(job, now) {
    this.#heardAt.set(job.id, now);
    const known = this.#rows.get(job.id);
    if (known && known.version >= job.version) return false;
    this.#rows.set(job.id, job);
    return true;
  }

  /** @param {number} id */
  get(id) {
    return this.#rows.get(id);
  }

  /** @param {number} id */
  forget(id) {
    this.#rows.delete(id);
    this.#heardAt.delete(id);
  }

  ids() {
    return [...this.#rows.keys()];
  }

  /**
   * Those that are not over and have been quiet.
   * @param {number} now  in ms
   */
  quiet(now) {
    const isQuiet = (/** @type {number} */ id) => now - (this.#heardAt.get(id) ?? now) >= QUIET_MS;
    return [...this.#rows.values()].filter((job) => isActive(job) && isQuiet(job.id)).map(({ id }) => id);
  }
}
