// A classic script in the head, so that the colours are right before the first paint.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    root.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  root.classList.add("js"); // what needs JavaScript is hidden without it: .js-only
  dark.addEventListener("change", follow);
  follow();
})();
