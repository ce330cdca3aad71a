/** The site's menu on a narrow screen: a button shows it; Escape and a click beside put it away, as its other menus. */

import "./menus.js";

const toggle = document.getElementById("site-menu-toggle");
const menu = document.getElementById("site-menu");

function open(isOpen) {
  menu.classList.toggle("is-open", isOpen);
  toggle.setAttribute("aria-expanded", String(isOpen));
}

const isOpen = () => menu.classList.contains("is-open");

toggle.addEventListener("click", () => open(!isOpen()));
document.addEventListener("click", ({ target }) => {
  if (isOpen() && target instanceof Node && !menu.contains(target) && !toggle.contains(target)) open(false);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !isOpen()) return;
  open(false);
  toggle.focus();
});
