"""Raising, worsening, resolving, acknowledging and restoring alerts.

An open incident inside an area alerts when it is at least as severe as the area's threshold. It alerts once, and again
only when things got worse: the severity rose, the incident was reopened, or it moved into another area. All functions
here run inside the transaction of the change that they follow, and record what they did in the log.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from tracker.alerts import matching
from tracker.alerts.matching import Pair
from tracker.audit import record
from tracker.events import log
from tracker.features import geojson
from tracker.lib.folding import sort_key
from tracker.lib.request import current_user
from tracker.lib.strict_json import as_json, iso_time
from tracker.models import Alert, AlertEvent, AreaOfInterest, Incident
from tracker.models.row_change import RowChange
from tracker.models.severity import LABEL, Severity

KEYS = {"incident_key": "incident_name", "area_key": "area_name"}  # what an update of a name has to set, too
RESTORED_TOGETHER = 100  # alerts in one message: each is told whole
TAKEN_BACK_WITHIN = timedelta(minutes=2)  # after an acknowledgement; the page offers it for some seconds

known_to: ContextVar[User | None] = ContextVar("known_to", default=None)


@contextmanager
def only_from_now_on(user: User) -> Iterator[None]:
    """Areas that are saved in here call nobody for what is open in them already: *user* knows of that (ADR 73)."""
    token = known_to.set(user)
    try:
        yield
    finally:
        known_to.reset(token)


# --- what a change of an incident or an area means -----------------------------------------------------------------


def incidents_changed(changes: Iterable[RowChange], features: dict[int, str] | None = None) -> None:
    """*features*: those of the incidents that are there, where they were just built anyway."""
    gone, causes, new = [], {}, set()
    for change in changes:
        if change.is_gone:
            gone.append(change.pk)
        else:
            causes[change.pk] = cause_of(change)
        if change.is_new:
            new.add(change.pk)
    if gone:
        resolve(unresolved_of("incident_id", gone), Alert.Reason.INCIDENT_DELETED)
    match_incidents(causes, features, new)


def cause_of(change: RowChange) -> Alert.Cause:
    before, after = change.before, change.after
    if before is None or after is None:
        return Alert.Cause.CREATED
    if before["closed"] and not after["closed"]:
        return Alert.Cause.REOPENED
    if Severity(after["severity"]).rank < Severity(before["severity"]).rank:
        return Alert.Cause.WORSENED
    return Alert.Cause.MOVED


def areas_changed(changes: Iterable[RowChange]) -> None:
    gone, to_match = [], []
    for change in changes:
        if change.is_gone:
            gone.append(change.pk)
        elif change.is_new or change.changed("severity", "polygon"):
            to_match.append(change.pk)
        elif change.changed("name"):
            unresolved().filter(area_id=change.pk).update(area_name=change.name, area_key=sort_key(change.name))
    if gone:
        resolve(unresolved_of("area_id", gone), Alert.Reason.AREA_DELETED)
    match_areas(to_match)


# --- reconciling alerts with what matching finds -------------------------------------------------------------------


def match_incidents(
    causes: Mapping[int, Alert.Cause], features: dict[int, str] | None = None, new: Collection[int] = ()
) -> None:
    """Bring the alerts of these incidents in line with where they lie and how severe they are now.

    *causes*: by the incident's number, what an alert that is raised now is raised for. *features*: their Features,
    where they were just built anyway. *new*: those that were inserted in this transaction, and cannot have alerts.
    """
    found = {pair[:2]: pair for pair in matching.areas_around(causes)}
    existing = unresolved_of("incident_id", [pk for pk in causes if pk not in new])
    alerting = {alert.incident_id for alert in existing}
    closed = dict(Incident.objects.filter(pk__in=alerting).order_by().values_list("pk", "closed")) if alerting else {}

    def reason(alert: Alert) -> Alert.Reason:
        if alert.incident_id not in closed:
            return Alert.Reason.INCIDENT_DELETED
        if closed[alert.incident_id]:
            return Alert.Reason.INCIDENT_CLOSED
        inside = (alert.incident_id, alert.area_id) in found
        return Alert.Reason.BELOW_THRESHOLD if inside else Alert.Reason.LEFT_AREA

    wanted = [pair for pair in found.values() if pair.alerts]
    reconcile(wanted, existing, lambda pair: causes[pair.incident], reason, features)


def match_areas(pks: Iterable[int]) -> None:
    """Bring the alerts of these areas in line with the open incidents that lie in them now."""
    pks = list(pks)
    found = matching.incidents_within(pks)
    existing = unresolved_of("area_id", pks)
    cause, reason = Alert.Cause.AREA, Alert.Reason.AREA_CHANGED
    reconcile(found, existing, lambda pair: cause, lambda alert: reason, known=known_to.get())


def reconcile(
    wanted: list[Pair],
    existing: list[Alert],
    cause: Callable[[Pair], Alert.Cause],
    reason: Callable[[Alert], Alert.Reason],
    features: dict[int, str] | None = None,
    known: User | None = None,
) -> None:
    """Raise what is wanted and not there, worsen what rose, resolve what is there and not wanted.

    *known*: the person who knows already of what is raised here.
    """
    pairs = {pair[:2]: pair for pair in sorted(wanted)}
    by_pair = {(alert.incident_id, alert.area_id): alert for alert in existing}
    now = this_moment()

    stale = [alert for key, alert in by_pair.items() if key not in pairs]
    kept = [alert for key, alert in by_pair.items() if key in pairs]
    worsened = refresh(kept, pairs, now)
    raised = [
        Alert(
            incident_id=pair.incident,
            area_id=pair.area,
            incident_name=pair.incident_name,
            area_name=pair.area_name,
            severity=pair.incident_severity,
            cause=cause(pair).value,
            raised=now,
        )
        for key, pair in pairs.items()
        if key not in by_pair
    ]
    if raised or worsened:
        raised = Alert.objects.bulk_create(raised, batch_size=log.PIECE)
        add_events(raised, AlertEvent.Kind.RAISED, now)
        add_events(worsened, AlertEvent.Kind.WORSENED, now)
        if known and raised:
            take_as_known(raised, known, now)
            raised = []
        announce(raised + worsened, pairs, now, features)
    if stale:
        resolve(stale, reason)


def take_as_known(alerts: list[Alert], user: User, now: datetime) -> None:
    """Alerts that were just raised are this person's from the first moment, and call nobody."""
    mark_acknowledged(alerts, user, now)
    record_whole(alerts)


