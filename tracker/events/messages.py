"""Every message that crosses the socket ``/notifications/``, with its fields. docs/wire-format.md explains them.

Messages of the log carry ``seq`` and are replayed; the others are ephemeral. A declaration here is the whole of a
message's shape: the core builds the bodies of the log's messages (``tracker.events.log``), the hub the others.
"""

from typing import Any, Literal, NotRequired, TypedDict

GROUP = "notifications"

# Close codes. The page comes back after 4008, 1001, 1006 and 1012, and not after the others.
SIGNED_OUT = 4001
NO_PERMISSION = 4003
FELL_BEHIND = 4008
TOO_MANY_SOCKETS = 4009
BAD_MESSAGE = 4010

Feature = dict[str, Any]


class GroupEvent(TypedDict):
    """What any process may send to the channel group ``notifications``: finished texts, one JSON object each.

    Texts with ``seq`` are the log's and go through the hub's position check; the others are passed on once.
    """

    type: Literal["notify"]
    messages: list[str]
    audience: NotRequired[str]  # for ephemeral messages that are only for these: "user:7"
    at: NotRequired[float]  # when the oldest of them was recorded, as time.time(); only measured by


# --- of the log ----------------------------------------------------------------------------------------------------


class PostSave(TypedDict):
    type: Literal["post_save"]
    seq: int
    created: bool
    feature: Feature


class PostDelete(TypedDict):
    type: Literal["post_delete"]
    seq: int
    feature: Feature  # as it was


class AlertedArea(TypedDict):
    id: str  # the area's Feature id
    name: str
    severity: str
    severity_code: str
    url: str
    alert: int  # the alert's number


class AlertRaised(TypedDict):
    type: Literal["alert"]
    seq: int
    feature: Feature  # the incident
    cause: Literal["created", "worsened", "reopened", "moved", "area"]
    at: str  # ISO 8601
    areas_of_interest: list[AlertedArea]


class AlertChange(TypedDict):
    alert: int
    incident: str
    area: str
    state: Literal["unacknowledged", "acknowledged", "resolved"]
    by: str | None
    at: str
    reason: str


class AlertState(TypedDict):
    type: Literal["alert_state"]
    seq: int
    alerts: list[AlertChange]


class AlertEntry(TypedDict):
    """An alert that is not resolved, as the collection of alerts has it."""

    alert: int
    incident: str
    incident_name: str
    area: str
    area_name: str
    severity: str
    severity_code: str
    cause: Literal["created", "worsened", "reopened", "moved", "area"]
    state: Literal["unacknowledged", "acknowledged"]
    raised: str
    by: str | None
    at: str | None  # when it was acknowledged


class AlertRestored(TypedDict):
    """These are there as they are, and no news: they were resolved and are back, or somebody knew of them before."""

    type: Literal["alert_restored"]
    seq: int
    alerts: list[AlertEntry]


class Changed(TypedDict):
    type: Literal["changed"]
    seq: int
    model: Literal["Incident", "AreaOfInterest"]
    count: int


# --- of the moment -------------------------------------------------------------------------------------------------


class Hello(TypedDict):
    type: Literal["hello"]
    log: str
    seq: int  # the newest
    floor: int  # the oldest that can be replayed
    process: str


class Reset(TypedDict):
    type: Literal["reset"]
    seq: int
    why: str


class Heartbeat(TypedDict):
    type: Literal["heartbeat"]
    seq: int  # everything this socket may see up to here was sent


class PersonOnWatch(TypedDict):
    name: str
    on_map: bool  # the live map is open; else another page of the site


class Presence(TypedDict):
    """Who is on watch, on whatever page; sent when a socket comes, and when something of it changes."""

    type: Literal["presence"]
    people: int
    consoles: int  # open live maps
    who: list[PersonOnWatch]  # those on the map first; twenty at most, whatever the number of people


class JobRow(TypedDict):
    """Work in the background, as its row stands. A row with a greater ``version`` is newer."""

    id: int
    kind: str
    name: str
    who: str  # who started it; empty: the site itself
    own: bool  # it was the one who is told; an administrator sees everybody's
    state: Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
    attempt: int
    version: int
    done: int
    total: int | None  # None: not known
    message: str
    problems: int  # how many rows something is wrong with; the job's page names them
    again: bool  # whoever is told may have it run again
    cancelling: bool  # it was asked to stop
    created: str
    started: str | None
    finished: str | None
    url: str
    result: str | None  # where its file can be downloaded; None also for who may not have it (any more)


class JobChanged(TypedDict):
    """To those who may see the job: whoever started it."""

    type: Literal["job"]
    job: JobRow


class Pong(TypedDict):
    type: Literal["pong"]
    t: Any


class Error(TypedDict):
    type: Literal["error"]
    message: str


# --- from the client -----------------------------------------------------------------------------------------------


class Ping(TypedDict):
    type: Literal["ping"]
    t: NotRequired[Any]


class Ack(TypedDict):
    type: Literal["ack"]
    seq: int


class JobStart(TypedDict):
    """Do a job that needs nothing but a name. It answers by ``job``, or by ``error``."""

    type: Literal["job_start"]
    kind: str
    name: NotRequired[str]


class JobCancel(TypedDict):
    type: Literal["job_cancel"]
    id: int


FROM_SERVER = {
    "hello": Hello,
    "reset": Reset,
    "post_save": PostSave,
    "post_delete": PostDelete,
    "alert": AlertRaised,
    "alert_state": AlertState,
    "alert_restored": AlertRestored,
    "changed": Changed,
    "heartbeat": Heartbeat,
    "presence": Presence,
    "job": JobChanged,
    "pong": Pong,
    "error": Error,
}
FROM_CLIENT = {"ping": Ping, "ack": Ack, "job_start": JobStart, "job_cancel": JobCancel}
