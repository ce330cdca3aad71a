/**
 * What the page knows, and how messages change it: pure, no DOM, no clock. The rule that tests check:
 * a snapshot and the messages after it give what a fresh snapshot gives.
 *
 * The three collections of a snapshot are read one after the other, each at its own number in the log, and each may
 * already hold rows whose messages are not numbered yet. So replay starts from the smallest number, a collection
 * ignores what it is known to contain, and any other message may be applied over rows newer than itself: the later
 * messages, which come too, put them right.
 */

/** @returns {Live.State} */
export function initialState() {
  return {
    log: "",
    seq: 0,
    readAt: { incidents: 0, areas: 0, alerts: 0 },
    needsReload: false,
    incidents: new Map(),
    areas: new Map(),
    alerts: new Map(),
    presence: null,
  };
}

/**
 * The state of three collections as the server gives them, which must come from the same log; *presence* stays.
 * @param {Wire.Collections} collections
 * @param {Live.OnWatch | null} presence
 * @returns {Live.State}
 */
export function fromSnapshot({ incidents, areas, alerts }, presence = null) {
  if (incidents.log !== areas.log || areas.log !== alerts.log) {
    throw new Error("The collections were read from different logs.");
  }
  const readAt = { incidents: incidents.seq, areas: areas.seq, alerts: alerts.seq };
  return {
    log: incidents.log,
    seq: Math.min(...Object.values(readAt)),
    readAt,
    needsReload: false,
    incidents: new Map(incidents.features.map((feature) => [feature.id, feature])),
    areas: new Map(areas.features.map((feature) => [feature.id, feature])),
    alerts: new Map(alerts.alerts.map((entry) => [entry.alert, entry])),
    presence,
  };
}

/**
 * The state after these messages, in their order. The same object if they change nothing.
 * @param {Live.State} state
 * @param {Wire.FromServer[]} messages
 */
export function apply(state, messages) {
  const draft = new Draft(state);
  for (const message of messages) {
    if (message.type === "hello") {
      if (message.log !== state.log) draft.set("needsReload", true);
      draft.set("presence", null); // the one who greets will say it
    } else if (message.type === "presence") {
      draft.setPresence(message);
    } else if (message.type === "reset") {
      draft.set("needsReload", true);
    } else if (/** @type {Wire.Numbered} */ (message).seq > draft.seq) {
      handlers[message.type]?.(draft, message);
      draft.set("seq", /** @type {Wire.Numbered} */ (message).seq);
    }
  }
  return draft.state;
}

/** @type {WeakSet<Wire.AlertEntry>} */
const restored = new WeakSet();

/**
 * Whether this alert is back because a closing was undone: nothing has happened that anybody is to be called for.
 * @param {Wire.AlertEntry} entry
 */
export const isRestored = (entry) => restored.has(entry);

/** @typedef {"incidents" | "areas" | "alerts"} Collection */

/** A state being changed: copied at the first change, and each of its Maps at the first change of that Map. */
class Draft {
  #original;

  /** @param {Live.State} state */
  constructor(state) {
    this.#original = this.state = state;
  }

  get seq() {
    return this.state.seq;
  }

