/** What the modules of the live map hand to each other. */
declare namespace Live {
  interface OnWatch {
    people: number;
    consoles: number;
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
