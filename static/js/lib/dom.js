/** Building DOM nodes: text is always text. */

import { isoLocal } from "./time.js";

/** @typedef {Record<string, string | number | null>} Attributes  null leaves one out */

/**
 * An element with attributes and children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {(Node | string)[]} children
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) node.setAttribute(name, String(value));
  }
  node.append(...children);
  return node;
}

/**
 * @param {string} className
 * @param {string} label
 * @param {(event: MouseEvent) => void} onClick
 * @param {Attributes} attributes
 */
export function button(className, label, onClick, attributes = {}) {
  const node = element("button", { type: "button", class: className, ...attributes }, label);
  node.addEventListener("click", onClick);
  return node;
}

/**
 * A moment that the server has written, as people read it.
 * @param {string} iso
 */
export function timeElement(iso) {
  return element("time", { datetime: iso }, isoLocal(new Date(iso)));
}

/**
 * What {{ value|json_script:"id" }} has put into the page; null if it is not there.
 * @param {string} id
 */
export function pageData(id) {
  const node = document.getElementById(id);
  return node && JSON.parse(node.textContent ?? "");
}

/** The token of the page's forms, which the server wants with everything that is posted. */
export function csrfToken() {
  return /** @type {HTMLInputElement} */ (document.querySelector("[name=csrfmiddlewaretoken]")).value;
}