def refresh(kept: list[Alert], pairs: dict[tuple[int, int], Pair], now: datetime) -> list[Alert]:
    """Follow names and severities in alerts that stay; return those whose severity rose, unacknowledged again."""
    worsened, changes = [], []
    for alert in kept:
        pair = pairs[alert.incident_id, alert.area_id]
        current = {
            "severity": pair.incident_severity,
            "incident_name": pair.incident_name,
            "area_name": pair.area_name,
        }
        values: dict[str, Any] = {field: text for field, text in current.items() if getattr(alert, field) != text}
        values |= {key: sort_key(values[name]) for key, name in KEYS.items() if name in values}
        if Severity(pair.incident_severity).rank < alert.severity_level.rank:
            values |= {"state": Alert.State.UNACKNOWLEDGED, "cause": Alert.Cause.WORSENED.value, "raised": now}
            values |= {"acknowledged_by": None, "acknowledged_who": "", "acknowledged_at": None}
            worsened.append(alert)
        if values:
            changes.append((alert, values))
    update(changes)
    return worsened


def update(changes: Iterable[tuple[Alert, dict[str, Any]]]) -> None:
    """Set these values of these alerts; one statement for all that get the same, for they are many and the values few.

    ``bulk_update`` builds an expression for each row and field: of the time that an area with thousands of alerts kept
    every other writer waiting, nine tenths went into that.
    """
    alike: dict[tuple, list[int]] = defaultdict(list)
    for alert, values in changes:
        for field, value in values.items():
            setattr(alert, field, value)
        alike[tuple(values.items())].append(alert.pk)
    for items, pks in alike.items():
        for start in range(0, len(pks), log.PIECE):
            Alert.objects.filter(pk__in=pks[start : start + log.PIECE]).update(**dict(items))


def unresolved() -> QuerySet[Alert]:
    """Alerts that are not resolved, locked in one order by whoever means to change them."""
    # By incident first: that is the order in which a writer of several incidents comes to them.
    return Alert.objects.unresolved().select_for_update().order_by("incident_id", "pk")


