/** The menus of the header: a button shows the site's on a narrow screen; Escape and a click beside put any away. */

const toggle = document.getElementById("site-menu-toggle");
const menu = document.getElementById("site-menu");
/** @type {NodeListOf<HTMLDetailsElement>} */
const others = document.querySelectorAll("details.header-menu");

function open(isOpen) {
  menu?.classList.toggle("is-open", isOpen); // the administration has a menu of its own
  toggle?.setAttribute("aria-expanded", String(isOpen));
}

const isOpen = () => menu?.classList.contains("is-open") ?? false;

toggle?.addEventListener("click", () => open(!isOpen()));
for (const each of others) {
  each.addEventListener("toggle", () => {
    if (!each.open) return;
    open(false);
    for (const other of others) if (other !== each) other.open = false;
  });
}
document.addEventListener("click", ({ target }) => {
  if (!(target instanceof Node)) return;
  for (const each of others) if (!each.contains(target)) each.open = false;
  if (isOpen() && !menu.contains(target) && !toggle.contains(target)) open(false);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (isOpen()) {
    open(false);
    toggle.focus();
  }
  for (const each of others) {
    if (!each.open) continue;
    each.open = false;
    each.querySelector("summary").focus();
  }
});
