"""Writing many incidents or areas at once: set-based, and announced and matched like a single save.

``bulk_create()`` and ``update()`` send no signals, so these functions do what the receivers in ``signals.py`` do.
Callers pass at most ``notifications.PIECE`` rows at a time, better as many as ``pace.Pace`` says, so that transactions,
and the locks they hold, stay short. What reopens does so by itself.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tracker.alerts import lifecycle, matching
from tracker.events import log
from tracker.features import geojson
from tracker.incidents import history, saving
from tracker.lib.piece_size import Pace
from tracker.models import Alert, AreaOfInterest, Change, Incident

ANNOUNCE_AT_MOST = 10_000  # rows; past that one ``changed`` message stands for all the ``post_save``


def create_incidents(incidents: list[Incident], announce: bool = True, audited: bool = True) -> None:
    """Create these incidents in one transaction. *audited*: unless the caller tells the audit record."""
    for incident in incidents:
        incident.normalise()
    with transaction.atomic():
        matching.lock(Incident)
        Incident.objects.bulk_create(incidents)
        history.record_created(incidents, audited)
        pks = [incident.pk for incident in incidents]
        features = record_saved(Incident, pks, created=True) if announce else None
        lifecycle.match_incidents(pks, Alert.Cause.CREATED, features, are_new=True)


def create_areas(areas: list[AreaOfInterest], announce: bool = True, audited: bool = True) -> None:
    """Create these areas in one transaction; open incidents in them alert."""
    for area in areas:
        area.normalise()
    with transaction.atomic():
        matching.lock(AreaOfInterest)
        AreaOfInterest.objects.bulk_create(areas)
        history.record_created(areas, audited)
        pks = [area.pk for area in areas]
        if announce:
            record_saved(AreaOfInterest, pks, created=True)
        lifecycle.match_areas(pks)


def close_incidents(pks: Iterable[int]) -> int:
    """Close those of these incidents that are open; returns how many."""
    return close_undoably(pks)[0]


def close_undoably(pks: Iterable[int]) -> tuple[int, datetime]:
    """Close those of these incidents that are open; returns how many, and the moment that ``undo_closing`` needs."""
    with transaction.atomic():
        matching.lock(Incident)
        at = timezone.now()  # after the wait for the lock: times rise with the numbers of the history
        return set_closed(list(pks), True, at), at


def reopen_incidents(pks: Iterable[int]) -> int:
    """Reopen those of these incidents that are closed; returns how many."""
    return sum(reopen_piece(piece) for piece in Pace(log.PIECE).pieces(list(pks)))


def reopen_piece(pks: Sequence[int]) -> int:
    with transaction.atomic():
        matching.lock(Incident)
        return set_closed(list(pks), False, timezone.now())


def undo_closing(user, at: datetime) -> tuple[int, int]:
    """Reopen what *user* closed at this very moment; how many, and how many others have changed since and stay."""
    closings = Change.objects.filter(subject=Change.Subject.INCIDENT, kind=Change.Kind.CLOSED, by=user, at=at)
    closed = dict(closings.order_by("number").values_list("number", "pk"))
    reopened = sum(reopen_untouched(dict(piece)) for piece in Pace(log.PIECE).pieces(list(closed.items())))
    return reopened, len(closed) - reopened


def reopen_untouched(closed: dict[int, int]) -> int:
    """Reopen those of these incidents whose newest change is still the one named; how many."""
    with transaction.atomic():
        matching.lock(Incident)
        list(Incident.objects.select_for_update().filter(pk__in=closed).order_by("pk").values_list("pk"))
        newest = history.versions(Incident, closed)
        untouched = [pk for pk, change in closed.items() if newest[pk] == change]
        return set_closed(untouched, False, timezone.now())


def set_closed(pks: list[int], closed: bool, at: datetime) -> int:
    """Close (or reopen) those of these incidents that are not yet; how many. In a transaction, under the lock."""
    rows = Incident.objects.select_for_update().filter(pk__in=pks, closed=not closed).order_by("pk")
    names = dict(rows.values_list("pk", "name"))
    pks = list(names)
    Incident.objects.filter(pk__in=pks).update(closed=closed, updated=at)
    history.record_closed(names.items(), closed, at)
    record_saved(Incident, pks, created=False)
    lifecycle.match_incidents(pks, Alert.Cause.REOPENED)  # of closing it is not used: that only ends alerts
    return len(pks)


def record_saved(model, pks: list[int], created: bool) -> dict[int, str]:
    """Record these saves, and return the Features that they left."""
    features = geojson.features_by_pk(model, pks)
    log.record_all(("post_save", saving.saved_body(features[pk], created)) for pk in pks)
    return features


def record_changed(model, count: int) -> None:
    """One message for a change too large to announce row by row: the map reloads what it shows."""
    with transaction.atomic():
        log.record("changed", {"model": model.__name__, "count": count})