def unresolved_of(key: str, pks: list[int]) -> list[Alert]:
    """``unresolved()`` of these numbers in *key*, ``incident_id`` or ``area_id``; written out, for every save asks."""
    lock = "FOR UPDATE" if connection.features.has_select_for_update else ""
    numbers = ",".join(["%s"] * len(pks))
    where = f"resolved_at IS NULL AND {key} IN ({numbers}) ORDER BY incident_id, id {lock}"
    return list(Alert.objects.raw(f"SELECT * FROM tracker_alert WHERE {where}", pks)) if pks else []


def resolve(alerts: Iterable[Alert], reason: Alert.Reason | Callable[[Alert], Alert.Reason]) -> None:
    alerts, now = list(alerts), this_moment()
    ended = {"state": Alert.State.RESOLVED, "resolved_at": now}
    update(
        (alert, ended | {"reason": reason if isinstance(reason, Alert.Reason) else reason(alert)}) for alert in alerts
    )
    add_events(alerts, AlertEvent.Kind.RESOLVED, now)
    record_states(alerts, now)


# --- people --------------------------------------------------------------------------------------------------------


def acknowledge(pks: Iterable[int], user: User) -> list[Alert]:
    """Mark those of these alerts that nobody has acknowledged; returns them. A conditional update: first come."""
    with transaction.atomic():
        matching.lock_for_incidents()  # a writer of areas comes to the alerts area by area: one of the two waits here
        alerts = list(unresolved().filter(pk__in=list(pks), state=Alert.State.UNACKNOWLEDGED))
        now = this_moment()
        record_states(alerts, now, by=mark_acknowledged(alerts, user, now))
    return alerts


def mark_acknowledged(alerts: list[Alert], user: User, now: datetime) -> str:
    """Returns by whom, in words."""
    who = current_user.name_of(user)
    acknowledged = {"state": Alert.State.ACKNOWLEDGED, "acknowledged_at": now}
    acknowledged |= {"acknowledged_by": user, "acknowledged_who": who}
    update((alert, acknowledged) for alert in alerts)
    add_events(alerts, AlertEvent.Kind.ACKNOWLEDGED, now, by=user)
    record.record_acknowledged(alerts, user)
    return who


def take_back(pks: Iterable[int], user: User) -> list[Alert]:
    """Have those of these alerts wait again that this person has acknowledged a moment ago; returns them.

    Nobody had acknowledged them before: ``acknowledge`` takes no others. It is no news: nothing got worse.
    """
    with transaction.atomic():
        matching.lock_for_incidents()
        now = this_moment()
        own = {"acknowledged_by": user, "acknowledged_at__gte": now - TAKEN_BACK_WITHIN}
        alerts = list(unresolved().filter(pk__in=list(pks), state=Alert.State.ACKNOWLEDGED, **own))
        waiting: dict[str, Any] = {"state": Alert.State.UNACKNOWLEDGED}
        waiting |= {"acknowledged_by": None, "acknowledged_who": "", "acknowledged_at": None}
        update((alert, waiting) for alert in alerts)
        add_events(alerts, AlertEvent.Kind.TAKEN_BACK, now, by=user)
        record.record_acknowledged(alerts, user, record.Action.ALERT_TAKEN_BACK)
        record_states(alerts, now)
    return alerts


