"""While the database takes nothing, whoever saves reads so: 503 and a sentence, nothing is saved, and nothing lost.

The database really does not take it: its writer is held by somebody else, or it has no room.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from tests import make
from tests.conftest import signed_in
from tests.web.odd_input import MARKUP, no_markup
from tests.web.page import Page
from tracker.alerts import matching
from tracker.models import Alert, Incident, Job
from tracker.web.views import jobs

pytestmark = pytest.mark.usefixtures("committing")

CREATE, REPORT, LOGIN = "/tracker/incident/create/", "/tracker/incident/report/", "/accounts/login/"
ACKNOWLEDGE, START, IMPORT = "/tracker/alert/acknowledge/", "/tracker/job/start/", "/tracker/job/import/"
ADMIN = "/admin/tracker/incident/add/"
JSON = {"Accept": "application/json"}
FORM = {"name": "Fire", "severity": "HI", "description": "Two\nlines", "latitude": "50", "longitude": "10"}


@contextmanager
def held() -> Iterator[None]:
    """Somebody else writes, and does not end; whoever asks waits for a tenth of a second."""
    is_held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            matching.lock_for_areas()
            is_held.set()
            done.wait(60)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    is_held.wait(30)
    with connection.cursor() as cursor:
        is_sqlite = connection.vendor == "sqlite"
        cursor.execute("PRAGMA busy_timeout = 100" if is_sqlite else "SET lock_timeout = '100ms'")
    try:
        yield
    finally:
        done.set()
        holder.join()
        connection.close()


@contextmanager
def full() -> Iterator[None]:
    """There is no room for another page."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # pages that earlier tests have left would be room
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
    try:
        yield
    finally:
        connection.close()


@pytest.fixture
def olga(committing):
    return make.person("olga", "Operator")


def assert_busy(response, why: str = "The site is busy") -> None:
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    said = response.json()["error"] if response["Content-Type"] == "application/json" else Page(response).text
    assert why in said
    assert "Nothing was saved. Try again in a moment." in said


def test_a_form_is_sent_again_with_what_was_typed(olga):
    client = signed_in(olga)
    sent = FORM | {"place": MARKUP[:100], "submission": "7f1c1d2e-6a3b-4c55-9d0e-1f2a3b4c5d6e"}
    with held():
        response = client.post(CREATE, sent)
        assert_busy(response)
    no_markup(Page(response))
    again = Page(response).fields
    assert {name: again[name] for name in sent} == sent
    assert not Incident.objects.exists()
    assert client.post(CREATE, again).status_code == 302
    incident = Incident.objects.get()
    assert (incident.name, incident.description.split(), incident.place) == ("Fire", ["Two", "lines"], MARKUP[:100])


def test_the_report_of_a_stranger(olga):
    for headers in ({}, JSON):
        with held():
            assert_busy(Client().post(REPORT, FORM, headers=headers))
    assert not Incident.objects.exists()


def test_a_form_of_the_administration(committing):
    client = signed_in(make.person("ada", "admin"))
    location = '{"type":"Point","coordinates":[10,50]}'
    with held():
        response = client.post(ADMIN, {"name": "Fire", "severity": "HI", "location": location})
        assert_busy(response)
    assert Page(response).fields["location"] == location
    assert not Incident.objects.exists()


def test_a_script_is_told_in_json(olga):
    client = signed_in(olga)
    make.area()
    make.incident()
    with held():
        assert_busy(client.post(ACKNOWLEDGE, {"alert": Alert.objects.get().pk}, headers=JSON))
    assert Alert.objects.get().state == "unacknowledged"


@pytest.mark.needs_sqlite
def test_signing_in_and_no_password_is_sent_back(committing):
    make.person("vera")
    for name, password in (("vera", "vera"), ("vera", "wrong-one"), ("nobody", "wrong-one")):
        with held():
            response = Client().post(LOGIN, {"username": name, "password": password})
            assert_busy(response)
        assert password not in {element["value"] for element in Page(response).all("input")}
        assert "Go back" in Page(response).text


@pytest.mark.needs_sqlite
def test_a_file_and_a_job(olga):
    client = signed_in(olga)
    with held():
        assert_busy(client.post(START, {"kind": "try_it"}, headers=JSON))
        file = SimpleUploadedFile("it.geojson", b"{}")
        response = client.post(IMPORT, {"what": "import_incidents", "name": "x", "default": "LO", "file": file})
        assert_busy(response)
    assert "Go back" in Page(response).text
    assert not Job.objects.exists()


@pytest.mark.needs_sqlite
def test_a_page_is_shown_meanwhile(olga):
    client = signed_in(olga)
    with held():
        assert client.get(CREATE).status_code == 200
        assert client.get("/tracker/incident/").status_code == 200


@pytest.mark.needs_sqlite
def test_a_disk_that_is_full(olga):
    client = signed_in(olga)
    with full():
        response = client.post(CREATE, FORM | {"description": "long " * 1_900})
        assert_busy(response, "There is no room left on the disk")
    assert not Incident.objects.exists()
    assert client.post(CREATE, FORM).status_code == 302


def test_a_mistake_of_the_program_is_none_of_it(olga, monkeypatch):
    """Also one that the database notices: trying again would not help."""
    from tracker.web.views.incidents import IncidentListView

    def broken(view):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    monkeypatch.setattr(IncidentListView, "get_queryset", broken)
    client = signed_in(olga)
    client.raise_request_exception = False
    assert client.get("/tracker/incident/").status_code == 500


@pytest.mark.needs_sqlite
def test_when_the_view_has_done_its_work_nobody_knows_whether_it_was_saved(olga, monkeypatch):
    """As when only the session cannot be written any more."""

    def done(request, *_rest):
        request.session["looked at"] = "now"
        return HttpResponse("Done.")

    monkeypatch.setattr(jobs, "answer", done)
    client = signed_in(olga)
    client.raise_request_exception = False
    with held():
        response = client.post(START, {"kind": "no such"})
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "look whether it was saved before you send it again" in Page(response).text
    assert not Page(response).all("form")
