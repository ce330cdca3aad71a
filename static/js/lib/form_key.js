/**
 * A form's own key, by which the server knows a form that is sent twice. “Back” loads the page again, with a new key; so
 * the place in the browser's history keeps the one that the form had first. No DOM.
 */

/**
 * @param {{ value: string } | null} field  the hidden field; null on a form that has none
 * @param {Pick<History, "state" | "replaceState">} history
 */
export function keepKey(field, history) {
  if (!field) return;
  const kept = history.state?.formKey;
  if (typeof kept === "string") field.value = kept;
  else history.replaceState({ ...history.state, formKey: field.value }, "");
}
