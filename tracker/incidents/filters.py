"""Narrowing incidents, areas or alerts down as the address of a list asks: for the list, and for the export of it."""

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from tracker.alerts import containment
from tracker.lib.request.parse import parse_pk, parse_time
from tracker.models import Incident
from tracker.models.severity import Severity

SEARCHED = ("name", "description", "place")  # of incidents
TIMED = ("reported", "created")
INCIDENT_FILTERS = ("q", "severity", "state", "area", "reported_from", "reported_until")  # as `incidents` reads them


class Selection:
    """What was asked for: the parameters of an address. What cannot be read narrows nothing."""

    def __init__(self, asked: Mapping[str, str]):
        self.asked = asked

    def narrow(self, rows: QuerySet, searched: tuple[str, ...], timed: tuple[str, str] | None) -> QuerySet:
        """By ``q`` in the *searched* fields or as the row's own number (the reference that who reported it was given),
        ``severity`` (a code), and the times ``…_from`` and ``…_until``.

        *timed*: what stands for the dots, and the field.
        """
        text = self.asked.get("q", "").replace("\0", "").strip()
        if text and searched:
            found = reduce(or_, (Q(**{f"{field}__icontains": text}) for field in searched))
            number = parse_pk(text.removeprefix("#"))
            rows = rows.filter(found if number is None else found | Q(pk=number))
        if self.asked.get("severity") in Severity.values:
            rows = rows.filter(severity=self.asked["severity"])
        if timed:
            since, until = self.times(timed[0])
            if since:
                rows = rows.filter(**{f"{timed[1]}__gte": since})
            if until:
                rows = rows.filter(**{f"{timed[1]}__lte": until})
        return rows

    def times(self, name: str) -> list[datetime | None]:
        return [parse_time(self.asked.get(f"{name}_{end}", ""), is_end=end == "until") for end in ("from", "until")]

    @property
    def area(self) -> int | None:
        """The number of the area that ``area`` asks for."""
        return parse_pk(self.asked.get("area", ""))

    def incidents(self, rows: QuerySet[Incident] | None = None) -> QuerySet[Incident]:
        """Incidents; ``state`` (open, closed) and ``area`` (those inside) narrow them down, too."""
        rows = self.narrow(Incident.objects.all() if rows is None else rows, SEARCHED, TIMED)
        state = self.asked.get("state")
        if state in {"open", "closed"}:
            rows = rows.filter(closed=state == "closed")
        return rows if self.area is None else containment.within(rows, self.area)
