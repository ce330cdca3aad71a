"""Incidents and areas as a file to take along: GeoJSON (RFC 7946), or CSV for a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from tracker.features import geojson
from tracker.incidents.filters import Selection
from tracker.jobs.registry import job
from tracker.jobs.run import Run
from tracker.models import AreaOfInterest, Incident
from tracker.models.severity import LABEL

PIECE = 2_000  # rows that are taken from the database at once
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # by which spreadsheets know UTF-8
HEAD = b'{"type":"FeatureCollection","features":[\n'
TAIL = b"\n]}\n"
# A spreadsheet takes a cell that begins like this for a formula, and would carry it out (CWE-1236). Where a cell begins
# is for the reader to say: it may part the text at a semicolon, a tab, a bar or a line break as well.
BREAK = r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]"
CELL_BEGINS = rf"(?:^|(?<=[;|])|(?<={BREAK}))"
FORMULA_FOLLOWS = rf"""(?=(?:(?!{BREAK})[\s"])*[=+\-@＝＋－＠])"""
NEUTRALISED = re.compile(rf"{CELL_BEGINS}{FORMULA_FOLLOWS}|^(?=[\t\r\n])")
COLUMNS = ["number", "name", "severity", "state", "place", "latitude", "longitude", "accuracy_m", "reported", "source"]


@job("export_incidents", title=gettext_lazy("Export incidents"), resumes=True)
def export_incidents(run: Run, format: str = "geojson", asked: dict[str, str] | None = None) -> str:
    """The incidents that a list with these filters shows (*asked*: as in its address), all pages of it."""
    rows = Selection(asked or {}).incidents().order_by("pk")
    name = f"incidents-{timezone.now():%Y-%m-%d}.{format}"
    if format == "csv":
        return write(run, name, rows.count(), BYTE_ORDER_MARK + csv_line(COLUMNS), csv_lines(rows))
    return write(run, name, rows.count(), HEAD, geojson_lines(rows), TAIL)


@job("export_areas", title=gettext_lazy("Export areas"), permission="tracker.view_areaofinterest", resumes=True)
def export_areas(run: Run) -> str:
    """All areas of interest, as ``import_areas`` reads them."""
    rows = AreaOfInterest.objects.order_by("pk")
    name = f"areas-{timezone.now():%Y-%m-%d}.geojson"
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
        features = geojson.features_by_pk(rows.model, pks)
        for pk in pks:
            if pk in features:  # else it was deleted meanwhile
                yield before + features[pk].encode()
                before = b",\n"


def csv_lines(rows: QuerySet[Incident]) -> Iterator[bytes]:
    """A line for each row."""
    found = (
        row for pks in pieces(rows) for row in Incident.objects.defer("description").filter(pk__in=pks).order_by("pk")
    )
    for row in found:
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
                row.created.isoformat(),
                row.source,
            ]
        )


def csv_line(values: list[Any]) -> bytes:
    line = io.StringIO()
    # All texts in quotes: a reader that parts cells at semicolons, too, then leaves these whole.
    csv.writer(line, quoting=csv.QUOTE_NONNUMERIC).writerow([as_text(v) if isinstance(v, str) else v for v in values])
    return line.getvalue().encode()


def as_text(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula, and without byte order marks,
    behind which it would not be seen."""
    return NEUTRALISED.sub("'", text.replace("\ufeff", ""))
