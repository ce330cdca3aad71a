// A classic script in the head, so that the colours are right before the first paint.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paper = window.matchMedia("print");
  const follow = (isPrinted = paper.matches) => {
    root.dataset.bsTheme = dark.matches && !isPrinted ? "dark" : "light"; // ink on light paper
  };
  root.classList.add("js"); // what needs JavaScript is hidden without it: .js-only
  for (const each of [dark, paper]) each.addEventListener("change", () => follow());
  window.addEventListener("beforeprint", () => follow(true));
  window.addEventListener("afterprint", () => follow(false));
  follow();
})();
