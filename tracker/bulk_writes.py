"""Writing many incidents or areas at once: set-based, and announced and matched like a single save.

``bulk_create()`` and ``update()`` send no signals, so these functions do what the receivers in ``signals.py`` do.
Callers pass at most ``notifications.PIECE`` rows at a time, so that transactions, and the locks they hold, stay short.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from . import alerts, changes, geojson, notifications
from .models import Alert, AreaOfInterest, Incident

ANNOUNCE_AT_MOST = 10_000  # rows; past that one ``changed`` message stands for all the ``post_save``


def create_incidents(incidents: list[Incident], announce: bool = True) -> None:
    """Create these incidents in one transaction."""
    for incident in incidents:
        incident.normalise()
    with transaction.atomic():
        changes.lock(Incident)
        Incident.objects.bulk_create(incidents)
        pks = [incident.pk for incident in incidents]
        features = record_saved(Incident, pks, created=True) if announce else None
        alerts.match_incidents(pks, Alert.Cause.CREATED, features, are_new=True)


def create_areas(areas: list[AreaOfInterest], announce: bool = True) -> None:
    """Create these areas in one transaction; open incidents in them alert."""
    for area in areas:
        area.normalise()
    with transaction.atomic():
        changes.lock(AreaOfInterest)
        AreaOfInterest.objects.bulk_create(areas)
        pks = [area.pk for area in areas]
        if announce:
            record_saved(AreaOfInterest, pks, created=True)
        alerts.match_areas(pks)


def close_incidents(pks: Iterable[int]) -> int:
    """Close those of these incidents that are open; returns how many."""
    with transaction.atomic():
        changes.lock(Incident)
        rows = Incident.objects.select_for_update().filter(pk__in=list(pks), closed=False).order_by("pk")
        pks = list(rows.values_list("pk", flat=True))
        Incident.objects.filter(pk__in=pks).update(closed=True, updated=timezone.now())
        record_saved(Incident, pks, created=False)
        alerts.match_incidents(pks, Alert.Cause.MOVED)  # a closed incident only ends alerts; the cause is not used
    return len(pks)


def record_saved(model, pks: list[int], created: bool) -> dict[int, str]:
    """Record these saves, and return the Features that they left."""
    features = geojson.features_by_pk(model, pks)
    notifications.record_all(("post_save", changes.saved_body(features[pk], created)) for pk in pks)
    return features


def record_changed(model, count: int) -> None:
    """One message for a change too large to announce row by row: the map reloads what it shows."""
    with transaction.atomic():
        notifications.record("changed", {"model": model.__name__, "count": count})
