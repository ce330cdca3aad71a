/** The site's menu on a narrow screen: a button shows it and puts it away. */

const toggle = document.getElementById("site-menu-toggle");
const menu = document.getElementById("site-menu");

function open(isOpen) {
  menu.classList.toggle("is-open", isOpen);
  toggle.setAttribute("aria-expanded", String(isOpen));
}

toggle.addEventListener("click", () => open(!menu.classList.contains("is-open")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.classList.contains("is-open")) return;
  open(false);
  toggle.focus();
});
