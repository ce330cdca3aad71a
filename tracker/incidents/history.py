"""Who changed an incident or an area, what and when: written in the transaction of the change, and told in words.

A save costs at most one INSERT here: what was stored before and after is what ``writing`` has asked for anyway. The
newest number of a row's history is also its version: a form that was opened at an older one was overtaken. That
somebody has reported an incident once more is kept here, too, and is no version: it changes nothing.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.gis.geos import GEOSGeometry, Point
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from tracker.audit import record as audit
from tracker.lib.geo import sphere
from tracker.lib.request import current_user
from tracker.lib.text import isolated
from tracker.models import AreaOfInterest, Change, Incident
from tracker.models.row_change import Row, RowChange, Values
from tracker.models.severity import Severity

Kind = Change.Kind

TOLD = ("source", *(field for field in Incident.RECORDED if field != "closed"), "polygon")  # in this order
SUBJECT = {Incident: Change.Subject.INCIDENT, AreaOfInterest: Change.Subject.AREA}
SHOWN = 100  # entries on a page
REPORTS_SHOWN = 10  # of those that say that it was reported once more
LONGEST = 200  # characters of a value that a page repeats


# --- writing -------------------------------------------------------------------------------------------------------


def record(changes: Iterable[RowChange], audited: bool = True, at: datetime | None = None) -> None:
    """After rows of one model were written, of what really changed. *at*: the moment, if it is not now.

    *audited*: unless the caller tells the audit record.
    """
    rows = [entry_for(change, at or timezone.now()) for change in changes]
    add([row for row in rows if row], audited=audited)


def entry_for(change: RowChange, at: datetime) -> Change | None:
    """The row of the history; None if nothing has changed."""
    if change.is_gone:
        return change_of(change.model, change.pk, change.name, Kind.DELETED, {}, at)
    if change.before is None or change.after is None:
        source = {"source": [None, change.source]} if change.source else {}
        return change_of(change.model, change.pk, change.name, Kind.CREATED, source, at)
    values = differences(change.before, change.after)
    kind = Kind.CHANGED
    if "closed" in values:
        kind = Kind.CLOSED if change.after["closed"] else Kind.REOPENED
    return change_of(change.model, change.pk, change.name, kind, values, at) if values else None


def change_of(
    model: type[Row], number: int, name: str, kind: Change.Kind, values: dict[str, list], at: datetime
) -> Change:
    return Change(subject=SUBJECT[model], number=number, name=name, kind=kind, at=at, values=values)


def record_reported(incident: Incident, key: uuid.UUID) -> None:
    """Somebody has reported what is this incident; once for each *key*, which two requests may bring at one moment."""
    source = {"source": [None, Incident.Source.PUBLIC.value]}
    change = change_of(Incident, incident.pk, incident.name, Kind.REPORTED, source, timezone.now())
    change.key = key
    add([change], once=True, audited=False)  # nothing was changed


def add(changes: list[Change], once: bool = False, audited: bool = True) -> None:
    """Write them, in one statement; the person who acts is looked up once. *once*: those whose key is there are not.

    They are what the audit record points at, which has one entry for all of them.
    """
    person = current_user.person()
    who = current_user.name_of(person)
    for change in changes:
        change.by, change.who = person, who
    Change.objects.bulk_create(changes, ignore_conflicts=once)
    if audited:
        audit.record_changes(changes)


def differences(before: Values, after: Values) -> dict[str, list]:
    """Each field whose value changed, with both values as JSON has them."""
    return {field: [plain(value), plain(after[field])] for field, value in before.items() if value != after[field]}


def plain(value: Any) -> Any:
    """A point as [longitude, latitude]; of a shape only its size in square metres."""
    if isinstance(value, Point):
        return [value.x, value.y]
    if isinstance(value, GEOSGeometry):
        return round(sphere.area_m2(value))
    return value


# --- reading -------------------------------------------------------------------------------------------------------


def of(row: Row) -> QuerySet[Change]:
    """All that is known of this row, the newest first; also after it was deleted."""
    return about(type(row), row.pk)


def about(model: type[Row], number: int) -> QuerySet[Change]:
    return Change.objects.filter(subject=SUBJECT[model], number=number).order_by("-pk")


def changed(model: type[Row], number: int) -> QuerySet[Change]:
    """What is known of this row but that it was reported once more."""
    return about(model, number).exclude(kind=Kind.REPORTED)


def for_page(row: Row) -> QuerySet[Change]:
    """All but the older ones of many reports, under which the changes would be buried."""
    few = of(row).filter(kind=Kind.REPORTED).values("pk")[:REPORTS_SHOWN]
    return of(row).filter(~Q(kind=Kind.REPORTED) | Q(pk__in=few))


def version(row: Row) -> int:
    """The number of the newest change; 0 if there is none on record."""
    return version_of(type(row), row.pk)


def version_of(model: type[Row], number: int) -> int:
    return changed(model, number).values_list("pk", flat=True).first() or 0


def closings() -> QuerySet[Change]:
    """What closed an incident, of all of them."""
    return Change.objects.filter(subject=Change.Subject.INCIDENT, kind=Change.Kind.CLOSED)


def versions(model: type[Row], numbers: Iterable[int]) -> dict[int, int]:
    """The versions of several rows, by their numbers; one query."""
    rows = Change.objects.filter(subject=SUBJECT[model], number__in=list(numbers)).order_by()
    rows = rows.exclude(kind=Kind.REPORTED)
    return dict(rows.values_list("number").annotate(Max("pk")))


def untouched(model: type[Row], numbers: Iterable[int]) -> list[int]:
    """Those of these rows to which nothing has been done since they were made; one query."""
    rows = Change.objects.filter(subject=SUBJECT[model], number__in=list(numbers)).order_by()
    counted = rows.exclude(kind=Kind.REPORTED).values_list("number").annotate(changes=Count("pk"))
    return sorted(number for number, changes in counted if changes == 1)


class Reports(NamedTuple):
    """How often an incident was reported once more, and when the last time."""

    times: int
    newest: datetime | None


def reports(incident: Incident) -> Reports:
    return Reports(**of(incident).filter(kind=Kind.REPORTED).order_by().aggregate(times=Count("pk"), newest=Max("at")))


class Entry(NamedTuple):
    """A change as a page tells of it."""

    at: datetime
    who: str  # empty: nobody who was signed in
    what: str
    details: list[str]


def entries(changes: QuerySet[Change], limit: int = SHOWN) -> list[Entry]:
    return [entry(change) for change in changes[:limit]]


def entry(change: Change) -> Entry:
    told = [field for field in TOLD if field in change.values]
    details = [sentence(change, field, *change.values[field]) for field in told]
    return Entry(change.at, change.who, change.get_kind_display(), details)


def sentence(change: Change, field: str, before: Any, after: Any) -> str:
    """“Severity from “High” to “Urgent””."""
    model = Incident if change.subject == Change.Subject.INCIDENT else AreaOfInterest
    label = label_of(model, field)
    said = {"field": label, "before": in_words(field, before), "after": in_words(field, after)}
    if field == "polygon":
        return _("Shape changed: %(after)s, before %(before)s") % said
    if not said["before"]:
        return _("%(field)s: “%(after)s”") % said
    if not said["after"]:
        return _("%(field)s removed, it was “%(before)s”") % said
    return _("%(field)s from “%(before)s” to “%(after)s”") % said


def label_of(model: type[Row], field: str) -> str:
    if field == "polygon":
        return _("Shape")
    return capfirst(str(model._meta.get_field(field).verbose_name))  # type: ignore[union-attr]


def in_words(field: str, value: Any) -> str:
    """A value as people read it; of the model's own type, or as it stands in the history."""
    value = plain(value)
    if value is None or value == "":
        return ""
    if field == "severity":
        return str(Severity(value).label)
    if field == "closed":
        return _("Closed") if value else _("Open")
    if field == "source":
        return str(Incident.Source(value).label)
    if field == "location":
        return f"{value[1]:.5f}, {value[0]:.5f}"
    if field == "accuracy_m":
        return f"±{sphere.in_words(value)}"
    if field == "polygon":
        return size_in_words(value)
    return isolated(Truncator(str(value)).chars(LONGEST))


def size_in_words(area_m2: float) -> str:
    if area_m2 < 100_000:
        return f"{number_format(round(area_m2), use_l10n=False)} m²"
    area_km2 = area_m2 / 1_000_000
    return f"{area_km2:,.0f} km²" if area_km2 >= 100 else f"{area_km2:.3g} km²"
