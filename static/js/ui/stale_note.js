/** Says at once that what a page shows has changed since it was loaded: who did what, and when. */

import { pageData } from "../lib/dom.js";
import { fetchJSON } from "../live/collections.js";
import { Followed, newsText } from "../live/followed.js";
import { pageWatch } from "./page_watch.js";

const TOLD = 3; // as many as the server tells one by one
const ASK_MS = 150; // what belongs together comes together
const SPREAD_MS = 350; // all pages hear it at the same moment, and do not ask at the same moment

export function followPage() {
  const follows = pageData("follows");
  const note = document.getElementById("page-changed");
  if (!pageWatch || !follows || !note) return;
  const followed = new Followed(follows);
  let planned = null;
  let asked = 0;

  pageWatch.follow((messages) => {
    if (!followed.take(messages) || planned !== null) return;
    planned = window.setTimeout(say, ASK_MS + Math.random() * SPREAD_MS);
  });

  async function say() {
    planned = null;
    asked += 1;
    const turn = asked;
    const told = await sentences();
    if (turn !== asked) return; // more has come meanwhile, and was asked for
    const text = newsText(followed, follows.list, told);
    note.querySelector("span").textContent = text;
    note.hidden = !text;
  }

  /** What the server says of these; null if they are too many, or nobody answers: then they are counted. */
  async function sentences() {
    const [rows, alerts] = [[...followed.rows], [...followed.alerts]];
    if (!rows.length && !alerts.length) return null;
    if (rows.length + (follows.list ? alerts.length : 0) > TOLD) return null;
    const query = new URLSearchParams([
      ...rows.map((id) => ["row", id]),
      ...alerts.slice(0, 100).map((number) => ["alert", String(number)]),
      ...(follows.list || rows.length > 1 ? [["named", "1"]] : []),
    ]);
    try {
      const { said } = await fetchJSON(`${follows.changes}?${query}`, { timeoutMs: 10_000 });
      return said.length ? said : null;
    } catch {
      return null;
    }
  }
}
