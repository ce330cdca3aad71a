/**
 * What a page knows of jobs. Their messages may be lost, or overtake each other: a row with a greater version is newer,
 * and one that should be moving and has long been quiet is asked for again. Pure.
 */

export const QUIET_MS = 5_000; // a running job that nothing was heard of for so long may have ended unheard

const ACTIVE = new Set(["queued", "running"]);

export const isActive = (job) => ACTIVE.has(job.state);

export class Jobs {
  #rows = new Map(); // by id
  #heardAt = new Map();

  /** Take a row; whether it is news. */
  take(job, now) {
    this.#heardAt.set(job.id, now);
    const known = this.#rows.get(job.id);
    if (known && known.version >= job.version) return false;
    this.#rows.set(job.id, job);
    return true;
  }

  get(id) {
    return this.#rows.get(id);
  }

  forget(id) {
    this.#rows.delete(id);
    this.#heardAt.delete(id);
  }

  ids() {
    return [...this.#rows.keys()];
  }

  /** Those that are not over and have been quiet. */
  quiet(now) {
    return this.ids().filter((id) => isActive(this.#rows.get(id)) && now - this.#heardAt.get(id) >= QUIET_MS);
  }
}
