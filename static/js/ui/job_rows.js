/** The rows of jobs on a page: what the server has drawn, brought up to date, and new ones from the page's template. */

import { isActive } from "../live/jobs.js";
import { isolated } from "../lib/isolated.js";
import { ago, isoLocal } from "../lib/time.js";
import { serverTime } from "./times.js";

export class JobRows {
  #list;
  #template;
  #states;
  #most;

  /**
   * @param list      the <ul>
   * @param template  the <template> of a row, or null where no new ones are shown
   * @param states    what a state is called, by its code
   * @param most      rows that are shown at most
   */
  constructor(list, template, { states, most }) {
    this.#list = list;
    this.#template = template;
    this.#states = states;
    this.#most = most;
  }

  /** The numbers of the jobs that are shown. */
  ids() {
    return [...this.#list.children].map((node) => Number(node.dataset.job));
  }

  has(id) {
    return this.#nodeOf(id) !== null;
  }

  /** Show a job as it is now: in its row, or in a new one at the top. Returns the numbers of rows that had to go. */
  draw(job) {
    const node = this.#nodeOf(job.id) ?? this.#add(job);
    const part = (name) => node.querySelector(`[data-part="${name}"]`);
    node.dataset.state = job.state;
    node.dataset.version = job.version;
    if (job.finished) node.dataset.finished = job.finished;
    else delete node.dataset.finished;
    setText(part("name"), isolated(job.name));
    setText(part("state"), this.#states[job.state]);
    setText(part("message"), job.message);
    setText(part("who"), job.own ? "" : ` · started by ${isolated(job.who) || "nobody who is known here"}`);
    setText(part("attempt"), job.attempt > 1 ? ` · attempt ${job.attempt}` : "");
    const active = isActive(job);
    const bar = part("bar");
    bar.hidden = !active;
    if (job.total) {
      bar.max = job.total;
      bar.value = Math.min(job.done, job.total);
    } else bar.removeAttribute("value");
    setText(part("count"), active && job.total ? `${job.done} / ${job.total}` : "");
    const problems = part("problems");
    problems.hidden = job.problems === 0;
    setText(problems, job.problems === 1 ? "1 problem" : `${job.problems} problems`);
    part("result").hidden = !job.result;
    if (job.result) part("result").href = job.result;
    part("cancel").hidden = !active || job.cancelling;
    part("again").hidden = !job.again;
    return this.#trim();
  }

  #add(job) {
    const node = this.#template.content.firstElementChild.cloneNode(true);
    node.dataset.job = job.id;
    const part = (name) => node.querySelector(`[data-part="${name}"]`);
    part("name").href = part("problems").href = job.url;
    part("cancel").action = `${job.url}cancel/`;
    part("again").action = `${job.url}again/`;
    part("bar").setAttribute("aria-label", `Progress of ${isolated(job.name)}`);
    const created = part("created");
    created.dateTime = job.created;
    created.title = isoLocal(new Date(job.created));
    created.textContent = ago(new Date(job.created), serverTime());
    const older = [...this.#list.children].find((each) => Number(each.dataset.job) < job.id);
    this.#list.insertBefore(node, older ?? null);
    return node;
  }

  #trim() {
    const gone = [];
    while (this.#list.children.length > this.#most) {
      gone.push(Number(this.#list.lastElementChild.dataset.job));
      this.#list.lastElementChild.remove();
    }
    return gone;
  }

  #nodeOf(id) {
    return this.#list.querySelector(`:scope > [data-job="${id}"]`);
  }
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
