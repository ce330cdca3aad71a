/** Whether the page is light or dark: as theme.js says, or Django's admin, or else the system. */

const system = window.matchMedia("(prefers-color-scheme: dark)");

export function isDark() {
  const { bsTheme, theme } = document.documentElement.dataset;
  const chosen = bsTheme ?? theme;
  return chosen === "dark" || (chosen !== "light" && system.matches);
}

/** Call *react* whenever it may have changed; returns what ends that. */
export function onColourScheme(react) {
  const observer = new MutationObserver(react);
  system.addEventListener("change", react);
  observer.observe(document.documentElement, { attributeFilter: ["data-bs-theme", "data-theme"] });
  return () => {
    system.removeEventListener("change", react);
    observer.disconnect();
  };
}
