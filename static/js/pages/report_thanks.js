/**
 * The thank-you: what was typed has arrived, also if it was sent the plain way, and is no draft any more. Come back to,
 * or loaded again, the page knows nothing of what was typed since.
 */

import { reportDraft } from "../ui/report_draft.js";

const [{ type }] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
const thanks = /** @type {HTMLElement | null} */ (document.querySelector(".thanks[data-sent]"));
if (type === "navigate" && thanks) reportDraft(thanks.dataset.report).markSent();
