/** Whether the page is light or dark: as theme.js says, or Django's admin, or else the system. */

const system = window.matchMedia("(prefers-color-scheme: dark)");

export function isDark() {
  const { bsTheme, theme } = document.documentElement.dataset;
  const chosen = bsTheme ?? theme;
  return chosen === "dark" || (chosen !== "light" && system.matches);
}

/** Call *react* whenever it may have changed. */
export function onColourScheme(react) {
  system.addEventListener("change", react);
  new MutationObserver(react).observe(document.documentElement, { attributeFilter: ["data-bs-theme", "data-theme"] });
}
