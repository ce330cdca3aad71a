/**
 * Asks the newest question only: waits until none has come for a while, gives up the one under way when another comes,
 * and hands on no answer but the newest one's. No DOM.
 */

/**
 * @template Question, Answer
 */
export class Latest {
  #ask;
  #onAnswer;
  #onFailure;
  #waitMs;
  #timeoutMs;
  #timers;
  /** @type {unknown} */
  #timer = null;
  /** @type {AbortController | null} */
  #underWay = null; // the AbortController of the question that was asked last

  /**
   * @param {object} options
   * @param {(question: Question, signal: AbortSignal) => Promise<Answer>} options.ask
   * @param {(answer: Answer, question: Question) => void} options.onAnswer
   * @param {(error: any, question: Question) => void} [options.onFailure]
   * @param {number} [options.waitMs]
   * @param {number} [options.timeoutMs]
   * @param {Pick<Live.Timers, "setTimeout" | "clearTimeout">} [options.timers]
   */
  constructor({ ask, onAnswer, onFailure = () => {}, waitMs = 300, timeoutMs = 10_000, timers = globalThis }) {
    this.#ask = ask;
    this.#onAnswer = onAnswer;
    this.#onFailure = onFailure;
    this.#waitMs = waitMs;
    this.#timeoutMs = timeoutMs;
    this.#timers = timers;
  }

  /**
   * Ask this when nothing else was put for a while.
   * @param {Question} question
   */
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

  /** @param {Question} question */
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
