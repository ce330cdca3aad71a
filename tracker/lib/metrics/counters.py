"""What the processes count themselves. docs/metrics.md tells what each means, and when to worry.

Labels have few values, all of them ours: never a path, an address or a name that somebody chose. Those that are known
are there from the start, for a rate needs a zero to begin from.
"""

from functools import cache

from prometheus_client import Counter, Gauge, Histogram

from tracker.lib.metrics.processes import registry

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

# --- the sockets (live/metrics.py) -----------------------------------------------------------------------------------

CLOSE_REASONS = (
    "left",
    "signed_out",
    "no_permission",
    "fell_behind",
    "new_log",
    "too_many_sockets",
    "flood",
    "bad_message",
)
SOCKETS = Gauge("tracker_sockets_open", "Open sockets.", multiprocess_mode="livesum", registry=registry)
CONSOLES = Gauge(
    "tracker_consoles_open", "Open sockets that show alerts.", multiprocess_mode="livesum", registry=registry
)
SOCKETS_OPENED = Counter("tracker_sockets_opened", "Sockets that came.", registry=registry)
SOCKETS_CLOSED = Counter("tracker_sockets_closed", "Sockets that went, and why.", ["reason"], registry=registry)
SOCKETS_REFUSED = Counter("tracker_sockets_refused", "Handshakes refused, and why.", ["reason"], registry=registry)
DELIVERED = Counter(
    "tracker_notifications_delivered", "Notifications of the log, times sockets written to.", registry=registry
)
FRAMES = Counter("tracker_frames_sent", "Frames of such and other messages, times sockets.", registry=registry)
DELIVERY_SECONDS = Histogram(
    "tracker_delivery_seconds",
    "From when a notification was recorded until a process has written it to its sockets.",
    buckets=SECONDS,
    registry=registry,
)
CATCH_UPS = Counter(
    "tracker_log_catch_ups", "Readings of the log for what the channel layer did not bring.", registry=registry
)
HUB_FAILURES = Counter("tracker_hub_failures", "Steps of the hub that failed.", ["step"], registry=registry)


@cache
def hub_position() -> Gauge:
    """Made by the first hub: a process without one has no position, and 0 would be the least of all."""
    return Gauge(
        "tracker_hub_position",
        "The number up to which every process has taken in the log.",
        multiprocess_mode="livemin",
        registry=registry,
    )


# --- the rest ------------------------------------------------------------------------------------------------------

LAYER_FAILURES = Counter(
    "tracker_channel_layer_failures", "Messages that the channel layer did not take.", registry=registry
)
REPORTS_ACCEPTED = Counter(
    "tracker_reports_accepted",
    "Reports of the public page: new incidents, and that one is known.",
    ["what"],
    registry=registry,
)
REPORTS_REFUSED = Counter("tracker_reports_refused", "Reports refused, and why.", ["reason"], registry=registry)
SIGN_INS = Counter("tracker_sign_ins", "Sign-ins.", registry=registry)
SIGN_INS_FAILED = Counter("tracker_sign_ins_failed", "Sign-ins refused.", registry=registry)
JOBS_ENDED = Counter("tracker_jobs_ended", "Jobs that ended, and how.", ["kind", "state"], registry=registry)
HTTP_SECONDS = Histogram(
    "tracker_http_request_duration_seconds",
    "Requests of pages, by view and status.",
    ["view", "status"],
    buckets=SECONDS,
    registry=registry,
)

for reason in CLOSE_REASONS:
    SOCKETS_CLOSED.labels(reason)
for reason in ("signed_out", "no_permission", "too_many_sockets"):
    SOCKETS_REFUSED.labels(reason)
for what in ("new", "known"):
    REPORTS_ACCEPTED.labels(what)
for reason in ("throttled", "invalid"):
    REPORTS_REFUSED.labels(reason)
