"""The log of notifications: recorded in the transaction it tells of, and published after that has committed.

Whoever writes many commits at most ``PIECE`` messages at once, which is what one numbering pass takes.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from tracker.events.numbering import PIECE
from tracker.events.publishing import publish
from tracker.lib.strict_json import as_json
from tracker.models import LogState, Notification, new_log_id

KEEP_AT_LEAST = 10_000  # of the newest rows, however old
PRUNE_PIECE = 1_000  # rows that are removed at once; a piece is as old as its youngest


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
    """What this thread has recorded inside ``batch``; None outside."""

    rows: list[Notification] | None = None


collected = Collected()


@contextmanager
def batch() -> Iterator[None]:
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
