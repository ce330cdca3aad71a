/**
 * What has changed of the rows that a page shows, as the messages tell it. Pure: whoever shows it asks the server for the
 * words.
 */

export class Followed {
  #follows;
  #rows;
  #alerts;
  /** @type {Set<string>} */
  rows = new Set(); // ids of Features that were changed or deleted
  /** @type {Set<number>} */
  alerts = new Set(); // numbers of alerts to which something happened
  /** @type {Set<string | number>} */
  fresh = new Set(); // what is new to the list
  many = false; // so much at once that nobody says what

  /** @param {Live.Follows} follows */
  constructor(follows) {
    this.#follows = follows;
    this.#rows = new Set(follows.rows);
    this.#alerts = new Set(follows.alerts);
  }

  /**
   * Take in messages; whether they say something of this page.
   * @param {Wire.FromServer[]} messages
   */
  take(messages) {
    const before = this.#size;
    for (const message of messages) {
      if (message.type === "post_save") this.#save(message);
      else if (message.type === "post_delete") this.#change(message.feature.id);
      else if (message.type === "alert") this.#raise(message);
      else if (message.type === "alert_state" || message.type === "alert_restored") this.#happen(message.alerts);
      else if (message.type === "changed") this.many ||= this.#follows.list === message.model;
    }
    return this.#size !== before;
  }

  get #size() {
    return this.rows.size + this.alerts.size + this.fresh.size + Number(this.many);
  }

  /** @param {Wire.PostSave} message */
  #save({ feature, created }) {
    const { list, takes_new } = this.#follows;
    if (created && takes_new && feature.properties.model === list) this.fresh.add(feature.id);
    else this.#change(feature.id);
  }

  /** @param {string} id */
  #change(id) {
    if (this.#rows.has(id)) this.rows.add(id);
  }

  /** @param {Wire.AlertRaised} message */
  #raise({ feature, areas_of_interest }) {
    const { about, list, takes_new } = this.#follows;
    for (const { alert, id } of areas_of_interest) {
      if (this.#alerts.has(alert) || [id, feature.id].includes(about)) this.alerts.add(alert);
      else if (list === "Alert" && takes_new) this.fresh.add(alert);
    }
  }

  /** @param {{alert: number, incident: string, area: string}[]} alerts */
  #happen(alerts) {
    for (const { alert, incident, area } of alerts) {
      const isShown = this.#alerts.has(alert) || [incident, area].includes(this.#follows.about);
      if (isShown) this.alerts.add(alert);
    }
  }
}

/** @type {Record<Live.Follows["list"], [one: string, many: string]>} */
const WORDS = {
  Incident: ["incident", "incidents"],
  AreaOfInterest: ["area", "areas"],
  Alert: ["alert", "alerts"],
  "": ["row", "rows"],
};

/**
 * "5 of these have changed. 2 new alerts."; *told*: sentences that say more than the first of these.
 * @param {Pick<Followed, "rows" | "alerts" | "fresh" | "many">} news
 * @param {Live.Follows["list"]} list
 * @param {string[] | null} told
 */
export function newsText({ rows, alerts, fresh, many }, list, told) {
  const [one, more] = WORDS[list];
  const changed = rows.size + alerts.size;
  const sentences = told ? [...told] : [];
  if (many) sentences.push(`Many ${more} have changed.`);
  else if (changed && !sentences.length && !list) sentences.push("This has changed since.");
  else if (changed && !sentences.length)
    sentences.push(`${changed} of these ${changed === 1 ? "has" : "have"} changed.`);
  if (fresh.size) sentences.push(`${fresh.size} new ${fresh.size === 1 ? one : more}.`);
  return sentences.join(" ");
}
