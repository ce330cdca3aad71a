/** Says things to those who hear the page, through a role="status" region that is there from the start. */

export class Announcer {
  #region;

  constructor(region) {
    this.#region = region;
  }

  say(text) {
    this.#region.textContent = text;
  }
}
