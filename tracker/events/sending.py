"""Sending: numbered messages, and those that have no number, to the channel group, and before it to this process's hub.

The log is the truth, and the message to the group is its fast path: it may be lost. A message travels in an envelope,
so that who takes it need not read its text to learn its number.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any, NamedTuple

from channels.layers import get_channel_layer

from tracker.events.background_loop import sender_for
from tracker.events.messages import GROUP
from tracker.lib.metrics.counters import LAYER_FAILURES
from tracker.models import Notification

logger = logging.getLogger(__name__)

SEND_TIMEOUT_S = 0.2  # after which a layer that does not answer is given up


def envelope_of(rows: list[Notification]) -> dict[str, Any]:
    """The group's message for numbered rows: their texts, and of each what a hub must know without reading it.

    Without those that are not for everyone: hubs see a gap, and fetch them with their audience. ``at`` is when the
    oldest was recorded, as ``time.time()``.
    """
    public = [row for row in rows if row.audience is None]
    return {
        "type": "notify",
        "messages": [row.text() for row in public],
        "seqs": [row.seq for row in public],
        "types": [row.type for row in public],
        "at": seconds(min(row.created for row in rows)),
    }


# Takes to the live sockets what the group would bring.
Deliver = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]


class LocalHub(NamedTuple):
    """The hub of this process, if it serves sockets."""

    loop: asyncio.AbstractEventLoop
    deliver: Deliver


class Subscription:
    """Who takes, in this process, what it sends: a hub, before the group brings it."""

    hub: LocalHub | None = None

    def begin(self, loop: asyncio.AbstractEventLoop, deliver: Deliver) -> None:
        self.hub = LocalHub(loop, deliver)

    def end(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.hub and self.hub.loop is loop:
            self.hub = None

    def running(self) -> LocalHub | None:
        return self.hub if self.hub and self.hub.loop.is_running() else None


subscription = Subscription()


def send(rows: list[Notification]) -> "Future[None] | None":
    """Tell the group what was numbered. Never fails and never waits: who does not hear of it reads the log.

    Returns what to wait for; nothing on an event loop, which must not wait.
    """
    message = envelope_of(rows)
    loop = loop_of_this_thread()
    if hub := subscription.running():
        # Before Redis, which repeats it.
        written = asyncio.run_coroutine_threadsafe(hub.deliver(message), hub.loop)
        asyncio.run_coroutine_threadsafe(group_send(message), hub.loop)
        return None if loop else written
    if loop:
        asyncio.run_coroutine_threadsafe(group_send(message), loop)
        return None
    return sender_for(get_channel_layer()).send(group_send(message))


def seconds(created: datetime | str) -> float:
    """A time as the database has it, as ``time.time()``. What no field has read is a text in SQLite."""
    if isinstance(created, str):
        created = datetime.fromisoformat(created).replace(tzinfo=UTC)
    return created.timestamp()


def send_ephemeral(audience: str, texts: list[str]) -> None:
    """Send messages that are not in the log to those in this audience (``user:7``), at whichever process they are.

    A layer that loses them loses them. Never fails, and never waits.
    """
    message = {"type": "notify", "audience": audience, "messages": texts}
    hub = subscription.running()
    loop = hub.loop if hub else loop_of_this_thread()
    if loop:
        asyncio.run_coroutine_threadsafe(group_send(message), loop)
    else:
        sender_for(get_channel_layer()).send(group_send(message))


def loop_of_this_thread() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


async def group_send(message: dict[str, Any]) -> None:
    try:
        layer = get_channel_layer()
        await asyncio.wait_for(layer.group_send(GROUP, message), SEND_TIMEOUT_S)
    except Exception as error:
        LAYER_FAILURES.inc()
        logger.warning("The channel layer did not take a notification (%r); it will be read from the log.", error)
