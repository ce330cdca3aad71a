"""``/healthz`` for a load balancer or a watchdog: the database, the channel layer, the log, and who is on watch."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from tracker import alerts, notifications, watch
from tracker.models import LogState, Notification

logger = logging.getLogger(__name__)

LAYER_TIMEOUT_S = 2
LOG_LAG_S = 30  # an unnumbered notification older than this means that nobody numbers


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 with ``{"status": "ok", ...}``, or 503 with the parts that are down.

    That nobody is on watch is said, and is no fault of this server: it stays 200.
    """
    parts = {name: state_of(check) for name, check in CHECKS.items()}
    healthy = all(state == "ok" for state in parts.values())
    people = on_watch() if parts["database"] == "ok" else {}
    return JsonResponse({"status": "ok" if healthy else "down", **parts, **people}, status=200 if healthy else 503)


def state_of(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:
        logger.warning("Health check %s failed: %r", check.__name__, error)
        return "down"


def database() -> str:
    LogState.current()
    return "ok"


def layer() -> str:
    async_to_sync(message_to_myself)()
    return "ok"


async def message_to_myself() -> None:
    channel_layer = get_channel_layer()
    async with asyncio.timeout(LAYER_TIMEOUT_S):
        channel = await channel_layer.new_channel("healthz")
        try:
            await channel_layer.send(channel, {"type": "healthz"})
            await channel_layer.receive(channel)
        finally:  # the pub/sub layer forgets a channel only when a wait on it is cancelled
            waiting = asyncio.ensure_future(channel_layer.receive(channel))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)


def log() -> str:
    overdue = Notification.objects.filter(seq=None, created__lt=timezone.now() - timedelta(seconds=LOG_LAG_S))
    if overdue.exists():
        notifications.publish_leftovers()  # with nobody on watch there is no hub that would
    return "behind" if overdue.exists() else "ok"


def on_watch() -> dict[str, int | str | None]:
    """How many people and consoles are on watch; if nobody is, since when (null: nobody ever was)."""
    people, consoles, last = watch.presence()
    numbers: dict[str, int | str | None] = {"people": people, "consoles": consoles}
    return numbers if people else numbers | {"unwatched_since": alerts.iso(last) if last else None}


CHECKS = {"database": database, "layer": layer, "log": log}
