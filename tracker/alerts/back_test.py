"""What an area would have meant: how many alerts its shape would have raised lately, before anybody saves it.

The shape takes the place of the table of areas in the very joins by which matching finds what lies in an area
(``matching.py``), so both know one notion of inside, on the seams of the Earth too.
"""

from datetime import timedelta
from typing import NamedTuple

from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import OperationalError, connection, transaction
from django.db.models import Count, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import ExtractHour
from django.utils import timezone

from tracker.alerts import matching
from tracker.lib.geo import geometry
from tracker.models import AreaOfInterest, Incident
from tracker.models.severity import Severity

DAYS = 90
NIGHT_FROM, NIGHT_UNTIL = 22, 6  # o'clock, in the site's time zone
QUERY_CANCELED = "57014"  # PostgreSQL's code for it
LONGEST_MS = 5_000  # a question that is only asked for information does not hold up the database (PostgreSQL)


class TooLong(Exception):
    """So many incidents, or so intricate a shape, that they were not counted in time."""


class BackTestResult(NamedTuple):
    """The alerts that a threshold would have raised, and how many of them at night."""

    alerts: int
    at_night: int


def back_test(shape: Polygon | MultiPolygon) -> dict[Severity, BackTestResult]:
    """For each threshold, by one query: incidents of the last 90 days, open or closed, in *shape* (a stored form)."""
    by_severity = {severity: (alerts, at_night) for severity, alerts, at_night in counted(shape)}
    meant, alerts, at_night = {}, 0, 0
    for threshold in Severity:  # the worst first: each threshold also takes what the ones before it take
        more, more_at_night = by_severity.get(threshold.value, (0, 0))
        alerts, at_night = alerts + more, at_night + more_at_night
        meant[threshold] = BackTestResult(alerts, at_night)
    return meant


def counted(shape: Polygon | MultiPolygon) -> list[tuple[str, int, int]]:
    """Severity, incidents, incidents at night."""
    night = Q(hour__gte=NIGHT_FROM) | Q(hour__lt=NIGHT_UNTIL)
    rows = (
        Incident.objects.filter(pk__in=inside(shape))
        .annotate(hour=ExtractHour("created", tzinfo=timezone.get_default_timezone()))
        .order_by()
        .values_list("severity")
        .annotate(incidents=Count("pk"), at_night=Count("pk", filter=night))
    )
    if connection.vendor != "postgresql":
        return list(rows)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {LONGEST_MS}")
            return list(rows)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") == QUERY_CANCELED:
            raise TooLong from error
        raise


def inside(shape: Polygon | MultiPolygon) -> RawSQL:
    """The keys of the incidents of the last 90 days in a shape: for this query the table of areas is this one shape."""
    postgresql = connection.vendor == "postgresql"
    joins = (matching.POSTGIS if postgresql else matching.SPATIALITE)["a"]
    read_shape = "ST_GeomFromWKB" if postgresql else "GeomFromWKB"
    since = connection.ops.adapt_datetimefield_value(timezone.now() - timedelta(days=DAYS))
    return RawSQL(
        f"WITH {AreaOfInterest._meta.db_table} (id, polygon) AS MATERIALIZED"
        f" (SELECT 0, {read_shape}(%s, {geometry.SRID})) "
        + " UNION ".join(f"SELECT i.id FROM {join} WHERE i.created >= %s" for join in joins),
        [memoryview(bytes(shape.wkb)), *[since] * len(joins)],
    )
