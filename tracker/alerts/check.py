"""Recomputing every open pair of incident and area, and comparing it with the unresolved alerts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F

from tracker.alerts import lifecycle, matching
from tracker.alerts.matching import Pair
from tracker.lib.piece_size import Pace
from tracker.models import Alert, AreaOfInterest, Incident
from tracker.models.severity import LABEL

CHUNK = 500  # incidents in one transaction, at most
SENTENCES_KEPT = 1_000  # the others are only counted


@dataclass
class Outcome:
    """What a check has found: how many incidents it looked at, the differences, and each in a sentence."""

    checked: int = 0
    missing: int = 0
    stale: int = 0
    outdated: int = 0
    sentences: list[str] = field(default_factory=list)

    @property
    def differences(self) -> int:
        return self.missing + self.stale + self.outdated


@dataclass
class Differences:
    """What is wrong among some incidents: pairs without alert, alerts without pair, alerts that show old values."""

    missing: list[Pair] = field(default_factory=list)
    stale: list[Alert] = field(default_factory=list)
    outdated: list[Alert] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.missing) + len(self.stale) + len(self.outdated)

    def incidents(self) -> list[int]:
        return sorted({pair.incident for pair in self.missing} | {a.incident_id for a in self.stale + self.outdated})


def check(
    repair: bool = False,
    say: Callable[[str], None] | None = None,
    on_progress: Callable[[int], None] = lambda checked: None,
) -> Outcome:
    """Check all alerts, and bring them in line (*repair*), which announces them; some incidents in a transaction.

    *say* takes each difference in a sentence, instead of the outcome; *on_progress* hears how many were checked.
    """
    outcome = Outcome()
    pace = Pace(CHUNK)
    for pks in chunks(lambda: pace.rows):
        with pace.piece(len(pks)), transaction.atomic():
            # Areas cannot change under the lock and incidents not with their rows locked, so what is compared is
            # of one moment; without that a save in between would show as a difference.
            matching.lock(Incident)
            locked = Incident.objects.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk")
            outcome.checked += len(locked)
            found = find(pks)
            for sentence in sentences(found):
                if say:
                    say(sentence)
                elif len(outcome.sentences) < SENTENCES_KEPT:
                    outcome.sentences.append(sentence)
            if repair and found:
                put_right(found)
        outcome.missing += len(found.missing)
        outcome.stale += len(found.stale)
        outcome.outdated += len(found.outdated)
        on_progress(outcome.checked)
    return outcome


def how_many() -> int:
    """How many incidents a check will look at."""
    return Incident.objects.filter(closed=False).count()


def chunks(at_once: Callable[[], int]) -> Iterator[list[int]]:
    """The keys of all incidents that are open or have an unresolved alert, also of deleted ones, in rising order."""
    last = 0
    while True:
        size = at_once()
        is_open = Incident.objects.filter(closed=False, pk__gt=last).order_by("pk").values_list("pk", flat=True)
        alerted = Alert.objects.unresolved().filter(incident_id__gt=last).order_by("incident_id")
        keys = {*is_open[:size], *alerted.values_list("incident_id", flat=True).distinct()[:size]}
        if not keys:
            return
        chunk = sorted(keys)[:size]
        yield chunk
        last = chunk[-1]


def find(pks: list[int]) -> Differences:
    missing, stale = lifecycle.differences(pks)
    shown = Alert.objects.unresolved().filter(incident_id__in=pks).exclude(pk__in=[alert.pk for alert in stale])
    same = shown.filter(
        severity=F("incident__severity"), incident_name=F("incident__name"), area_name=F("area__name")
    ).values("pk")
    return Differences(missing, stale, list(shown.exclude(pk__in=same).order_by("pk")))


def put_right(found: Differences) -> None:
    pks = found.incidents()
    # Matching cannot tell an area that is gone from one that was left; for an incident that is gone it can.
    areas = AreaOfInterest.objects.filter(pk__in={alert.area_id for alert in found.stale}).values("pk")
    incidents = Incident.objects.filter(pk__in=pks, closed=False).values("pk")
    orphans = lifecycle.unresolved().filter(incident_id__in=incidents).exclude(area_id__in=areas)
    lifecycle.resolve(orphans.filter(pk__in=[alert.pk for alert in found.stale]), Alert.Reason.AREA_DELETED)
    lifecycle.match_incidents(dict.fromkeys(pks, Alert.Cause.CREATED))


# --- in words ------------------------------------------------------------------------------------------------------


def sentences(found: Differences) -> Iterator[str]:
    """Each difference in a sentence."""
    pks = found.incidents()
    incidents = Incident.objects.defer("location", "description").in_bulk(pks)
    keys = {pair.area for pair in found.missing} | {alert.area_id for alert in found.stale + found.outdated}
    areas = AreaOfInterest.objects.only("name", "severity").in_bulk(keys)
    inside = {pair[:2] for pair in matching.areas_around({alert.incident_id for alert in found.stale})}
    for pair in sorted(found.missing):
        incident, area = incidents[pair.incident], areas[pair.area]
        yield (
            f"Missing: incident {incident.pk} “{incident.name}” ({LABEL[incident.severity]}) lies in area "
            f"{area.pk} “{area.name}” (from {LABEL[area.severity]} on) and has no alert there."
        )
    for alert in found.stale:
        why = why_ended(alert, incidents.get(alert.incident_id), areas.get(alert.area_id), inside)
        yield f"Should have ended: {words(alert)}: {why}."
    for alert in found.outdated:
        incident, area = incidents[alert.incident_id], areas[alert.area_id]
        yield (
            f"Shows old values: {words(alert)}, {LABEL[alert.severity]}: now incident “{incident.name}”, "
            f"area “{area.name}”, {LABEL[incident.severity]}."
        )


def words(alert: Alert) -> str:
    return (
        f"alert {alert.pk} of incident {alert.incident_id} “{alert.incident_name}” in area {alert.area_id} "
        f"“{alert.area_name}”"
    )


def why_ended(
    alert: Alert, incident: Incident | None, area: AreaOfInterest | None, inside: set[tuple[int, int]]
) -> str:
    if incident is None:
        return "the incident no longer exists"
    if incident.closed:
        return "the incident is closed"
    if area is None:
        return "the area no longer exists"
    if (incident.pk, area.pk) in inside:
        return f"{LABEL[incident.severity]} is below the area's threshold, {LABEL[area.severity]}"
    return "the incident does not lie in the area"
