"""Writing many incidents or areas at once: creating, deleting, closing, reopening, and taking a closing back.

Callers of what creates or closes pass at most ``log.PIECE`` rows at a time (writing.py); what reopens or deletes cuts
pieces.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from tracker.alerts import lifecycle
from tracker.audit import record
from tracker.events import log
from tracker.incidents import history
from tracker.incidents.writing import Model, Rows, write
from tracker.lib.piece_size import Pace
from tracker.models import Incident
from tracker.models.row_change import Row

ANNOUNCE_AT_MOST = 10_000  # rows; past that one ``changed`` message stands for all the ``post_save``


def create(model: Model, rows: Sequence[Row], announce: bool = True, audited: bool = True) -> None:
    """Create these rows in one transaction. *announce*, *audited*: as ``writing.write`` has them."""
    with write(model, announce=announce, audited=audited) as written:
        written.create(rows)


def delete(model: Model, pks: Iterable[int]) -> int:
    """Delete these rows in pieces; returns how many. One entry of the audit record is for all, with the first piece."""
    pks = list(pks)
    announce, deleted = len(pks) <= ANNOUNCE_AT_MOST, 0
    try:
        for piece in Pace(log.PIECE).pieces(pks):
            with write(model, piece, announce=announce, audited=False) as rows:
                if not deleted and rows.before:
                    record.record_deleted(model, [(pk, rows.before[pk]["name"]) for pk in rows.before], pks)
                count = rows.delete(piece)
            deleted += count
    finally:
        if deleted and not announce:
            record_changed(model, deleted)
    return deleted


def delete_untouched(model: Model, pks: Iterable[int]) -> tuple[int, int]:
    """Delete those of these rows that nobody has changed since they were made, in one transaction.

    Returns how many, and how many others there are, which stay.
    """
    with write(model, pks, audited=False) as rows:
        untouched = history.untouched(model, rows.before)
        if untouched:
            record.record_deleted(model, [(pk, rows.before[pk]["name"]) for pk in untouched], untouched)
        return rows.delete(untouched), len(rows.before) - len(untouched)


def close_incidents(pks: Iterable[int]) -> int:
    """Close those of these incidents that are open; returns how many."""
    return close_undoably(pks)[0]


def close_undoably(pks: Iterable[int]) -> tuple[int, datetime]:
    """Close those of these incidents that are open; returns how many, and the moment that ``undo_closing`` needs."""
    with write(Incident, pks) as rows:
        return set_closed(rows, rows.before, True), rows.at


def reopen_incidents(pks: Iterable[int]) -> int:
    """Reopen those of these incidents that are closed; returns how many."""
    return sum(reopen_piece(piece) for piece in Pace(log.PIECE).pieces(list(pks)))


def reopen_piece(pks: Sequence[int]) -> int:
    with write(Incident, pks) as rows:
        return set_closed(rows, rows.before, False)


def undo_closing(user: User, at: datetime) -> tuple[int, int]:
    """Reopen what *user* closed at this very moment, and bring back its alerts as they were.

    Returns how many incidents were reopened, and how many others have changed since and stay.
    """
    closings = history.closings().filter(by=user, at=at)
    closed = dict(closings.order_by("number").values_list("number", "pk"))
    reopened = sum(reopen_untouched(dict(piece), at) for piece in Pace(log.PIECE).pieces(list(closed.items())))
    return reopened, len(closed) - reopened


def reopen_untouched(closed: dict[int, int], at: datetime) -> int:
    """Reopen those of these incidents whose newest change is still the one named, of that moment; how many."""
    with write(Incident, closed) as rows:
        newest = history.versions(Incident, rows.before)
        untouched = [pk for pk in rows.before if newest[pk] == closed[pk]]
        lifecycle.restore([pk for pk in untouched if rows.before[pk]["closed"]], at)
        return set_closed(rows, untouched, False)


def set_closed(rows: Rows, pks: Iterable[int], closed: bool) -> int:
    """Close (or reopen) those of these incidents that are not yet; how many."""
    return rows.update([pk for pk in pks if rows.before[pk]["closed"] != closed], closed=closed)


def record_changed(model: Model, count: int) -> None:
    """One message for a change too large to announce row by row: the map reloads what it shows."""
    with transaction.atomic():
        log.record("changed", {"model": model.__name__, "count": count})
