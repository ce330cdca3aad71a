/**
 * Sends the report without leaving the page, so that a lost network loses no text: the same form, with the same key,
 * can be sent again and makes one incident. What the server does not accept is sent once more in the plain way, which
 * shows its page with the errors.
 */

const TIMEOUT_MS = 30_000;

export class ReportSender {
  #form;
  #button;
  #label;
  #status;
  #onSent;
  #onLost;
  #ready;
  #sending = false;
  #lost = false;

  /**
   * @param ready   async () => void: waits for what the form still lacks, and lets nothing change it any more
   * @param onSent  () => void, before the page is left for the thanks
   * @param onLost  () => void, when it could not be sent
   */
  constructor(form, status, { ready, onSent, onLost }) {
    this.#form = form;
    this.#status = status;
    this.#ready = ready;
    this.#onSent = onSent;
    this.#onLost = onLost;
    this.#button = form.querySelector("button:not([type=button])");
    this.#label = this.#button.textContent;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    window.addEventListener("pageshow", () => this.#busy(false)); // come back to
    window.addEventListener("online", () => {
      if (this.#lost) this.#say("You are online again. Send the report now.");
    });
  }

  async #send() {
    if (this.#sending) return; // a second tap
    this.#busy(true);
    this.#say("");
    await this.#ready();
    let response;
    let answer;
    try {
      response = await fetch(this.#form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new FormData(this.#form),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      answer = response.ok ? await response.json() : {};
    } catch {
      this.#failed("the server cannot be reached. Check your connection");
      return;
    }
    if (answer.url) {
      this.#lost = false;
      this.#onSent();
      window.location.assign(answer.url);
    } else if (response.status >= 500) {
      this.#failed(response.status === 503 ? "the site is busy" : `the server answered ${response.status}`);
    } else {
      this.#form.submit();
    }
  }

  #failed(why) {
    this.#busy(false);
    this.#lost = true;
    this.#onLost();
    this.#say(`Not sent: ${why}. What you typed is kept: send it again in a moment.`);
    this.#status.scrollIntoView({ block: "nearest" });
  }

  #busy(busy) {
    this.#sending = busy;
    this.#button.setAttribute("aria-disabled", String(busy));
    this.#button.textContent = busy ? "Sending …" : this.#label;
  }

  #say(sentence) {
    this.#status.textContent = sentence;
  }
}
