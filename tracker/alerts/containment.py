"""Which incidents, open or closed, lie in an area, and which areas are around one: by the joins of matching."""

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from tracker.alerts import matching
from tracker.models import AreaOfInterest, Incident


def within(rows: QuerySet[Incident], area: int) -> QuerySet[Incident]:
    """Those of these incidents that lie in the area with this number; none if there is no such area."""
    return rows.filter(pk__in=numbers("a", area, "i"))


def around(rows: QuerySet[AreaOfInterest], incident: int) -> QuerySet[AreaOfInterest]:
    """Those of these areas in which the incident with this number lies; none if there is no such incident."""
    return rows.filter(pk__in=numbers("i", incident, "a"))


def numbers(given: str, number: int, sought: str) -> RawSQL:
    """The numbers of the areas (``a``) of an incident (``i``), or the other way round."""
    joins = (matching.POSTGIS if connection.vendor == "postgresql" else matching.SPATIALITE)[given]
    selects = [f"SELECT {sought}.id FROM {join} WHERE {given}.id = %s" for join in joins]
    return RawSQL(" UNION ".join(selects), [number] * len(joins))
