"""What is done again and again without anybody asking: by ``celery beat``, or by the embedded site's own clock."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from django.contrib.sessions.models import Session
from django.utils import timezone

from tracker.alerts import check
from tracker.audit import record
from tracker.events import log
from tracker.jobs import queue

logger = logging.getLogger(__name__)

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0


class Periodic(NamedTuple):
    every_s: float
    do: Callable[[], object]


def check_alerts() -> None:
    """Alerts never differ from what lies where; if they ever do, they are put right, and the log says so."""
    for sentence in check.check(repair=True).sentences:
        logger.error("An alert was not as it should be, and was repaired. %s", sentence)


def clear_sessions() -> int:
    """Remove sessions that have expired; returns how many."""
    return Session.objects.filter(expire_date__lt=timezone.now())._raw_delete(using="default")


PERIODIC = {
    "sweep_jobs": Periodic(5.0, queue.sweep),
    "prune_log": Periodic(HOUR, log.prune),
    "prune_jobs": Periodic(HOUR, queue.prune),
    "prune_audit": Periodic(DAY, record.prune),
    "check_alerts": Periodic(DAY, check_alerts),
    "clear_sessions": Periodic(DAY, clear_sessions),
}
