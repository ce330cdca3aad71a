"""The one way in which incidents and areas are written, one or many; whoever writes them gets all that it means.

First come the locks: matching's, then the rows'. Then the rows are written. Then ``follow`` records what came of it, in
the same transaction: the history and the audit record, a ``post_save`` or ``post_delete`` message for each row, and the
alerts that are raised or resolved. ``save()`` and ``delete()`` of a row come here by the receivers in ``signals.py``;
``bulk_create()`` and ``update()`` send no signals, so several rows are written by ``write``:

    with write(Incident, pks) as rows:
        rows.update(pks, severity=Severity.HIGH)

Whoever writes many writes at most ``log.PIECE`` at a time, better as many as ``piece_size.Pace`` says, so that
transactions, and the locks they hold, stay short.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tracker.alerts import lifecycle, matching
from tracker.events import log
from tracker.features import geojson
from tracker.incidents import history
from tracker.lib.between_signals import BetweenSignals
from tracker.models import AreaOfInterest, Incident
from tracker.models.row_change import Row, RowChange, Values, values_of
from tracker.models.search_key import folded_fields, folded_of

Model = type[Incident] | type[AreaOfInterest]


# --- several rows --------------------------------------------------------------------------------------------------


class Rows:
    """Rows of one model that are being written, under their locks."""

    def __init__(self, model: Model, before: dict[int, Values]):
        self.model = model
        self.before = before  # the stored values of those that there are
        self.at = timezone.now()  # after the wait for the locks: times rise with the numbers of the history
        self.updated: set[int] = set()
        self.created: list[Row] = []
        self.deleted: dict[int, str] = {}  # the Features as they were

    def create(self, rows: Sequence[Row]) -> None:
        for row in rows:
            row.normalise()
        self.model._default_manager.bulk_create(rows)  # type: ignore[arg-type]
        self.created += rows

    def update(self, pks: Iterable[int], **values: object) -> int:
        """Set these values of these rows, as far as they are there; how many are."""
        there = self.before.keys() & set(pks)
        self.model._default_manager.filter(pk__in=there).update(**values, updated=self.at)
        self.updated |= there
        if keys := folded_of(self.model, values):
            self.fold(there, keys)
        return len(there)

    def fold(self, pks: Iterable[int], keys: Iterable[str]) -> None:
        """Let what is searched and sorted by follow the texts that were set."""
        fields = [field for field in folded_fields(self.model) if field.name in keys]
        texts = {text for field in fields for text in field.of}
        rows = list(self.model._default_manager.filter(pk__in=pks).only("pk", *texts))
        for row in rows:
            for field in fields:
                field.pre_save(row, add=False)
        self.model._default_manager.bulk_update(rows, [field.name for field in fields])  # type: ignore[arg-type]

    def delete(self, pks: Iterable[int]) -> int:
        """Delete these rows, as far as they are there; how many are. Nothing in the database points at them."""
        there = self.before.keys() & set(pks)
        self.deleted |= geojson.features_by_pk(self.model, there)
        rows = self.model._default_manager.filter(pk__in=there).order_by()
        rows._raw_delete(using=rows.db)  # signals would follow each row by itself
        return len(there)

    def changes(self) -> list[RowChange]:
        """What was done to them; nothing of those that are as they were."""
        new = [RowChange(self.model, row.pk, None, values_of(row), source=source_of(row)) for row in self.created]
        after = stored(self.model, self.updated)
        kept = [RowChange(self.model, pk, self.before[pk], values) for pk, values in after.items()]
        gone = [RowChange(self.model, pk, self.before[pk], None, text) for pk, text in sorted(self.deleted.items())]
        return new + [change for change in kept if change.before != change.after] + gone


@contextmanager
def write(model: Model, pks: Iterable[int] = (), announce: bool = True, audited: bool = True) -> Iterator[Rows]:
    """Write rows of this model in one transaction: those with these numbers, which are locked, and new ones.

    *announce*: unless the caller tells the open maps (``bulk.record_changed``); alerts are told anyway. *audited*:
    unless the caller tells the audit record.
    """
    with transaction.atomic():
        rows = Rows(model, lock(model, pks))
        yield rows
        follow(model, rows.changes(), announce, audited, rows.at)


def lock(model: Model, pks: Iterable[int] = ()) -> dict[int, Values]:
    """Take the locks that a writer of these rows needs, in the order that everybody takes; what is stored of them."""
    matching.lock(model)
    return stored(model, pks, locked=True)


def stored(model: Model, pks: Iterable[int], locked: bool = False) -> dict[int, Values]:
    """What is stored of these rows, those that there are, in the order of their numbers."""
    pks = list(pks)
    if not pks:
        return {}
    rows = model._default_manager.filter(pk__in=pks).order_by("pk")
    found = (rows.select_for_update() if locked else rows).values_list("pk", *model.RECORDED)
    return {pk: dict(zip(model.RECORDED, values, strict=True)) for pk, *values in found}


def follow(
    model: Model, changes: list[RowChange], announce: bool = True, audited: bool = True, at: datetime | None = None
) -> None:
    """Record what these changes of one model mean, in the transaction that made them."""
    if not changes:
        return
    with log.batch():
        history.record(changes, audited, at)
        features = record_messages(model, changes) if announce else None
        if model is Incident:
            lifecycle.incidents_changed(changes, features)
        else:
            lifecycle.areas_changed(changes)


def record_messages(model: Model, changes: list[RowChange]) -> dict[int, str]:
    """A ``post_save`` or a ``post_delete`` for each row; returns the Features of the rows that there are."""
    features = geojson.features_by_pk(model, [change.pk for change in changes if not change.is_gone])
    log.record_all(
        ("post_delete", f'{{"feature":{change.feature}}}')
        if change.is_gone
        else ("post_save", f'{{"created":{"true" if change.is_new else "false"},"feature":{features[change.pk]}}}')
        for change in changes
    )
    return features


def source_of(row: Row) -> str:
    return row.source if isinstance(row, Incident) else ""


# --- one row, between the signals ----------------------------------------------------------------------------------

before_save: BetweenSignals[Values] = BetweenSignals()
before_delete: BetweenSignals[RowChange] = BetweenSignals()


def begin_save(row: Row) -> None:
    may_exist = not row._state.adding or row.pk is not None
    found = lock(type(row), [row.pk] if may_exist else [])
    if found:
        before_save.put(row, found[row.pk])


def end_save(row: Row, created: bool) -> None:
    """Record what is stored, not what the instance holds: with ``update_fields`` that may be more than was saved."""
    model, before = type(row), before_save.take(row)
    if created or before is None:
        change = RowChange(model, row.pk, None, values_of(row), source=source_of(row))
    else:
        change = RowChange(model, row.pk, before, stored(model, [row.pk])[row.pk])
    follow(model, [change])


def begin_delete(row: Row) -> None:
    """Keep the Feature as it was; by the time the delete commits there is no row to build it from.

    Nothing if there is no row any more: somebody else was quicker, and has said so. The alerts are locked here, for of
    several rows Django tells before the delete from the first to the last, as everybody else comes to them, but
    afterwards from the last to the first.
    """
    model = type(row)
    if found := lock(model, [row.pk]):
        feature = geojson.features_by_pk(model, [row.pk])[row.pk]
        before_delete.put(row, RowChange(model, row.pk, found[row.pk], None, feature))
    if model is Incident:  # a writer of areas keeps everybody else out
        lifecycle.unresolved_of("incident_id", [row.pk])


def end_delete(row: Row) -> None:
    if change := before_delete.take(row):
        follow(type(row), [change])
