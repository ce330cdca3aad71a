"""Whether this process can do its work: the database, the channel layer, the log. Cheap, and answered in two seconds.

Only a process that cannot serve says no. Without the database it can do nothing. While SQLite's one writer is held
pages are shown, and nothing is saved; without the channel layer reports are saved, and alerts come out of the log
within a second; and a log that nobody numbers is no fault of one process. So taking it away from those who ask for
pages would help nobody. These three are said, and metrics tell them (docs/metrics.md).
"""

import asyncio
import logging
from collections.abc import Awaitable
from datetime import timedelta

from channels.layers import get_channel_layer
from django.db import connection
from django.utils import timezone

from tracker.events import publishing
from tracker.models import LogState, Notification
from tracker_project.monitoring.cached_probe import CachedProbe

logger = logging.getLogger(__name__)

stopping = False  # this process takes nothing new (tracker_project/daphne/stop.py)

WRITER_S = 0.3  # how long somebody who saves may have to wait until this is said
LAYER_S = 1.0  # how long the layer may take
LOG_LAG_S = 30  # an unnumbered notification older than this means that nobody numbers


def ask_database() -> bool:
    """Also that the tables are there."""
    LogState.objects.filter(pk=1).exists()
    return True


def ask_writer() -> bool:
    """Whether somebody who saves has their turn soon. PostgreSQL has as many writers as one likes."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 1000")
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("ROLLBACK")
    return True


def ask_log() -> bool:
    """Whether everything has its number; with nobody on watch there is no hub that would give it, so this does."""
    overdue = Notification.objects.filter(seq=None, created__lt=timezone.now() - timedelta(seconds=LOG_LAG_S))
    if overdue.exists():
        publishing.publish_leftovers()
        return not overdue.exists()
    return True


database = CachedProbe(ask_database)
writer = CachedProbe(ask_writer, patience_s=WRITER_S)
log = CachedProbe(ask_log)


async def writer_is_free() -> bool:
    """Of no matter for a process that stops, whose connections last for a moment only."""
    return stopping or await writer.answer()


async def ask_layer() -> bool:
    """A message to a group that nobody is in: a journey to Redis, of which nothing stays there."""
    await asyncio.wait_for(get_channel_layer().group_send("healthz", {"type": "healthz"}), LAYER_S)
    return True


async def state_of(name: str, question: Awaitable[bool], states: tuple[str, str, str]) -> str:
    """What to say if it is well, if it is not, and if it cannot be told."""
    well, not_well, unknown = states
    try:
        return well if await question else not_well
    except Exception as error:
        logger.warning("Health check: the %s did not answer: %r", name, error)
        return unknown


async def parts() -> dict[str, str]:
    """How each part is; ``status`` is whether this process can serve."""
    has_database, has_writer, layer, numbers = await asyncio.gather(
        state_of("database", database.answer(), ("ok", "down", "down")),
        state_of("database's writer", writer_is_free(), ("ok", "busy", "busy")),
        state_of("channel layer", ask_layer(), ("ok", "away", "away")),
        state_of("log", log.answer(), ("ok", "behind", "unknown")),
    )
    status = "stopping" if stopping else has_database
    return {
        "status": status,
        "database": has_writer if has_database == "ok" else has_database,
        "channel_layer": layer,
        "log": numbers,
    }
