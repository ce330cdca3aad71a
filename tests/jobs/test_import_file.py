"""The import as a job: every feature once, however often it is cut off."""

import json
from pathlib import Path

import pytest
from django.db import DatabaseError

from tests import make
from tests.jobs.conftest import carried_out, now, swept
from tests.jobs.importing import POINT, SQUARE, feature, fires, names
from tracker.files import geojson_reader
from tracker.incidents import bulk
from tracker.jobs import queue, worker
from tracker.jobs.run import Run, Superseded
from tracker.models import AreaOfInterest, Change, Incident, Job

pytestmark = pytest.mark.django_db(transaction=True)

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


# --- what is taken -------------------------------------------------------------------------------------------------


def test_incidents(given, operator):
    area = make.area()
    before = make.newest_id()
    features = [feature("Fire", danger="High", text="Big"), feature("Far", {"type": "Point", "coordinates": [-60, 0]})]
    job = carried_out(given("incidents", features, severity="danger", description="text", default="LO"))
    assert (job.state, job.message) == (
        "done",
        "2 features: 2 imported (1 with the default severity), 0 refused.",
    )
    assert (job.done, job.total, job.problem_count) == (2, 2, 0)
    fire, far = Incident.objects.order_by("pk")
    assert (fire.name, fire.severity, fire.description, fire.source) == ("Fire", "HI", "Big", "import")
    assert (far.name, far.severity, far.description) == ("Far", "LO", "")
    assert [message["type"] for message in make.recorded(before)] == ["post_save", "post_save", "alert"]
    assert [alert.area_id for alert in make.alerts_of(fire)] == [area.pk]
    assert {change.by for change in Change.objects.filter(subject=Change.Subject.INCIDENT)} == {operator}


def test_areas(given):
    incident = make.incident()
    job = carried_out(given("areas", [feature("Square", SQUARE)], default="ME"))
    assert (job.state, job.message) == ("done", "1 features: 1 imported, 0 refused.")
    area = AreaOfInterest.objects.get()
    assert (area.name, area.severity) == ("Square", "ME")
    assert [alert.area_id for alert in make.alerts_of(incident)] == [area.pk]


def test_an_empty_collection(given):
    job = carried_out(given("incidents", []))
    assert (job.state, job.message) == ("done", "0 features: 0 imported, 0 refused.")


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the real files are not at {DATA}")
def test_real_files(given):
    countries = (DATA / "natural-earth-countries-50m.geojson").read_bytes()
    job = carried_out(given("areas", countries))
    uncut = "3 taken the short way across the antimeridian"  # Russia, Fiji and Antarctica
    assert (job.state, job.message) == ("done", f"241 features: 241 imported ({uncut}), 0 refused.")
    assert names(AreaOfInterest) == [each["properties"]["name"] for each in json.loads(countries)["features"]]
    quakes = json.loads((DATA / "usgs-earthquakes-week.geojson").read_text())
    quakes["features"] = quakes["features"][:300]
    job = carried_out(given("incidents", quakes, name="title", description="place"))
    assert job.message == "300 features: 300 imported (300 without the depth or height), 0 refused."
    assert names() == [each["properties"]["title"] for each in quakes["features"]]


# --- cut off, and gone on with -------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process has died: nothing is written any more, whatever would be."""


def cut_off(job: Job, monkeypatch, *, before_piece: int) -> None:
    """Have a worker die in the middle of the transaction of this piece; then a sweep finds the job without worker."""
    saved, save = 0, Run.save_checkpoint

    def save_or_die(self, value) -> None:
        nonlocal saved
        saved += 1
        if saved == before_piece:
            raise Killed
        save(self, value)

    with monkeypatch.context() as dying:
        dying.setattr(Run, "save_checkpoint", save_or_die)
        dying.setattr(bulk, "record_changed", lambda model, count: None)
        with pytest.raises(Killed):
            worker.carry_out(job.pk, now(job).attempt)
    assert now(job).state == "running"
    swept()


@pytest.mark.parametrize("what", ["incidents", "areas"])
@pytest.mark.parametrize("piece", [1, 2, 4])
def test_every_feature_is_there_once_after_it_was_cut_off(given, few, monkeypatch, piece, what):
    good, bad = (POINT, SQUARE) if what == "incidents" else (SQUARE, POINT)
    features = [feature(f"{n}", bad if n in {1, 8} else good) for n in range(14)]
    job = given(what, features)
    cut_off(job, monkeypatch, before_piece=piece)
    model = Incident if what == "incidents" else AreaOfInterest
    assert len(names(model)) == 3 * (piece - 1)
    assert (now(job).state, now(job).attempt) == ("queued", 2)
    job = carried_out(job)
    assert (job.state, job.message) == ("done", "14 features: 12 imported, 2 refused.")
    assert names(model) == [str(n) for n in range(14) if n not in {1, 8}]
    assert [row for row, _sentence in job.problems] == [2, 9]
    assert (job.done, job.total, job.problem_count) == (14, 14, 2)
    (message,) = make.recorded(types=["changed"])
    assert (message["model"], message["count"]) == (model.__name__, 12)
    assert not make.recorded(types=["post_save"])


