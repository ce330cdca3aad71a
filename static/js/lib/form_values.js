/** What stands in a form, and putting it back. A password is never taken, and of a file only its name. */

const NEVER = new Set(["csrfmiddlewaretoken", "draft"]); // they belong to their page
const UNTAKEN = new Set(["password", "submit", "button", "reset", "image", "fieldset", "output", "object"]);

/**
 * @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field
 * @typedef {Record<string, string[]>} Values  by name; a box that is not ticked has none
 */

/**
 * @param {HTMLFormElement} form
 * @returns {Values}
 */
export function valuesOf(form) {
  /** @type {Values} */
  const values = {};
  for (const field of fieldsOf(form)) {
    if (field.type !== "file") values[field.name] = [...(values[field.name] ?? []), ...textsOf(field)];
  }
  return values;
}

/**
 * The names of the files that are chosen, by field.
 * @param {HTMLFormElement} form
 * @returns {Values}
 */
export function filesOf(form) {
  /** @type {Values} */
  const files = {};
  for (const field of fieldsOf(form)) {
    const chosen = field instanceof HTMLInputElement && field.type === "file" ? [...(field.files ?? [])] : [];
    if (chosen.length) files[field.name] = chosen.map(({ name }) => name);
  }
  return files;
}

/**
 * Put these back; a field that is not among them stays as it is.
 * @param {HTMLFormElement} form
 * @param {Values} values
 */
export function putBack(form, values) {
  /** @type {Map<string, number>} */
  const used = new Map();
  for (const field of fieldsOf(form)) {
    const texts = values[field.name];
    if (!texts || field.type === "file") continue;
    if (field instanceof HTMLSelectElement) {
      for (const option of field.options) option.selected = texts.includes(option.value);
    } else if (isTicked(field)) {
      /** @type {HTMLInputElement} */ (field).checked = texts.includes(field.value);
    } else {
      const at = used.get(field.name) ?? 0;
      used.set(field.name, at + 1);
      if (texts[at] !== undefined) field.value = texts[at];
    }
  }
}

/**
 * @param {HTMLFormElement} form
 * @returns {Field[]}
 */
function fieldsOf(form) {
  const fields = /** @type {Field[]} */ ([...form.elements]);
  return fields.filter(({ name, type }) => name && !NEVER.has(name) && !UNTAKEN.has(type));
}

/** @param {Field} field */
function textsOf(field) {
  if (field instanceof HTMLSelectElement) {
    // The administration chooses several by moving them into a list of their own, where all count.
    const all = field.multiple && field.id.endsWith("_to");
    return [...field.options].filter((option) => all || option.selected).map(({ value }) => value);
  }
  return isTicked(field) && !(/** @type {HTMLInputElement} */ (field).checked) ? [] : [field.value];
}

/** @param {Field} field */
function isTicked({ type }) {
  return type === "checkbox" || type === "radio";
}
