"""Builders for tests: people, incidents, areas, jobs. They save, and so notify and alert, like any other writer."""

import json
from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db.models import QuerySet
from django.utils import timezone

from tracker.accounts import roles
from tracker.models import Alert, AreaOfInterest, Incident, Job, Notification
from tracker.models.severity import Severity

HOME = (10.0, 50.0)  # where incidents happen unless a test says otherwise: longitude, latitude
AWAY = (-60.0, -30.0)

Row = TypeVar("Row")


def person(name: str, *given: str, **fields):
    """An account; *given*: roles and permissions (``view_incident``), ``admin``, or ``none`` (no permission)."""
    power = {"is_staff": True, "is_superuser": True} if "admin" in given else {}
    user = get_user_model().objects.create_user(name, password=name, **(power | fields))
    grant(user, *given)
    return user


def grant(user, *given: str) -> None:
    """Give roles (``Operator``) and permissions (``view_incident``); ``none`` takes away what every new account has."""
    if "none" in given:
        user.groups.clear()
    for each in set(given) - {"none", "admin"}:
        if each in roles.PERMISSIONS:
            if not Group.objects.filter(name=each).exists():  # a test before has emptied all tables
                roles.create_roles()
            user.groups.add(Group.objects.get(name=each))
        else:
            user.user_permissions.add(Permission.objects.get(content_type__app_label="tracker", codename=each))


def point(longitude: float, latitude: float) -> Point:
    return Point(longitude, latitude, srid=4326)


def box(west: float, south: float, east: float, north: float) -> Polygon:
    polygon = Polygon.from_bbox((west, south, east, north))
    polygon.srid = 4326
    return polygon


def boxes(*bounds: tuple[float, float, float, float]) -> MultiPolygon:
    return MultiPolygon([box(*each) for each in bounds], srid=4326)


def around(place: tuple[float, float], degrees: float = 1.0) -> Polygon:
    longitude, latitude = place
    return box(longitude - degrees, latitude - degrees, longitude + degrees, latitude + degrees)


def incident(name: str = "Fire", at: tuple[float, float] = HOME, severity: str = Severity.HIGH, **fields) -> Incident:
    return Incident.objects.create(name=name, location=point(*at), severity=severity, **fields)


def public_incident(name: str = "Fire", *args: Any, **fields) -> Incident:
    """One that strangers are shown, too, by its name."""
    return incident(name, *args, **({"public_title": name} | fields))


def many_incidents(rows: Iterable[dict[str, Any]]) -> list[Incident]:
    """Rows for a list to show, written at once: without history, alerts, or anybody who is told."""
    given = {"location": point(*HOME), "severity": Severity.HIGH}
    return Incident.objects.bulk_create([Incident(**given | row) for row in rows])


def area(name: str = "Town", polygon=None, severity: str = Severity.HIGH, **fields) -> AreaOfInterest:
    polygon = around(HOME) if polygon is None else polygon
    return AreaOfInterest.objects.create(name=name, polygon=polygon, severity=severity, **fields)


def job(person, state: str = "queued", name: str = "Mine", kind: str = "try_it", **fields) -> Job:
    ended = timezone.now() if state not in Job.ACTIVE else None
    return Job.objects.create(kind=kind, name=name, owner=person, state=state, finished=ended, **fields)


def alerts_of(incident: Incident) -> list[Alert]:
    return list(Alert.objects.filter(incident_id=incident.pk).order_by("pk"))


def first(rows: QuerySet[Any, Row]) -> Row:
    """The first of these rows, of which there must be one."""
    found = rows.first()
    assert found is not None, f"there is no {rows.model._meta.verbose_name}"
    return found


def newest_id() -> int:
    return Notification.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def recorded(after: int = 0, types: Iterable[str] = ()) -> list[dict]:
    """What was recorded after the row with this id, in order, as messages; numbered or not."""
    rows = Notification.objects.filter(pk__gt=after).order_by("pk")
    messages = [json.loads(row.text().replace('"seq":None', '"seq":0', 1)) for row in rows]
    return [message for message in messages if not types or message["type"] in types]