  /**
   * @template {keyof Live.State} Name
   * @param {Name} name
   * @param {Live.State[Name]} value
   */
  set(name, value) {
    if (this.state[name] === value) return;
    if (this.state === this.#original) this.state = { ...this.#original };
    this.state[name] = value;
  }

  /** @param {Live.OnWatch} onWatch */
  setPresence({ people, consoles, who }) {
    const said = { people, consoles, who };
    if (JSON.stringify(this.state.presence) !== JSON.stringify(said)) this.set("presence", said);
  }

  /**
   * @param {Collection} collection
   * @param {string | number} key
   * @param {Wire.Feature | Wire.AlertEntry} value
   */
  put(collection, key, value) {
    this.#copyOf(collection).set(key, value);
  }

  /**
   * @param {Collection} collection
   * @param {string | number} key
   */
  remove(collection, key) {
    if (mapOf(this.state, collection).has(key)) this.#copyOf(collection).delete(key);
  }

  /**
   * Whether the collection was read before this message happened.
   * @param {Collection} collection
   * @param {Wire.Numbered} message
   */
  isNews(collection, message) {
    return message.seq > this.state.readAt[collection];
  }

  /** @param {Collection} collection */
  #copyOf(collection) {
    if (this.state[collection] === this.#original[collection]) {
      this.set(collection, new Map(mapOf(this.#original, collection)));
    }
    return mapOf(this.state, collection);
  }
}

/**
 * Whatever its keys and values are.
 * @param {Live.State} state
 * @param {Collection} collection
 * @returns {Map<any, any>}
 */
function mapOf(state, collection) {
  return state[collection];
}

/** @type {Record<string, (draft: Draft, message: any) => void>} */
const handlers = {
  /**
   * @param {Draft} draft
   * @param {Wire.PostSave} message
   */
  post_save(draft, message) {
    const { feature, created } = message;
    const collection = collectionOf(feature);
    const gone = feature.properties.closed === true;
    if (draft.isNews(collection, message)) {
      if (gone) draft.remove(collection, feature.id);
      else draft.put(collection, feature.id, feature);
    }
    if (!gone && !created && draft.isNews("alerts", message)) followNames(draft, collection, feature);
  },

  /**
   * @param {Draft} draft
   * @param {Wire.PostDelete} message
   */
  post_delete(draft, message) {
    const collection = collectionOf(message.feature);
    if (draft.isNews(collection, message)) draft.remove(collection, message.feature.id);
  },

  /**
   * @param {Draft} draft
   * @param {Wire.AlertRaised} message
   */
  alert(draft, message) {
    if (!draft.isNews("alerts", message)) return;
    const { id, properties } = message.feature;
    for (const area of message.areas_of_interest) {
      draft.put("alerts", area.alert, {
        alert: area.alert,
        incident: id,
        incident_name: properties.name,
        area: area.id,
        area_name: area.name,
        severity: properties.severity,
        severity_code: properties.severity_code,
        cause: message.cause,
        state: "unacknowledged",
        raised: message.at,
        by: null,
        at: null,
      });
    }
  },

  /**
   * @param {Draft} draft
   * @param {Wire.AlertState} message
   */
  alert_state(draft, message) {
    if (!draft.isNews("alerts", message)) return;
    for (const { alert, state, by, at } of message.alerts) {
      const entry = draft.state.alerts.get(alert);
      if (state === "resolved") {
        draft.remove("alerts", alert);
      } else if (entry) {
        const acknowledged = state === "acknowledged";
        draft.put("alerts", alert, { ...entry, state, by: acknowledged ? by : null, at: acknowledged ? at : null });
      }
    }
  },

  /**
   * @param {Draft} draft
   * @param {Wire.AlertRestored} message
   */
  alert_restored(draft, message) {
    if (!draft.isNews("alerts", message)) return;
    for (const entry of message.alerts) {
      restored.add(entry);
      draft.put("alerts", entry.alert, entry);
    }
  },

  changed(draft) {
    draft.set("needsReload", true);
  },
};

/** @param {Wire.Feature} feature */
function collectionOf(feature) {
  return feature.properties.model === "Incident" ? "incidents" : "areas";
}

/**
 * Alert entries repeat the names of their incident and area, and the incident's severity; the server updates them too.
 * @param {Draft} draft
 * @param {"incidents" | "areas"} collection
 * @param {Wire.Feature} feature
 */
function followNames(draft, collection, { id, properties }) {
  /** @type {["incident" | "area", Partial<Wire.AlertEntry>]} */
  const [key, repeated] =
    collection === "incidents"
      ? [
          "incident",
          { incident_name: properties.name, severity: properties.severity, severity_code: properties.severity_code },
        ]
      : ["area", { area_name: properties.name }];
  const names = /** @type {(keyof Wire.AlertEntry)[]} */ (Object.keys(repeated));
  for (const entry of draft.state.alerts.values()) {
    if (entry[key] !== id) continue;
    if (names.some((name) => entry[name] !== repeated[name])) {
      draft.put("alerts", entry.alert, { ...entry, ...repeated });
    }
  }
}
