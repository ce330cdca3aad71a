/**
 * What crosses the socket, as tracker/events/messages.py declares it; docs/wire-format.md explains it. Not edited by
 * hand: `make message-types` writes it.
 */
declare namespace Wire {
  interface PostSave {
    type: "post_save";
    seq: number;
    created: boolean;
    feature: Feature;
  }

  interface PostDelete {
    type: "post_delete";
    seq: number;
    feature: Feature;
  }

  interface AlertedArea {
    id: string;
    name: string;
    severity: string;
    severity_code: string;
    url: string;
    alert: number;
  }

  interface AlertRaised {
    type: "alert";
    seq: number;
    feature: Feature;
    cause: "created" | "worsened" | "reopened" | "moved" | "area";
    at: string;
    areas_of_interest: AlertedArea[];
  }

  interface AlertChange {
    alert: number;
    incident: string;
    area: string;
    state: "unacknowledged" | "acknowledged" | "resolved";
    by: string | null;
    at: string;
    reason: string;
  }

  interface AlertState {
    type: "alert_state";
    seq: number;
    alerts: AlertChange[];
  }

  interface AlertEntry {
    alert: number;
    incident: string;
    incident_name: string;
    area: string;
    area_name: string;
    severity: string;
    severity_code: string;
    cause: "created" | "worsened" | "reopened" | "moved" | "area";
    state: "unacknowledged" | "acknowledged";
    raised: string;
    by: string | null;
    at: string | null;
  }

  interface AlertRestored {
    type: "alert_restored";
    seq: number;
    alerts: AlertEntry[];
  }

  interface Changed {
    type: "changed";
    seq: number;
    model: "Incident" | "AreaOfInterest";
    count: number;
  }

  interface Hello {
    type: "hello";
    log: string;
    seq: number;
    floor: number;
    process: string;
  }

  interface Reset {
    type: "reset";
    seq: number;
    why: string;
  }

  interface Heartbeat {
    type: "heartbeat";
    seq: number;
  }

  interface PersonOnWatch {
    name: string;
    on_map: boolean;
  }

  interface Presence {
    type: "presence";
    people: number;
    consoles: number;
    who: PersonOnWatch[];
  }

  interface JobRow {
    id: number;
    kind: string;
    name: string;
    who: string;
    own: boolean;
    state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";
    attempt: number;
    version: number;
    done: number;
    total: number | null;
    message: string;
    problems: number;
    again: boolean;
    cancelling: boolean;
    created: string;
    started: string | null;
    finished: string | null;
    url: string;
    result: string | null;
  }

  interface JobChanged {
    type: "job";
    job: JobRow;
  }

  interface Pong {
    type: "pong";
    t: unknown;
  }

  interface Error {
    type: "error";
    message: string;
  }

  interface Ping {
    type: "ping";
    t?: unknown;
  }

  interface Ack {
    type: "ack";
    seq: number;
  }

  interface JobStart {
    type: "job_start";
    kind: string;
    name?: string;
  }

  interface JobCancel {
    type: "job_cancel";
    id: number;
  }

  type FromServer =
    | Hello
    | Reset
    | PostSave
    | PostDelete
    | AlertRaised
    | AlertState
    | AlertRestored
    | Changed
    | Heartbeat
    | Presence
    | JobChanged
    | Pong
    | Error;

  type Numbered =
    | Hello
    | Reset
    | PostSave
    | PostDelete
    | AlertRaised
    | AlertState
    | AlertRestored
    | Changed
    | Heartbeat;

  type FromClient =
    | Ping
    | Ack
    | JobStart
    | JobCancel;
}
