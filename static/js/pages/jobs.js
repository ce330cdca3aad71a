/** Jobs as they go on: the list, and the page of one. */

import { csrfToken, pageData } from "../lib/dom.js";
import { post } from "../lib/post.js";
import { Refused, fetchJSON } from "../live/collections.js";
import { Jobs, isActive } from "../live/jobs.js";
import { JobRows } from "../ui/job_rows.js";
import { pageWatch } from "../ui/page_watch.js";

const LOOK_MS = 1_000;
const DRAW_MS = 100; // in a flood; a single message is drawn at once

const config = pageData("config");
const notice = document.getElementById("notice");
const list = document.getElementById("jobs");
const empty = document.getElementById("no-jobs");
const jobs = new Jobs();
const rows = new JobRows(list, document.getElementById("job-row"), config);
const token = csrfToken();
const waiting = new Map(); // rows that came and are not drawn yet, by id
let drawing = null;
let asking = false;
let askAgain = false;

// --- what comes in ---

function take(job) {
  if (!rows.has(job.id) && !isForThisPage(job)) return;
  const before = jobs.get(job.id);
  if (!jobs.take(job, pageWatch.now())) return;
  waiting.set(job.id, job);
  if (before && isActive(before) && !isActive(job)) {
    pageWatch.announce(`${job.name}: ${config.states[job.state]}. ${job.message}`);
  }
  if (drawing === null) drawing = window.setTimeout(draw, waiting.size > 1 || document.hidden ? DRAW_MS : 0);
}

/** A job that is not shown yet is, where the newest are. */
function isForThisPage(job) {
  const shown = rows.ids();
  return config.takes_new && (shown.length < config.most || job.id > Math.min(...shown));
}

function draw() {
  drawing = null;
  for (const job of waiting.values()) {
    for (const id of rows.draw(job)) jobs.forget(id);
  }
  waiting.clear();
  if (empty) empty.hidden = list.children.length > 0;
  if (config.problems !== undefined) showNewProblems();
}

/** The page of one job lists its problems; when there are others it is loaded again. */
function showNewProblems() {
  const job = jobs.get(rows.ids()[0]);
  const shown = job && job.problems === config.problems && job.attempt === config.attempt;
  if (job && !isActive(job) && !shown) window.location.reload();
}

/** The row is the truth: ask for these again, and for the newest. */
async function refresh(ids) {
  if (asking) {
    askAgain = true; // what came meanwhile may be newer than the answer under way
    return;
  }
  asking = true;
  try {
    const query = new URLSearchParams(ids.map((id) => ["id", id]));
    if (config.takes_new) query.set("newest", "1");
    const answer = await fetchJSON(`${config.rows}?${query}`, { timeoutMs: 10_000 });
    answer.jobs.toReversed().forEach(take);
    const there = new Set(answer.jobs.map(({ id }) => id));
    for (const id of ids) if (!there.has(id)) jobs.forget(id); // removed
  } catch (error) {
    if (error instanceof Refused) window.clearInterval(looking); // signed out: the badge says so
  } finally {
    asking = false;
    if (askAgain) {
      askAgain = false;
      refresh(rows.ids());
    }
  }
}

const looking = window.setInterval(() => {
  const quiet = jobs.quiet(pageWatch.now());
  if (quiet.length) refresh(quiet);
}, LOOK_MS);

pageWatch.follow((messages) => {
  for (const message of messages) {
    if (message.type === "hello") refresh(rows.ids());
    if (message.type === "job") take(message.job);
    if (message.type === "error") notice.textContent = message.message;
  }
});
refresh(rows.ids()); // also where no socket can be opened: what is under way is asked for now and then

// --- what people do ---

/**
 * Over the socket where it is live; else by the form, which brings the answer with it.
 * @param {Wire.FromClient} message
 * @param {string} url
 * @param {any[][]} fields
 */
async function ask(message, url, fields) {
  notice.textContent = "";
  if (pageWatch.say(message)) return;
  try {
    await post(url, token, fields, { failure: "Not done", refusals: {} });
    await refresh(rows.ids());
  } catch (error) {
    notice.textContent = error.message;
  }
}

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("start-job"));
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const { kind, name } = /** @type {Record<string, string>} */ (Object.fromEntries(fields));
  ask({ type: "job_start", kind, name }, config.start, fields);
  /** @type {HTMLInputElement} */ (form.elements.namedItem("name")).value = "";
});

list.addEventListener("submit", (event) => {
  event.preventDefault();
  const target = /** @type {HTMLFormElement} */ (event.target);
  const { action, dataset } = target;
  /** @type {HTMLElement} */
  const row = target.closest("[data-job]");
  const id = Number(row.dataset.job);
  if (dataset.part === "cancel") ask({ type: "job_cancel", id }, action, []);
  else {
    notice.textContent = "";
    post(action, token, [], { failure: "Not run again", refusals: {} })
      .then(() => refresh([id]))
      .catch((error) => (notice.textContent = error.message));
  }
});