def test_remarks_are_counted_once_and_unnamed_ones_keep_their_number(given, few, monkeypatch):
    deep = {"type": "Point", "coordinates": [10, 50, 3]}
    job = given("incidents", [feature(None, deep) for _n in range(8)])
    cut_off(job, monkeypatch, before_piece=3)
    job = carried_out(job)
    assert job.message == "8 features: 8 imported (8 named by its number, 8 without the depth or height), 0 refused."
    assert names() == [f"Unnamed incident {n}" for n in range(1, 9)]


def test_it_may_be_cut_off_more_than_once_and_then_be_run_again_by_hand(given, few, monkeypatch):
    job = given("incidents", fires(12))
    for _time in range(queue.ATTEMPTS):
        cut_off(job, monkeypatch, before_piece=2)
    job = now(job)
    assert (job.state, len(names())) == ("interrupted", 9)
    assert "Run it again" in job.message
    assert queue.run_again(job)
    assert carried_out(job).message == "12 features: 12 imported, 0 refused."
    assert names() == [f"Fire {n}" for n in range(12)]


def test_after_the_last_piece_the_rest_is_to_announce_them(given, few, monkeypatch):
    """The worker dies between the last piece and the message."""
    job = given("incidents", fires(12))

    def die(model, count):
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(bulk, "record_changed", die)
        with pytest.raises(Killed):
            worker.carry_out(job.pk, 1)
    swept()
    assert carried_out(job).message == "12 features: 12 imported, 0 refused."
    assert len(names()) == 12
    assert [message["count"] for message in make.recorded(types=["changed"])] == [12]


def test_an_error_of_the_database_says_what_is_really_there(given, few, monkeypatch):
    """The transaction of a piece fails after its rows were written."""
    saved, save = [], Run.save_checkpoint

    def save_or_fail(self, value) -> None:
        saved.append(value)
        if len(saved) == 3:
            raise DatabaseError("the disk is full")
        save(self, value)

    with monkeypatch.context() as failing:
        failing.setattr(Run, "save_checkpoint", save_or_fail)
        job = carried_out(given("incidents", fires(12)))
    assert (job.state, len(names())) == ("failed", 6)
    assert [message["count"] for message in make.recorded(types=["changed"])] == [6]
    queue.run_again(job)
    assert carried_out(job).message == "12 features: 12 imported, 0 refused."
    assert names() == [f"Fire {n}" for n in range(12)]


def test_cancelled_in_the_middle_and_run_again(given, few, monkeypatch):
    job = given("incidents", fires(12))
    save = Run.save_checkpoint

    def save_and_cancel(self, value) -> None:
        save(self, value)
        self.stop.set()  # as the heart does that has seen it

    with monkeypatch.context() as cancelling:
        cancelling.setattr(Run, "save_checkpoint", save_and_cancel)
        job = carried_out(job)
    assert (job.state, names()) == ("cancelled", ["Fire 0", "Fire 1", "Fire 2"])
    queue.run_again(job)
    assert carried_out(job).message == "12 features: 12 imported, 0 refused."
    assert names() == [f"Fire {n}" for n in range(12)]


def test_cancelled_while_the_file_is_read(given, monkeypatch):
    """Before the first feature is imported: a large file is read for a minute."""
    monkeypatch.setattr(geojson_reader, "EVENTS_AT_ONCE", 10)
    job, asked, go_on = given("incidents", fires(100)), [], Run.go_on

    def cancelled_at_the_fifth_time(self) -> None:
        asked.append(self.done)
        if len(asked) == 5:
            self.stop.set()
        go_on(self)

    monkeypatch.setattr(Run, "go_on", cancelled_at_the_fifth_time)
    job = carried_out(job)
    assert (job.state, len(asked), names()) == ("cancelled", 5, [])


def test_a_worker_that_was_taken_for_dead_writes_nothing(given, few, monkeypatch):
    """It comes back in the middle of a piece, while another one goes on with the job."""
    job = given("incidents", fires(12))
    progress = Run.progress

    def superseded_after_five(self, done=None, *rest, **more) -> None:
        if done == 5:
            Job.objects.filter(pk=job.pk).update(attempt=2)
        progress(self, done, *rest, **more)

    with monkeypatch.context() as slow:
        slow.setattr(Run, "progress", superseded_after_five)
        worker.carry_out(job.pk, 1)
    assert names() == ["Fire 0", "Fire 1", "Fire 2"]
    assert make.recorded() == []
    row = now(job)
    assert row.state == "running"
    assert row.checkpoint is not None
    assert (row.checkpoint["taken"], row.checkpoint["written"]) == (3, 3)

    run = Run(row)
    run.job.attempt = 1
    with pytest.raises(Superseded):
        run.save_checkpoint({"taken": 0})
    assert now(job).checkpoint == row.checkpoint


def test_more_than_ten_thousand_rows_are_announced_by_one_message(given):
    count = bulk.ANNOUNCE_AT_MOST + 1
    job = carried_out(given("incidents", fires(count)))
    assert job.message == f"{count} features: {count} imported, 0 refused."
    assert Incident.objects.count() == count
    (message,) = make.recorded(types=["changed", "post_save"])
    assert (message["type"], message["model"], message["count"]) == ("changed", "Incident", count)
