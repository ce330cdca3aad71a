/** The times when nobody was on watch, on top of the page until its reader has read of them. */

import { post } from "../lib/post.js";

const FAILING = {
  failure: "Not noted",
  refusals: {
    401: "Not noted: you are signed out. Sign in again.",
    403: "Not noted: you may not watch any more, or you were signed out meanwhile.",
  },
};

/** Let the reader of *section* put it away: *url* is told, with this CSRF *token*, and *onGone* is called. */
export function letRead(section, { url, token, onGone }) {
  const button = section.querySelector("button");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await post(url, token, [["since", section.dataset.since]], FAILING);
      section.remove();
      onGone();
    } catch (error) {
      section.querySelector("[role=alert]").textContent = error.message;
      button.disabled = false;
    }
  });
}
