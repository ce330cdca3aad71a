"""Narrowing incidents, areas or alerts down as the address of a list asks: for the list, and for the export of it."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from tracker.alerts import containment
from tracker.incidents.search import search
from tracker.lib.request.parse import parse_pk, parse_time
from tracker.models import Incident
from tracker.models.severity import Severity

TIMED = ("reported", "created")
MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
INCIDENT_FILTERS = ("q", "severity", "state", "area", "reported_from", "reported_until")  # as `incidents` reads them


class Selection:
    """What was asked for: the parameters of an address. What cannot be read narrows nothing."""

    def __init__(self, asked: Mapping[str, str]):
        self.asked = asked

    def narrow(self, rows: QuerySet, timed: tuple[str, str] | None) -> QuerySet:
        """By the words of ``q`` (search.py), ``severity`` (a code), and the times ``…_from`` and ``…_until``.

        *timed*: what stands for the dots, and the field.
        """
        rows = search(rows, self.asked.get("q", ""))
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

    def times_as_written(self, name: str) -> list[str]:
        """The times for the fields of a form, in the site's time zone; as they were written, where that is a minute.

        A field cannot show a date alone, or a part of a second.
        """
        asked = [self.asked.get(f"{name}_{end}", "") for end in ("from", "until")]
        return [
            text if time and MINUTE.fullmatch(text) else f"{timezone.localtime(time):%Y-%m-%dT%H:%M:%S}" if time else ""
            for text, time in zip(asked, self.times(name), strict=True)
        ]

    @property
    def area(self) -> int | None:
        """The number of the area that ``area`` asks for."""
        return parse_pk(self.asked.get("area", ""))

    def incidents(self, rows: QuerySet[Incident] | None = None) -> QuerySet[Incident]:
        """Incidents; ``state`` (open, closed) and ``area`` (those inside) narrow them down, too."""
        rows = self.narrow(Incident.objects.all() if rows is None else rows, TIMED)
        state = self.asked.get("state")
        if state in {"open", "closed"}:
            rows = rows.filter(closed=state == "closed")
        return rows if self.area is None else containment.within(rows, self.area)
