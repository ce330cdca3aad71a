"""Incidents and areas as a file to take along: GeoJSON (RFC 7946), or CSV for a spreadsheet."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from tracker.features import geojson
from tracker.incidents import history
from tracker.incidents.filters import Selection
from tracker.jobs.registry import job
from tracker.jobs.run import Run
from tracker.lib.request import current_user
from tracker.models import Alert, AreaOfInterest, Incident
from tracker.models.severity import LABEL

PIECE = 2_000  # rows that are taken from the database at once
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # by which spreadsheets know UTF-8
HEAD = b'{"type":"FeatureCollection","features":[\n'
TAIL = b"\n]}\n"
# A spreadsheet takes a cell that begins like this for a formula, and would carry it out (CWE-1236). Where a cell begins
# is for the reader to say: it may part the text at a semicolon, a comma, a tab, a bar or a line break as well.
BREAK = r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]"
CELL_BEGINS = rf"(?:^|(?<=[;,|])|(?<={BREAK}))"
FORMULA_FOLLOWS = rf"""(?=(?:(?!{BREAK})[\s"])*[=+\-@＝＋－＠])"""
NEUTRALISED = re.compile(rf"{CELL_BEGINS}{FORMULA_FOLLOWS}|^(?=[\t\r\n])")
COLUMNS = [
    *("number", "name", "severity", "state", "place", "latitude", "longitude", "accuracy_m", "reported", "source"),
    *("description", "reporter", "updated", "closed", "alerted_areas", "acknowledged_by"),
]


@job("export_incidents", title=gettext_lazy("Export incidents"), resumes=True)
def export_incidents(run: Run, format: str = "geojson", asked: dict[str, str] | None = None) -> str:
    """The incidents that a list with these filters shows (*asked*: as in its address), all pages of it."""
    rows = Selection(asked or {}).incidents().order_by("pk")
    name = f"incidents-{timezone.localdate()}.{format}"
    if format == "csv":
        may_see_alerts = run.job.owner is None or run.job.owner.has_perm("tracker.view_alert")
        lines = csv_lines(rows, may_see_alerts)
        return write(run, name, rows.count(), BYTE_ORDER_MARK + csv_line(COLUMNS), lines)
    return write(run, name, rows.count(), HEAD, geojson_lines(rows), TAIL)


@job("export_areas", title=gettext_lazy("Export areas"), permission="tracker.view_areaofinterest", resumes=True)
def export_areas(run: Run) -> str:
    """All areas of interest, as ``import_areas`` reads them."""
    rows = AreaOfInterest.objects.order_by("pk")
    name = f"areas-{timezone.localdate()}.geojson"
    return write(run, name, rows.count(), HEAD, geojson_lines(rows), TAIL)


def write(run: Run, name: str, total: int, head: bytes, lines: Iterator[bytes], tail: bytes = b"") -> str:
    """Write a file of one piece of text a row; returns the job's last message."""
    count = 0
    run.progress(0, total)
    with run.result(name) as file:
        file.write(head)
        for count, line in enumerate(lines, 1):
            file.write(line)
            run.progress(count, max(total, count))
        file.write(tail)
    run.progress(count, count)
    return ngettext("%(count)d row in %(name)s.", "%(count)d rows in %(name)s.", count) % {"count": count, "name": name}


def pieces(rows: QuerySet) -> Iterator[list[int]]:
    """The keys of these rows, in rising order.

    Each piece is a query that ends before anything else is done: while one is open, SQLite lets its connection write
    nothing once somebody else has written, not even progress; and PostgreSQL would copy all rows of it first.
    """
    last = 0
    while pks := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:PIECE]):
        yield pks
        last = pks[-1]


def geojson_lines(rows: QuerySet) -> Iterator[bytes]:
    """A Feature a line, with a comma before each but the first."""
    before = b""
    for pks in pieces(rows):
        features = geojson.features_by_pk(rows.model, pks, exported=True)
        for pk in pks:
            if pk in features:  # else it was deleted meanwhile
                yield before + features[pk].encode()
                before = b",\n"


def csv_lines(rows: QuerySet[Incident], may_see_alerts: bool = True) -> Iterator[bytes]:
    """A line for each row. The alerts and the history of a piece are a query each."""
    called: dict[int, str] = {}  # those who reported, once each: a name may cost a query
    for pks in pieces(rows):
        areas, people = alerts_of(pks) if may_see_alerts else ({}, {})
        closed = closed_at(pks)
        for row in Incident.objects.select_related("reported_by").filter(pk__in=pks).order_by("pk"):
            if (reporter := row.reported_by) and reporter.pk not in called:
                called[reporter.pk] = current_user.name_of(reporter)
            yield csv_line(
                [
                    row.pk,
                    row.name,
                    LABEL[row.severity],
                    "closed" if row.closed else "open",
                    row.place,
                    row.location.y,
                    row.location.x,
                    "" if row.accuracy_m is None else row.accuracy_m,
                    site_time(row.created),
                    row.source,
                    row.description,
                    called.get(row.reported_by_id, "") if row.reported_by_id else "",
                    site_time(row.updated),
                    site_time(closed.get(row.pk)) if row.closed else "",
                    "; ".join(areas.get(row.pk, ())),
                    "; ".join(people.get(row.pk, ())),
                ]
            )


def alerts_of(pks: Sequence[int]) -> tuple[dict[int, dict[str, None]], dict[int, dict[str, None]]]:
    """The names of the areas in which each of these incidents has raised an alert, and of who has acknowledged one."""
    areas: dict[int, dict[str, None]] = defaultdict(dict)  # each name once, in the order of the alerts
    people: dict[int, dict[str, None]] = defaultdict(dict)
    alerts = Alert.objects.filter(incident_id__in=pks).order_by("pk")
    for incident, area, who in alerts.values_list("incident_id", "area_name", "acknowledged_who"):
        areas[incident][area] = None
        if who:
            people[incident][who] = None
    return areas, people


def closed_at(pks: Sequence[int]) -> dict[int, datetime]:
    """When each of these incidents was closed the last time, of those of which the history tells it."""
    closings = history.closings().filter(number__in=pks)
    return dict(closings.order_by().values_list("number").annotate(Max("at")))


def site_time(time: datetime | None) -> str:
    """To the second, in the site's time zone: ``2026-11-30T17:08:00+01:00``."""
    return timezone.localtime(time).isoformat(timespec="seconds") if time else ""


def csv_line(values: list[Any]) -> bytes:
    line = io.StringIO()
    # All texts in quotes: a reader that parts cells at semicolons, too, then leaves these whole.
    csv.writer(line, quoting=csv.QUOTE_NONNUMERIC).writerow([as_text(v) if isinstance(v, str) else v for v in values])
    return line.getvalue().encode()


def as_text(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula, and without byte order marks,
    behind which it would not be seen."""
    return NEUTRALISED.sub("'", text.replace("\ufeff", ""))
