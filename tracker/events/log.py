"""The log of notifications: recorded in the transaction it tells of, numbered and sent after that has committed.

The log is the truth; the message to the channel group is its fast path, and may be lost (docs/architecture.md).
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from tracker.events.background_loop import sender_for
from tracker.events.messages import GROUP
from tracker.lib.metrics.counters import LAYER_FAILURES
from tracker.lib.strict_json import as_json
from tracker.models import LogState, Notification, new_log_id

logger = logging.getLogger(__name__)

KEEP_AT_LEAST = 10_000  # of the newest rows, however old
PRUNE_PIECE = 1_000  # rows that are removed at once; a piece is as old as its youngest
PIECE = 500  # rows that one numbering pass takes, and that bulk writers commit at once
SEND_TIMEOUT_S = 0.2  # after which a layer that does not answer is given up
WAIT_S = 0.25  # how long it may hold up the one who saved, whatever it does and however many passes there were


class Server(NamedTuple):
    """The hub of this process, if it serves sockets."""

    loop: asyncio.AbstractEventLoop
    # What the group would bring it, and when that was recorded, to the live sockets.
    deliver: Callable[[list[str], float], Coroutine[Any, Any, None]]


server: Server | None = None


# --- in the transaction --------------------------------------------------------------------------------------------


def record(type: str, body: str | dict[str, Any], audience: str | None = None) -> None:
    """Record one message in the log. *body*: its other fields, as a dict or as the text of a JSON object."""
    record_all([(type, body)], audience)


def record_all(messages: Iterable[tuple[str, str | dict[str, Any]]], audience: str | None = None) -> None:
    """Record several messages, in their order, in the transaction that is open; after it commits they are published."""
    rows = [
        Notification(type=type, body=body if isinstance(body, str) else as_json(body), audience=audience)
        for type, body in messages
    ]
    if collected.rows is not None:
        collected.rows += rows
    elif rows:
        insert(rows)


class Collected(threading.local):
    """What this thread has recorded inside ``together``; None outside."""

    rows: list[Notification] | None = None


collected = Collected()


@contextmanager
def together() -> Iterator[None]:
    """What is recorded in here goes into the log in one statement, at the end; nothing if it fails."""
    if collected.rows is not None:
        yield
        return
    rows: list[Notification] = []
    collected.rows = rows
    try:
        yield
    finally:
        collected.rows = None
    if rows:
        insert(rows)


def insert(rows: list[Notification]) -> None:
    with transaction.atomic(savepoint=False):  # if this fails, so does the change that it tells of
        Notification.objects.bulk_create(rows, batch_size=PIECE)
    if not is_publishing_planned():
        transaction.on_commit(publish, robust=True)


def is_publishing_planned() -> bool:
    """Whether ``publish`` will already run after this transaction; once is enough.

    A plan made in a savepoint that was rolled back is gone from the list; one made in a savepoint that is open now, or
    was released, stays if what is recorded now stays.
    """
    return any(hook[1] is publish for hook in connection.run_on_commit)


# --- after the commit ----------------------------------------------------------------------------------------------


def publish() -> None:
    """Number what has committed and send it to the group. Any process may, at any time."""
    sent = []
    while rows := number_pending():
        sent.append(send(rows))
        if len(rows) < PIECE:
            break
    # Wait until the messages are on their way, all of them together, and not for long: this process may end next. If it
    # serves sockets, the answer to the one who saved would only take the processor from those who wait for the alert.
    wait([each for each in sent if each], WAIT_S)


def publish_leftovers() -> None:
    """Publish what a process that died after its commit has left.

    Asks first, for numbering locks, on SQLite all writers.
    """
    if answer_to("SELECT 1 FROM tracker_notification WHERE seq IS NULL LIMIT 1"):
        publish()


def number_pending() -> list[Notification]:
    """Give the next numbers to at most 500 pending rows, in the order of their ids, and return them in that order.

    The lock on the ``LogState`` row makes numbers gapless and visible in order. Numbering after the commit, instead of
    taking a sequence's value in the transaction, is what keeps a row that commits late from being skipped by readers.
    """
    if connection.vendor == "postgresql":
        columns = answer_to(LOCK_AND_NUMBER, new_log_id(), PIECE)
    else:
        with transaction.atomic():  # which is the lock
            LogState.objects.get_or_create(pk=1)
            columns = answer_to(NUMBER, PIECE)
            if columns:
                LogState.objects.filter(pk=1).update(last=F("last") + len(columns))
    rows = [Notification(id=i, seq=s, audience=a, type=t, body=b, created=c) for i, s, a, t, b, c in columns]
    return sorted(rows, key=lambda row: row.seq or 0)


def answer_to(sql: str, *parameters) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


# SQLite takes no alias in RETURNING, and PostgreSQL no ambiguous name: hence the other names in the subquery.
NUMBER = """
    UPDATE tracker_notification SET seq = pending.number
    FROM (
        SELECT n.id AS pending_id, s.last + row_number() OVER (ORDER BY n.id) AS number
        FROM tracker_notification n, tracker_logstate s
        WHERE n.seq IS NULL AND s.id = 1 ORDER BY n.id LIMIT %s
    ) AS pending
    WHERE id = pending.pending_id
    RETURNING id, seq, audience, type, body, created
