/** Every page without the map: on watch, and what it shows is followed. */

import "../ui/page_watch.js";
import { followPage } from "../ui/stale_note.js";

followPage();