def restore(incidents: Iterable[int], closed_at: datetime) -> None:
    """Bring back the alerts that ended when these incidents were closed at that moment, as they were.

    In the transaction that opens the incidents again, before it is followed: then they are there, and not raised again.
    What an area has become meanwhile, that shows as with any other alert.
    """
    now, since = this_moment(), closed_at.replace(microsecond=closed_at.microsecond // 1000 * 1000)
    ended = Alert.objects.filter(
        incident_id__in=list(incidents), reason=Alert.Reason.INCIDENT_CLOSED, resolved_at__gte=since
    )
    alerts = list(ended.select_for_update().order_by("incident_id", "pk"))
    names = dict(AreaOfInterest.objects.filter(pk__in={alert.area_id for alert in alerts}).values_list("pk", "name"))
    alerts = [alert for alert in alerts if alert.area_id in names]
    update(
        (
            alert,
            {
                "state": Alert.State.ACKNOWLEDGED if alert.acknowledged_at else Alert.State.UNACKNOWLEDGED,
                "resolved_at": None,
                "reason": "",
                "area_name": names[alert.area_id],
            },
        )
        for alert in alerts
    )
    add_events(alerts, AlertEvent.Kind.RESTORED, now)
    record_whole(alerts)


# --- the record ----------------------------------------------------------------------------------------------------


def add_events(alerts: list[Alert], kind: AlertEvent.Kind, at: datetime, by: User | None = None) -> None:
    """Each with a note: what it was raised for, or why it was resolved."""
    who = current_user.name_of(by)
    events = [AlertEvent(alert=alert, kind=kind, at=at, by=by, who=who, severity=alert.severity) for alert in alerts]
    for event in events:
        event.note = event.alert.cause if kind is AlertEvent.Kind.RAISED else event.alert.reason
    AlertEvent.objects.bulk_create(events, batch_size=log.PIECE)


def announce(
    alerts: list[Alert], pairs: dict[tuple[int, int], Pair], at: datetime, features: dict[int, str] | None = None
) -> None:
    """Record one ``alert`` message an incident (and cause), with all the areas that it now alerts."""
    groups: dict[tuple[int, str], list[Alert]] = defaultdict(list)
    for alert in alerts:
        groups[alert.incident_id, alert.cause].append(alert)
    texts = features or geojson.features_by_pk(Incident, {pk for pk, _cause in groups})
    one_of_each = {pair.area: pair for pair in pairs.values()}
    areas = {number: alerted_area(pair) for number, pair in one_of_each.items()}
    log.record_all(
        (
            "alert",
            f'{{"feature":{texts[pk]},"cause":"{cause}","at":"{iso_time(at)}",'
            f'"areas_of_interest":{as_json([areas[alert.area_id] | {"alert": alert.pk} for alert in group])}}}',
        )
        for (pk, cause), group in groups.items()
    )


def alerted_area(pair: Pair) -> dict[str, Any]:
    area = AreaOfInterest(pk=pair.area, name=pair.area_name, severity=pair.area_severity)
    return {
        "id": area.feature_id,
        "name": area.name,
        "severity": LABEL[area.severity],
        "severity_code": area.severity,
        "url": area.get_absolute_url(),
    }


def record_states(alerts: list[Alert], at: datetime, by: str | None = None) -> None:
    """Record ``alert_state`` messages: who acknowledged, or why it was resolved; in pieces that stay small."""
    entries = [
        {
            "alert": alert.pk,
            "incident": f"Incident:{alert.incident_id}",
            "area": f"AreaOfInterest:{alert.area_id}",
            "state": alert.state,
            "by": by,
            "at": iso_time(at),
            "reason": alert.reason,
        }
        for alert in alerts
    ]
    size = log.PIECE
    log.record_all(("alert_state", {"alerts": entries[start : start + size]}) for start in range(0, len(entries), size))


def record_whole(alerts: list[Alert]) -> None:
    """Record ``alert_restored`` messages: these alerts are there, as they are, and are no news."""
    for start in range(0, len(alerts), RESTORED_TOGETHER):
        texts = geojson.alerts_by_pk(alert.pk for alert in alerts[start : start + RESTORED_TOGETHER])
        log.record("alert_restored", f'{{"alerts":[{",".join(texts)}]}}')


def this_moment() -> datetime:
    """Now, in whole milliseconds, so that every way of writing it down gives the same text."""
    now = timezone.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


# --- checking ------------------------------------------------------------------------------------------------------


def differences(pks: Iterable[int]) -> tuple[list[Pair], list[Alert]]:
    """For these incidents: pairs without the unresolved alert they should have, and alerts that should have ended."""
    pks = list(pks)
    wanted = {pair[:2]: pair for pair in matching.areas_around(pks) if pair.alerts}
    existing = {
        (alert.incident_id, alert.area_id): alert for alert in Alert.objects.unresolved().filter(incident_id__in=pks)
    }
    missing = [pair for key, pair in wanted.items() if key not in existing]
    stale = [alert for key, alert in existing.items() if key not in wanted]
    return missing, stale
