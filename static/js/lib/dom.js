/** Building DOM nodes: text is always text. */

/** An element with attributes (null leaves one out) and children, which are nodes or strings. */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function button(className, label, onClick, attributes = {}) {
  const node = element("button", { type: "button", class: className, ...attributes }, label);
  node.addEventListener("click", onClick);
  return node;
}

/** What {{ value|json_script:"id" }} has put into the page; null if it is not there. */
export function pageData(id) {
  const node = document.getElementById(id);
  return node && JSON.parse(node.textContent);
}
