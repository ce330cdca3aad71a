/** What is seen of this page when another one covers it: its title and its icon. */

const WORDS = { offline: "Not live", "signed-out": "Signed out" };

export class PageSigns {
  #title = document.title;
  #icon = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="icon"]'));
  #liveIcon = this.#icon?.href;
  #notLiveIcon;
  #waiting = "";
  #status = "";

  /** *notLiveIcon*: the address of the icon of a page that is not live. */
  constructor(notLiveIcon) {
    this.#notLiveIcon = notLiveIcon;
  }

  /** So many alerts wait; *more*: than that. */
  showWaiting(count, more = false) {
    this.#waiting = count ? `(${count}${more ? "+" : ""}) ` : "";
    this.#draw();
  }

  /** How live the page is: a status of the badge. */
  showStatus(status) {
    this.#status = status;
    this.#draw();
  }

  #draw() {
    const words = WORDS[this.#status];
    const title = `${words ? `${words} · ` : ""}${this.#waiting}${this.#title}`;
    if (document.title !== title) document.title = title;
    const icon = words ? this.#notLiveIcon : this.#liveIcon;
    if (this.#icon && icon && this.#icon.href !== new URL(icon, window.location.href).href) this.#icon.href = icon;
  }
}
