/** The thank-you: what was typed has arrived, also if it was sent the plain way, and is no draft any more. */

import { reportDraft } from "../ui/report_draft.js";

if (document.querySelector(".thanks[data-sent]")) reportDraft().markSent();
