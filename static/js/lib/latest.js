/**
 * Asks the newest question only: waits until none has come for a while, gives up the one under way when another comes,
 * and hands on no answer but the newest one's. No DOM.
 */

export class Latest {
  #ask;
  #onAnswer;
  #onFailure;
  #waitMs;
  #timeoutMs;
  #timers;
  #timer = null;
  #underWay = null; // the AbortController of the question that was asked last

  /**
   * @param ask        async (question, signal) => answer
   * @param onAnswer   (answer, question) => void
   * @param onFailure  (error, question) => void
   * @param timers     {setTimeout, clearTimeout}
   */
  constructor({ ask, onAnswer, onFailure = () => {}, waitMs = 300, timeoutMs = 10_000, timers = globalThis }) {
    this.#ask = ask;
    this.#onAnswer = onAnswer;
    this.#onFailure = onFailure;
    this.#waitMs = waitMs;
    this.#timeoutMs = timeoutMs;
    this.#timers = timers;
  }

  /** Ask this when nothing else was put for a while. */
  put(question) {
    this.cancel();
    this.#timer = this.#timers.setTimeout(() => this.#now(question), this.#waitMs);
  }

  /** What was put last is not wanted any more. */
  cancel() {
    this.#timers.clearTimeout(this.#timer);
    this.#underWay?.abort();
    this.#underWay = null;
  }

  async #now(question) {
    const controller = new AbortController();
    this.#underWay = controller;
    const timeout = this.#timers.setTimeout(() => controller.abort(), this.#timeoutMs);
    let told;
    try {
      const answer = await this.#ask(question, controller.signal);
      told = () => this.#onAnswer(answer, question);
    } catch (error) {
      told = () => this.#onFailure(error, question);
    }
    this.#timers.clearTimeout(timeout);
    if (this.#underWay !== controller) return;
    this.#underWay = null;
    told();
  }
}
