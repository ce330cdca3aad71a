/**
 * Small menus (<details> in the header and beside a title): a click beside one, or Escape, puts it away, so only one is
 * open. Without scripts a second click does.
 */

const opened = () =>
  /** @type {NodeListOf<HTMLDetailsElement>} */ (
    document.querySelectorAll("details:is(.more-menu, .header-menu)[open]")
  );

document.addEventListener("click", (event) => {
  for (const menu of opened()) if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of opened()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
