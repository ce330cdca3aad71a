"""What an area would have meant: how many alerts its shape would have raised lately, before anybody saves it.

The shape takes the place of the table of areas in the very joins by which matching finds what lies in an area
(``matching.py``), so both know one notion of inside, on the seams of the Earth too.
"""

from datetime import timedelta
from typing import NamedTuple

from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import OperationalError, connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import ExtractHour
from django.utils import timezone

from tracker.alerts import matching
from tracker.lib.geo import geometry
from tracker.models import Alert, AreaOfInterest, Incident
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


class AlertsNow(NamedTuple):
    """The alerts that saving it would raise, and how many of their incidents somebody has acknowledged elsewhere."""

    alerts: int
    in_hand: int


def back_test(shape: Polygon | MultiPolygon) -> dict[Severity, BackTestResult]:
    """For each threshold, by one query: incidents of the last 90 days, open or closed, in *shape* (a stored form)."""
    return {threshold: BackTestResult(*counts) for threshold, counts in added_up(counted(shape)).items()}


def alerts_now(shape: Polygon | MultiPolygon, area: int | None = None) -> dict[Severity, AlertsNow]:
    """For each threshold what saving this shape would raise at once, by one query. *area*: the number of the one that
    it is to be the shape of, if that is there: what it has alerted for already, it does not alert for again.
    """
    unresolved = Alert.objects.unresolved().filter(incident_id=OuterRef("pk"))
    rows = Incident.objects.filter(pk__in=inside(shape, "NOT i.closed"))
    if area is not None:
        rows = rows.exclude(Exists(unresolved.filter(area_id=area)))
    in_hand = Exists(unresolved.filter(state=Alert.State.ACKNOWLEDGED))
    counts = rows.annotate(is_in_hand=in_hand).order_by().values_list("severity")
    counted = in_time(counts.annotate(incidents=Count("pk"), in_hand=Count("pk", filter=Q(is_in_hand=True))))
    return {threshold: AlertsNow(*each) for threshold, each in added_up(counted).items()}


def added_up(counted: list[tuple[str, int, int]]) -> dict[Severity, tuple[int, int]]:
    """By threshold instead of by severity."""
    by_severity = {severity: counts for severity, *counts in counted}
    totals, so_far = {}, (0, 0)
    for threshold in Severity:  # the worst first: each threshold also takes what the ones before it take
        first, second = by_severity.get(threshold.value, (0, 0))
        so_far = so_far[0] + first, so_far[1] + second
        totals[threshold] = so_far
    return totals


def counted(shape: Polygon | MultiPolygon) -> list[tuple[str, int, int]]:
    """Severity, incidents, incidents at night."""
    night = Q(hour__gte=NIGHT_FROM) | Q(hour__lt=NIGHT_UNTIL)
    since = connection.ops.adapt_datetimefield_value(timezone.now() - timedelta(days=DAYS))
    rows = (
        Incident.objects.filter(pk__in=inside(shape, "i.created >= %s", since))
        .annotate(hour=ExtractHour("created", tzinfo=timezone.get_default_timezone()))
        .order_by()
        .values_list("severity")
        .annotate(incidents=Count("pk"), at_night=Count("pk", filter=night))
    )
    return in_time(rows)


def in_time(rows: QuerySet[Incident, tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """These rows; raises TooLong if that takes the database too long."""
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


def inside(shape: Polygon | MultiPolygon, where: str, *parameters: object) -> RawSQL:
    """The keys of those incidents (``i``) in a shape: for this query the table of areas is this one shape."""
    postgresql = connection.vendor == "postgresql"
    joins = (matching.POSTGIS if postgresql else matching.SPATIALITE)["a"]
    read_shape = "ST_GeomFromWKB" if postgresql else "GeomFromWKB"
    return RawSQL(
        f"WITH {AreaOfInterest._meta.db_table} (id, polygon) AS MATERIALIZED"
        f" (SELECT 0, {read_shape}(%s, {geometry.SRID})) "
        + " UNION ".join(f"SELECT i.id FROM {join} WHERE {where}" for join in joins),
        [memoryview(bytes(shape.wkb)), *parameters * len(joins)],
    )
