/** What the drawing tools say: an area and its parts, and not the layers and features that they are to Leaflet. */

import { L } from "./leaflet.js";

/** Before the tools are made. */
export function sayPlainly() {
  const { edit } = /** @type {any} */ (L).drawLocal ?? {};
  if (!edit) return; // no drawing tools here
  Object.assign(edit.toolbar.buttons, {
    edit: "Move the corners",
    editDisabled: "Nothing is drawn yet whose corners could be moved",
    remove: "Take parts away",
    removeDisabled: "Nothing is drawn yet that could be taken away",
  });
  Object.assign(edit.toolbar.actions.save, { title: "Keep what was changed" });
  Object.assign(edit.toolbar.actions.cancel, { title: "Leave it as it was" });
  Object.assign(edit.toolbar.actions.clearAll, { title: "Take everything away", text: "Take all away" });
  Object.assign(edit.handlers.edit.tooltip, {
    text: "Drag a corner to move it.",
    subtext: "Cancel leaves all as it was.",
  });
  Object.assign(edit.handlers.remove.tooltip, { text: "Click a part to take it away." });
}
