/** Whether the page is light or dark, as theme.js says. */

export function isDark() {
  return document.documentElement.dataset.bsTheme === "dark";
}

/** Call *react* whenever it may have changed; returns what ends that. */
export function onColourScheme(react) {
  const observer = new MutationObserver(react);
  observer.observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  return () => observer.disconnect();
}
