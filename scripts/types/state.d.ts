/** What the modules of the live map hand to each other. */
declare namespace Live {
  interface OnWatch {
    people: number;
    consoles: number;
    who: Wire.PersonOnWatch[];
  }

  /** What a page without the map begins with: which alerts wait (tracker/alerts/waiting.py). */
  interface Waiting {
    log: string;
    seq: number;
    /** Their numbers, and when they were raised; the newest first. */
    listed: [number, string][];
    /** There are more than are listed. */
    more: boolean;
    /** The newest of them, whole. */
    newest: Wire.AlertEntry[];
    /** The numbers of the areas; only where it was asked for. */
    areas?: number[];
  }

  /** What a page shows, and therefore follows (tracker/web/views/followed.py). */
  interface Follows {
    /** Ids of Features. */
    rows: string[];
    /** Numbers of alerts. */
    alerts: number[];
    /** The Feature that it is about: all its alerts are of interest. */
    about: string;
    /** Of what it is a list. */
    list: "Incident" | "AreaOfInterest" | "Alert" | "";
    /** What is new would be on it. */
    takes_new: boolean;
  }

  /** What one page leaves to the next in the same tab. */
  interface Left {
    log: string;
    /** The alerts that it knew, and when they were raised. */
    known: [number, string][];
    /** Those that somebody still has to look at, whole. */
    pending: Wire.AlertEntry[];
  }

  /** What the page knows; store.js makes one out of another and changes none. */
  interface State {
    log: string;
    /** Everything up to here is in the state. */
    seq: number;
    /** The numbers at which the collections were read. */
    readAt: { incidents: number; areas: number; alerts: number };
    /** Messages cannot bring the state up to date: load a snapshot. */
    needsReload: boolean;
    /** By id; open ones only. */
    incidents: Map<string, Wire.IncidentFeature>;
    /** By id. */
    areas: Map<string, Wire.AreaFeature>;
    /** By number; unresolved ones only. */
    alerts: Map<number, Wire.AlertEntry>;
    /** null: not known. */
    presence: OnWatch | null;
  }

  /** How live the page is, as Connection and Feed report it. */
  interface Status {
    state: "connecting" | "live" | "waiting" | "ended";
    /** When the page was last known to be live, in ms; null: never yet. */
    since: number | null;
    nextTry?: number;
    roundTripMs?: number;
    /** Why it has ended: signed-out, no-permission, too-many, refused, closed. */
    why?: string;
  }

  interface Timers {
    setTimeout(action: () => void, ms: number): unknown;
    clearTimeout(timer: unknown): void;
    now(): number;
  }

  /** What Connection needs of a WebSocket. */
  interface Socket {
    readonly readyState: number;
    onopen: ((event: object) => void) | null;
    onmessage: ((event: { data: string }) => void) | null;
    onclose: ((event: { code: number }) => void) | null;
    send(text: string): void;
    close(): void;
  }

  /** Alerts that are one piece of news; `worst` is the first of `entries`. */
  interface AlertGroup {
    key: string;
    entries: Wire.AlertEntry[];
    worst: Wire.AlertEntry;
  }

  interface Filters {
    show: string;
    severity: string;
    area: string;
    within: string;
    text: string;
  }

  /** Which alerts call a person: in these areas (null: in all), from this severity on ("": from any). */
  interface Mine {
    areas: string[] | null;
    severity: string;
  }
}
