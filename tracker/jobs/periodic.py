"""What is done again and again without anybody asking: by ``celery beat``, or by the embedded site's own clock.

A function registers itself by the decorator ``periodic``. What belongs to floors below this one is declared here.
"""

from collections.abc import Callable
from typing import NamedTuple

from django.contrib.sessions.models import Session
from django.utils import timezone

from tracker.audit import record
from tracker.events import log
from tracker.jobs import queue

HOUR, DAY = 3_600.0, 86_400.0


class Periodic(NamedTuple):
    every_s: float
    do: Callable[[], object]


PERIODIC: dict[str, Periodic] = {}


def periodic(name: str, every_s: float) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Declare that a function is done every so many seconds, by some process of the site; twice must do no harm."""

    def declare(function: Callable[[], object]) -> Callable[[], object]:
        PERIODIC[name] = Periodic(every_s, function)
        return function

    return declare


@periodic("clear_sessions", DAY)
def clear_sessions() -> int:
    """Remove sessions that have expired; returns how many."""
    return Session.objects.filter(expire_date__lt=timezone.now())._raw_delete(using="default")


periodic("sweep_jobs", 5.0)(queue.sweep)
periodic("prune_jobs", HOUR)(queue.prune)
periodic("prune_log", HOUR)(log.prune)
periodic("prune_audit", DAY)(record.prune)
