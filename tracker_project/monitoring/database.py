"""What the database says, asked when somebody wants to know: a handful of queries, each answered by an index.

They are about the whole site, not about this machine, and every machine says the same.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from tracker.accounts import presence
from tracker.jobs.registry import JOB_TYPES
from tracker.models import Alert, Incident, Job, LogState, Notification
from tracker.models.severity import LABEL
from tracker_project.monitoring.cached_probe import CachedProbe

PATIENCE_S = 2.0  # a scrape waits for ten seconds as a rule


def read() -> list[Metric]:
    return [*log(), *alerts(), *jobs(), *on_watch()]


def log() -> Iterable[Metric]:
    state = LogState.objects.filter(pk=1).values_list("last", flat=True).first() or 0
    pending = Notification.objects.filter(seq=None).aggregate(count=Count("pk"), oldest=Min("created"))
    yield CounterMetricFamily("tracker_notifications", "Numbers that the log has given.", value=state)
    yield gauge("tracker_log_pending", "Notifications that wait for their number.", pending["count"])
    yield gauge("tracker_log_pending_age_seconds", "How long the oldest of them has waited.", age(pending["oldest"]))


def alerts() -> Iterable[Metric]:
    rows = Alert.objects.unresolved().order_by().values_list("severity", "state")
    counts = {(severity, state): count for severity, state, count in rows.annotate(count=Count("pk"))}
    unresolved = GaugeMetricFamily("tracker_alerts_open", "Alerts that are not resolved.", labels=["severity"])
    waiting = GaugeMetricFamily(
        "tracker_alerts_unacknowledged", "Those of them that nobody has acknowledged.", labels=["severity"]
    )
    for code, label in LABEL.items():
        new = counts.get((code, Alert.State.UNACKNOWLEDGED), 0)
        waiting.add_metric([label.lower()], new)
        unresolved.add_metric([label.lower()], new + counts.get((code, Alert.State.ACKNOWLEDGED), 0))
    yield unresolved
    yield waiting
    incidents = Incident.objects.filter(closed=False).count()
    yield gauge("tracker_incidents_open", "Incidents that are not closed.", incidents)


def jobs() -> Iterable[Metric]:
    rows = Job.objects.filter(finished=None).active().order_by().values_list("kind", "state")
    counts = dict.fromkeys(((kind, str(state)) for kind in JOB_TYPES for state in Job.ACTIVE), 0)
    for kind, state, count in rows.annotate(count=Count("pk")):
        key = (kind if kind in JOB_TYPES else "unknown", state)
        counts[key] = counts.get(key, 0) + count
    active = GaugeMetricFamily("tracker_jobs_active", "Jobs that wait or run.", labels=["kind", "state"])
    for labels, count in counts.items():
        active.add_metric(labels, count)
    yield active


def on_watch() -> Iterable[Metric]:
    people, consoles, last = presence.presence()
    yield gauge("tracker_watch_people", "People on watch.", people)
    yield gauge("tracker_watch_consoles", "Consoles on watch.", consoles)
    unwatched_s = 0.0 if people else age(last)
    yield gauge("tracker_watch_absent_seconds", "For how long nobody has been on watch.", unwatched_s)


def gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)


def age(since: datetime | None) -> float:
    return max(0.0, (timezone.now() - since).total_seconds()) if since else 0.0


probe = CachedProbe(read, patience_s=PATIENCE_S)
