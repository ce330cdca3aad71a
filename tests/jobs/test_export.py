"""The export as a job: a file that can be imported again, and a table that a spreadsheet does not carry out."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from tests.jobs.conftest import carried_out
from tests.live_site import Site
from tracker.accounts import roles
from tracker.alerts import lifecycle
from tracker.features import geojson
from tracker.files import export_job
from tracker.incidents import bulk
from tracker.jobs import queue
from tracker.jobs.registry import JOB_TYPES
from tracker.jobs.run import Run
from tracker.models import AreaOfInterest, Change, Incident, Job

pytestmark = pytest.mark.django_db(transaction=True)

HOLE = make.box(-1, -1, 1, 1).difference(make.box(-0.5, -0.5, 0.5, 0.5))


@pytest.fixture
def vera():
    roles.create_roles()
    roles.create_roles()  # a test before may have emptied all tables
    return make.person("vera", "Operator")


@pytest.fixture
def exported(vera):
    """``exported("incidents", format="csv")``: the job that has made the file."""

    def exported(what: str, **how) -> Job:
        job = carried_out(queue.enqueue(JOB_TYPES[f"export_{what}"], by=vera, **how))
        assert job.state == "done", job.message
        return job

    return exported


def content(job: Job) -> bytes:
    return Path(job.result.path).read_bytes()


def names(job: Job) -> list[str]:
    return [each["properties"]["name"] for each in json.loads(content(job))["features"]]


def table(job: Job) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(job).decode("utf-8-sig"), newline="")))


# --- and back again ------------------------------------------------------------------------------------------------


def imported_again(job: Job, vera, **fields: str) -> None:
    model = Incident if job.kind == "export_incidents" else AreaOfInterest
    model.objects.all().delete()
    fields = {"name": "name", "severity": "severity", "default": "UR"} | fields
    file = ContentFile(content(job), job.result_name)
    again = queue.enqueue(JOB_TYPES[job.kind.replace("export", "import")], by=vera, upload=file, fields=fields)
    again = carried_out(again)
    assert (again.state, again.problem_count) == ("done", 0)
    assert "(" not in again.message, "nothing was put right: it was right"


# Coordinates are written with seven decimals, a centimetre, as everywhere on the site.
def test_incidents_are_the_same_after_an_import(exported, vera):
    make.incident('Fire “in” "the" <b>town</b>\\', (10.1234567, -50.1), "IN", description="One\n\n\ttwo é 火")
    make.incident("=1+1", (-180, 90), "UR")
    make.incident("👩‍🚒", (179.9999999, 0.0000001), "ME", description="'; DROP")

    def said():
        return [
            (each.name, each.description, each.severity, each.location.coords)
            for each in Incident.objects.order_by("pk")
        ]

    before = said()
    job = exported("incidents")
    assert (job.message, job.done, job.total) == (f"3 rows in {job.result_name}.", 3, 3)
    assert job.result_name == f"incidents-{timezone.localdate()}.geojson"
    imported_again(job, vera, description="description")
    assert said() == before


def test_areas_are_the_same_after_an_import(exported, vera):
    make.area("Town", make.box(9, 49, 11.0000001, 51), "LO")
    make.area("Ring", HOLE, "UR")
    make.area("Across", make.boxes((170, 0, 180, 9), (-180, 0, -170, 9)), "IN")

    def said():
        areas = AreaOfInterest.objects.order_by("pk")
        return [(each.name, each.severity, each.polygon.coords, each.centroid.coords) for each in areas]

    before = said()
    job = exported("areas")
    assert job.message == f"3 rows in {job.result_name}."
    imported_again(job, vera)
    assert said() == before


@pytest.mark.parametrize("what", ["incidents", "areas"])
def test_nothing_at_all_is_a_collection_too(exported, what):
    job = exported(what)
    assert json.loads(content(job)) == {"type": "FeatureCollection", "features": []}
    assert job.message == f"0 rows in {job.result_name}."
    assert (job.done, job.total) == (0, 0)


def test_it_goes_by_the_right_name_and_only_its_owner_can_read_it(exported):
    job = exported("incidents")
    assert job.name == "Export incidents"
    assert Path(job.result.path).stat().st_mode & 0o777 == 0o600
    assert job.result_name not in job.result.name


# --- a table -------------------------------------------------------------------------------------------------------


def test_a_table(exported):
    now = timezone.now()
    one = make.incident('Say "fire",\nnow', place="Quay; Dock", accuracy_m=12.5, created=now, source="form")
    two = make.incident("Closed", (-60.5, -30.25), "IN", closed=True)
    job = exported("incidents", format="csv")
    assert content(job).startswith(b"\xef\xbb\xbf")
    assert job.result_name.endswith(".csv")
    head, first, second = table(job)
    assert head == export_job.COLUMNS
    assert dict(zip(head, first, strict=True)) == {
        "number": str(one.pk),
        "name": 'Say "fire",\nnow',
        "severity": "High",
        "state": "open",
        "place": "Quay; Dock",
        "latitude": "50.0",
        "longitude": "10.0",
        "accuracy_m": "12.5",
        "reported": now.astimezone(UTC).isoformat(timespec="seconds"),
        "source": "form",
        "description": "",
        "reporter": "",
        "updated": one.updated.astimezone(UTC).isoformat(timespec="seconds"),
        "closed": "",
        "alerted_areas": "",
        "acknowledged_by": "",
    }
    assert second[:8] == [str(two.pk), "Closed", "Info", "closed", "", "-30.25", "-60.5", ""]


def test_a_table_tells_who_reported_it_where_it_alerted_and_who_has_seen_that(exported, vera, operator):
    for name in ("Town", "=District", "Town"):
        make.area(name)
    fire = make.incident("Fire", description="Two\nlines; =1", reported_by=operator)
    lifecycle.acknowledge([alert.pk for alert in make.alerts_of(fire)[:2]], vera)
    Incident.objects.get(pk=fire.pk).save()
    bulk.close_incidents([fire.pk])
    make.incident("Elsewhere", make.AWAY)
    head, row, other = table(exported("incidents", format="csv"))
    said = dict(zip(head, row, strict=True))
    assert (said["description"], said["reporter"]) == ("Two\nlines;' =1", "Olga Ortega")
    assert (said["alerted_areas"], said["acknowledged_by"]) == ("Town;' =District", "vera")
    closed = make.first(Change.objects.filter(kind="closed")).at
    assert said["closed"] == closed.isoformat(timespec="seconds")
    assert other[10:] == ["", "", other[12], "", "", ""]


def test_who_may_not_see_alerts_is_not_told_of_them(exported, vera):
    make.grant(vera, "none", "view_incident")
    make.area()
    make.incident()
    head, row = table(exported("incidents", format="csv"))
    assert dict(zip(head, row, strict=True))["alerted_areas"] == ""


def test_times_and_the_name_of_the_file_are_the_sites(exported, settings, monkeypatch):
    settings.TIME_ZONE = "Asia/Tokyo"
    timezone.activate("Asia/Tokyo")
    try:
        make.incident("Fire", created=datetime(2026, 11, 30, 16, 8, 9, 123456, UTC))
        monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 30, 16, 30, tzinfo=UTC))
        job = exported("incidents", format="csv")
    finally:
        timezone.deactivate()
    assert table(job)[1][8] == "2026-12-01T01:08:09+09:00"
    assert job.result_name == "incidents-2026-12-01.csv"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_is_a_formula(exported, start):
    make.incident(f"{start}HYPERLINK(A1)", place=f"{start}1", at=(-60, -30))
    Incident.objects.update(name=f"{start}HYPERLINK(A1)")  # whatever a save would have made of it
    row = table(exported("incidents", format="csv"))[1]
    assert row[1] == f"'{start}HYPERLINK(A1)"
    assert row[4] == f"'{start}1"
    assert row[5:7] == ["-30.0", "-60.0"], "numbers stay numbers"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Tree;=1+1;x", "Tree;'=1+1;x"),
        ("p;@SUM(1+1);", "p;'@SUM(1+1);"),
        ("a;b;-2;+3", "a;b;'-2;'+3"),
        ("a\t=1", "a\t'=1"),
        ("a\n=1\r\n@x", "a\n'=1\r\n'@x"),
        ("a\u2028=1", "a\u2028'=1"),
        ("a|=1", "a|'=1"),
        ("a, =1,-2", "a,' =1,'-2"),
        ("a，=1", "a，=1"),
        ("a; \u00a0=1", "a;' \u00a0=1"),
        ('a;"=1"', 'a;\'"=1"'),
        (" =1", "' =1"),
        ("\ufeff=1", "'=1"),
        ("\ufeff\ufeff=1;\ufeff=2", "'=1;'=2"),
        ("＝1+1", "'＝1+1"),
        ("Quay; Dock", "Quay; Dock"),
        ("a - b = c, d+e@f", "a - b = c, d+e@f"),
        ("12-14; 3", "12-14; 3"),
    ],
)
def test_no_part_of_a_text_is_a_formula_wherever_a_spreadsheet_parts_it(exported, text, written):
    make.incident()
    Incident.objects.update(name=text, place=text)
    job = exported("incidents", format="csv")
    row = table(job)[1]
    assert (row[1], row[4]) == (written, written)
    for separator in ";,\t|":  # as the same file is read where lists are separated by another character
        lines = csv.reader(io.StringIO(content(job).decode("utf-8-sig"), newline=""), delimiter=separator)
        cells = [cell.lstrip().lstrip('"') for line in lines for cell in line]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "＝"))]


def test_a_semicolon_parts_no_cell_where_both_separators_are_on(exported):
    make.incident("Tree; branch", place="Quay; Dock")
    line = content(exported("incidents", format="csv")).decode().splitlines()[1]
    assert '"Tree; branch"' in line
    assert '"Quay; Dock"' in line


def test_an_empty_table_has_its_head(exported):
    assert table(exported("incidents", format="csv")) == [export_job.COLUMNS]


# --- as the list shows it ------------------------------------------------------------------------------------------


@pytest.fixture
def several():
    now = timezone.now()
    make.incident("Fire", severity="HI", created=now - timedelta(hours=1))
    make.incident("Old fire", severity="HI", created=now - timedelta(days=9), closed=True)
    make.incident("Flood", severity="UR", description="no fire", created=now - timedelta(days=2))
    make.incident("Far", make.AWAY, severity="LO", place="Fire Island", created=now - timedelta(days=3))
    make.incident("50% _off_", severity="IN", created=now)


def at(**ago) -> str:
    return (timezone.now() - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%S")


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 5),
        ({"q": "fire"}, 4),
        ({"q": " FIRE "}, 4),
        ({"q": "%"}, 1),
        ({"q": "fi\0re"}, 4),
        ({"q": "x" * 300}, 0),
        ({"severity": "HI"}, 2),
        ({"severity": "nonsense"}, 5),
        ({"state": "open"}, 4),
        ({"state": "closed"}, 1),
        ({"state": "ajar"}, 5),
        ({"area": "first"}, 4),
        ({"area": "first", "state": "open", "q": "fire"}, 2),
        ({"area": "999999"}, 0),
        ({"area": "9" * 30}, 5),
        ({"reported_from": at(days=2, hours=12)}, 3),
        ({"reported_until": at(hours=12)}, 3),
        ({"reported_from": at(days=4), "reported_until": at(hours=12)}, 2),
        ({"reported_from": "yesterday", "reported_until": "9999-99-99"}, 5),
        ({"reported_from": "2000-01-01T00:00:00+23:59", "reported_until": "2100-01-01T00:00:00-23:59"}, 5),
    ],
)
def test_the_rows_are_those_of_the_list(several, vera, asked, count):
    area = make.area()
    asked = {key: str(area.pk) if value == "first" else value for key, value in asked.items()}
    client = Client()
    client.force_login(vera)
    listed = client.get("/tracker/incident/", asked).context["object_list"]
    address = client.post("/tracker/job/export/", asked | {"format": "geojson"})["Location"]
    job = carried_out(Job.objects.get(pk=address.split("/")[-2]))
    assert job.state == "done"
    assert sorted(names(job)) == sorted(row.name for row in listed)
    assert len(names(job)) == count


def test_the_table_has_them_too(several, exported):
    assert [row[1] for row in table(exported("incidents", format="csv", asked={"state": "closed"}))[1:]] == ["Old fire"]


# --- many rows -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["geojson", "csv"])
def test_the_number_of_queries_does_not_grow_with_the_rows(exported, monkeypatch, format):
    monkeypatch.setattr(Run, "write", lambda run: None)  # it is written by the clock, however many rows there are

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            exported("incidents", format=format)
        return len(captured)

    Incident.objects.bulk_create(Incident(name=f"{n}", location=make.point(1, 2), severity="IN") for n in range(10))
    ten = count()
    Incident.objects.bulk_create(Incident(name=f"{n}", location=make.point(1, 2), severity="IN") for n in range(90))
    assert count() == ten


@pytest.mark.parametrize("format", ["geojson", "csv"])
def test_rows_are_taken_in_pieces_each_once_and_in_order(exported, monkeypatch, format):
    monkeypatch.setattr(export_job, "PIECE", 3)
    for count in range(1, 8):
        make.incident(f"Fire {count}")
        job = exported("incidents", format=format)
        found = names(job) if format == "geojson" else [row[1] for row in table(job)[1:]]
        assert found == [f"Fire {n}" for n in range(1, count + 1)]
        assert (job.done, job.total) == (count, count)


@pytest.mark.parametrize("format", ["geojson", "csv"])
def test_others_write_meanwhile(exported, monkeypatch, format):
    """And its progress is written, too: a reading that is still open must not be in the way of that."""
    monkeypatch.setattr(export_job, "PIECE", 3)
    monkeypatch.setattr(geojson, "PIECE", 3)
    monkeypatch.setattr("tracker.jobs.run.PACE_S", 0)
    for number in range(8):
        make.incident(f"Fire {number}")
    progress, seen = Run.progress, []

    def progress_while_others_write(self, done=None, *rest, **more) -> None:
        if done in {2, 5}:
            seen.append(done)
            Site.elsewhere(make.incident, f"Meanwhile {done}")
        progress(self, done, *rest, **more)

    with monkeypatch.context() as busy:
        busy.setattr(Run, "progress", progress_while_others_write)
        job = exported("incidents", format=format)
    assert seen == [2, 5]
    assert job.message.startswith("10 rows")
    assert (job.done, job.total) == (10, 10)


def test_it_is_cancelled_in_the_middle_and_leaves_no_file(vera, monkeypatch):
    for number in range(5):
        make.incident(f"Fire {number}")
    progress = Run.progress

    def progress_until_cancelled(self, done=None, *rest, **more) -> None:
        if done == 3:
            self.stop.set()
        progress(self, done, *rest, **more)

    with monkeypatch.context() as cancelling:
        cancelling.setattr(Run, "progress", progress_until_cancelled)
        job = carried_out(queue.enqueue(JOB_TYPES["export_incidents"], by=vera))
    assert (job.state, job.result.name, job.result_name) == ("cancelled", "", "")
    queue.run_again(job)
    assert len(names(carried_out(job))) == 5