"""
# For PostgreSQL all in one journey. Several statements, and not one: each sees what has committed when it begins. The
# lock must find a row, or it locks nothing; and the last must see what others have numbered while this waited for the
# lock. They are one transaction, because psycopg2 sends them in one simple query (PostgreSQL, "Multiple Statements in a
# Simple Query"). The insertion writes nothing where the row is there, which is always but once.
LOCK_AND_NUMBER = f"""
    INSERT INTO tracker_logstate (id, log_id, last, floor) VALUES (1, %s, 0, 1) ON CONFLICT (id) DO NOTHING;
    SELECT last FROM tracker_logstate WHERE id = 1 FOR UPDATE;
    WITH numbered AS ({NUMBER}), moved AS (
        UPDATE tracker_logstate SET last = last + (SELECT count(*) FROM numbered)
        WHERE id = 1 AND EXISTS (SELECT 1 FROM numbered)
    )
    SELECT * FROM numbered
"""


def send(rows: list[Notification]) -> "Future[None] | None":
    """Tell the group what was numbered. Never fails and never waits: who does not hear of it reads the log.

    A row that is not for everyone is left out, which the hubs see as a gap, and fetch it with its audience. Returns
    what to wait for; nothing on an event loop, which must not wait.
    """
    texts = [row.text() for row in rows if row.audience is None]
    at = seconds(min(row.created for row in rows))
    message = {"type": "notify", "messages": texts, "at": at}
    loop = loop_of_this_thread()
    if server and server.loop.is_running():
        # Before Redis, which repeats it.
        written = asyncio.run_coroutine_threadsafe(server.deliver(texts, at), server.loop)
        asyncio.run_coroutine_threadsafe(group_send(message), server.loop)
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


def tell(audience: str, texts: list[str]) -> None:
    """Send messages of the moment to those in this audience (``user:7``), whichever process their sockets are at.

    They are not in the log: a layer that loses them loses them. Never fails, and never waits.
    """
    message = {"type": "notify", "audience": audience, "messages": texts}
    loop = server.loop if server and server.loop.is_running() else loop_of_this_thread()
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


# --- reading -------------------------------------------------------------------------------------------------------


def read(after: int, limit: int = PIECE) -> list[Notification]:
    """At most *limit* numbered rows with ``seq`` > *after*, in order."""
    return list(Notification.objects.filter(seq__gt=after).order_by("seq")[:limit])


# --- keeping it small ----------------------------------------------------------------------------------------------


def prune() -> int:
    """Remove what is older than ``NOTIFICATION_RETENTION_DAYS``, but never the newest 10,000; returns how many.

    In pieces, each a short transaction under the lock of the log. Numbers have no gaps, so the floor rises by as many
    as were removed; whoever comes back from below it is told to reload.
    """
    removed = 0
    while count := prune_piece():
        removed += count
    return removed


def prune_piece() -> int:
    cutoff = timezone.now() - timedelta(days=settings.NOTIFICATION_RETENTION_DAYS)
    with transaction.atomic():
        state = LogState.objects.select_for_update().get(pk=LogState.current().pk)
        end = min(state.floor + PRUNE_PIECE, state.last - KEEP_AT_LEAST + 1)
        piece = Notification.objects.filter(seq__gte=state.floor, seq__lt=end)
        if end <= state.floor or piece.filter(created__gte=cutoff).exists():
            return 0
        count = piece.delete()[0]
        state.floor = end
        state.save(update_fields=["floor"])
    return count


def begin_new_log() -> LogState:
    """After restoring a backup: the numbers from here on belong to another log, and every open map reloads."""
    with transaction.atomic():
        state = LogState.objects.select_for_update().get(pk=LogState.current().pk)
        state.log_id = new_log_id()
        state.save(update_fields=["log_id"])
    return state
