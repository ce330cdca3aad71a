/** A clock that moves when told, and sockets that do as told. */

export class FakeTimers {
  #now = 1_000_000;
  #planned = new Map();
  #last = 0;

  now = () => this.#now;

  setTimeout = (action, ms) => {
    this.#last += 1;
    this.#planned.set(this.#last, { at: this.#now + ms, action });
    return this.#last;
  };

  clearTimeout = (timer) => {
    this.#planned.delete(timer);
  };

  get count() {
    return this.#planned.size;
  }

  /** Let *ms* pass, as in a page whose timers do not run. */
  sleep(ms) {
    this.#now += ms;
  }

  /** Let *ms* pass, and everything that falls due. */
  advance(ms) {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#planned].filter(([, { at }]) => at <= until).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.#planned.delete(due[0]);
      this.#now = Math.max(this.#now, due[1].at);
      due[1].action();
    }
    this.#now = until;
  }
}

/** A WebSocket class whose instances are in `.all`. */
export function fakeWebSocket() {
  return class FakeWebSocket {
    /** @type {FakeWebSocket[]} */
    static all = [];
    static get last() {
      return FakeWebSocket.all.at(-1);
    }

    readyState = 0;
    sent = [];
    onopen = (/** @type {object} */ _event) => {};
    onmessage = (/** @type {{data: string}} */ _event) => {};
    onclose = (/** @type {{code: number}} */ _event) => {};

    /** @param {string} url */
    constructor(url) {
      this.url = url;
      FakeWebSocket.all.push(this);
    }

    send(text) {
      this.sent.push(JSON.parse(text));
    }

    close() {
      this.readyState = 3;
    }

    // --- what the server does ---

    accept(hello = { type: "hello", log: "a", seq: 10, floor: 1 }) {
      this.readyState = 1;
      this.onopen({});
      this.say(hello);
    }

    say(...messages) {
      this.onmessage({ data: messages.map((message) => JSON.stringify(message)).join("\n") });
    }

    end(code) {
      this.readyState = 3;
      this.onclose({ code });
    }
  };
}

export const settled = () => new Promise((resolve) => setImmediate(resolve));
