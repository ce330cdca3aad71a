"""import_geojson: many rows are announced at once, and whatever ends it half-way, it says how far it came."""

import signal
from contextlib import contextmanager

import pytest
from django.db import connection

from tests import make
from tests.management.importing import feature, point
from tracker.events import log
from tracker.incidents import bulk
from tracker.lib import piece_size
from tracker.models import Incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(monkeypatch):
    """Ten rows are many, and a piece is three."""
    monkeypatch.setattr(bulk, "ANNOUNCE_AT_MOST", 10)
    monkeypatch.setattr(log, "PIECE", 3)
    monkeypatch.setattr(piece_size, "FIRST_OF", 1)


def test_many_rows_are_announced_by_one_message(run, few):
    make.area()
    before = make.newest_id()
    run("incidents", [feature(point(), name="x", s="High") for _ in range(11)], "--severity", "s")
    messages = make.recorded(before)
    assert [message["type"] for message in messages] == ["alert"] * 11 + ["changed"]
    assert (messages[-1]["model"], messages[-1]["count"]) == ("Incident", 11)


def test_ten_rows_are_not_many(run, few):
    run("incidents", [feature(point(), name="x") for _ in range(10)])
    assert [message["type"] for message in make.recorded()] == ["post_save"] * 10


@contextmanager
def at_insert(number: int, action):
    """Do something when incidents are inserted for the *number*-th time."""
    seen = 0

    def wrapper(execute, sql, params, many, context):
        nonlocal seen
        if sql.startswith('INSERT INTO "tracker_incident"'):
            seen += 1
            if seen == number:
                action()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_between_two_pieces(run, few, number):
    before = signal.getsignal(number)
    with at_insert(2, lambda: signal.raise_signal(number)):
        outcome = run("incidents", [feature(point(), name="x") for _ in range(20)])
    assert outcome == (130, "", "Interrupted. 6 of 20 features had been imported.")
    assert Incident.objects.count() == 6
    (message,) = make.recorded()
    assert (message["type"], message["count"]) == ("changed", 6)
    assert signal.getsignal(number) is before


@pytest.mark.django_db(transaction=True)
def test_a_second_ctrl_c_stops_it_at_once(run, few):
    def impatient():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with at_insert(3, impatient):
        outcome = run("incidents", [feature(point(), name="x") for _ in range(20)])
    assert outcome == (130, "", "Interrupted. 6 of 20 features had been imported.")
    assert Incident.objects.count() == 6
    assert [message["count"] for message in make.recorded()] == [6]


@pytest.mark.django_db(transaction=True)
def test_an_error_of_the_database_says_how_far_it_came(run, few):
    from django.db import OperationalError

    def fail():
        raise OperationalError("disk full")

    with at_insert(2, fail):
        outcome = run("incidents", [feature(point(), name="x") for _ in range(20)])
    assert outcome.status == 1
    assert "disk full. 3 of 20 features had been imported." in outcome.err
    assert Incident.objects.count() == 3
    assert [message["count"] for message in make.recorded()] == [3]


def test_a_file_that_changes_between_the_two_passes(run, tmp_path):
    features = [feature(point(), name="x") for _ in range(log.PIECE * 2)]
    with at_insert(1, lambda: (tmp_path / "file.geojson").write_text("{")):
        outcome = run("incidents", features)
    assert outcome.status in {0, 1}  # whatever had been read ahead
    assert f"{Incident.objects.count():,} " in outcome.out + outcome.err


def test_progress_where_there_is_no_terminal(run, monkeypatch):
    from tracker.management.commands import import_geojson

    monkeypatch.setattr(import_geojson, "LINE_EVERY_S", -1)
    outcome = run("incidents", [feature(point(), name="x") for _ in range(2)])
    assert outcome.err.splitlines() == ["0 of 2 features", "1 of 2 features"]
