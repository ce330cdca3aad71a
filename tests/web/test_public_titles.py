"""A name is for those who work here: strangers read what was written for them, and nothing of an incident without."""

import pytest
from django.core.management import call_command
from django.test import override_settings

from tests import make
from tests.web.page import Page
from tracker.incidents import place_words
from tracker.models import Incident

CREATE, REPORT = "/tracker/incident/create/", "/tracker/incident/report/"
NEARBY, ALSO = "/tracker/incident/nearby/", "/tracker/incident/also_reported/"
HERE = {"latitude": "50", "longitude": "10"}
CALL = "Chimney fire (phone call, Mrs Reid 0123)"
pytestmark = pytest.mark.django_db


def read(client) -> list[str]:
    return [incident["name"] for incident in client.get(NEARBY, HERE).json()["incidents"]]


def operators(client, **more: str) -> Incident:
    response = client.post(CREATE, HERE | {"name": CALL, "severity": "HI"} | more)
    assert response.status_code == 302
    return Incident.objects.latest("pk")


def test_a_name_that_an_operator_typed_is_not_read_by_strangers(reporter, operator_client, viewer_client):
    incident = operators(operator_client)
    assert read(reporter) == []
    assert read(viewer_client) == [CALL]
    answer = reporter.post(ALSO, HERE | {"incident": str(incident.pk)})
    assert answer.status_code == 409, "as of one that there is not"


def test_what_is_written_for_them_is(reporter, operator_client, viewer_client):
    incident = operators(operator_client, public_title="Chimney fire")
    assert read(reporter) == ["Chimney fire"]
    assert read(viewer_client) == [CALL]
    assert reporter.post(ALSO, HERE | {"incident": str(incident.pk)}).status_code == 200


@pytest.mark.parametrize("title", ["", " ", "\u200b", "\u3164\u2800"])
def test_a_title_without_anything_to_see_is_none(reporter, operator_client, title):
    operators(operator_client, public_title=title)
    assert read(reporter) == []
    assert Incident.objects.get().public_title == ""


def test_what_a_stranger_reports_is_read_as_they_wrote_it_whatever_becomes_of_its_name(reporter, operator_client):
    reporter.post(REPORT, HERE | {"name": "Smoke", "severity": "HI"})
    assert read(reporter) == ["Smoke"]
    incident = Incident.objects.get()
    page = f"/tracker/incident/update/{incident.pk}/"
    operator_client.post(page, Page(operator_client.get(page)).fields | {"name": CALL})
    incident.refresh_from_db()
    assert (incident.name, incident.public_title) == (CALL, "Smoke")
    assert read(reporter) == ["Smoke"]


def test_what_somebody_reports_who_is_signed_in_is_not(reporter, operator_client):
    operator_client.post(REPORT, HERE | {"name": CALL, "severity": "HI"})
    assert Incident.objects.get().name == CALL
    assert read(reporter) == []


def test_every_page_says_what_strangers_read(reporter, operator_client, admin_client):
    form = Page(operator_client.get(CREATE)).text
    assert "strangers never read it" in form
    assert "Left empty, strangers are not shown it." in form
    incident = operators(operator_client)
    assert "Strangers read nothing of it" in Page(operator_client.get(incident.get_absolute_url())).text
    page = f"/tracker/incident/update/{incident.pk}/"
    operator_client.post(page, Page(operator_client.get(page)).fields | {"public_title": "Chimney <fire>"})
    assert "Strangers read Chimney <fire>" in Page(operator_client.get(incident.get_absolute_url())).text
    address = f"/admin/tracker/incident/{incident.pk}/change/"
    assert Page(admin_client.get(address)).fields["public_title"] == "Chimney <fire>"
    assert "may read this" in Page(reporter.get(REPORT)).text
    assert "may read this" not in Page(operator_client.get(REPORT)).text


def test_the_history_tells_who_showed_it(operator_client):
    incident = operators(operator_client)
    page = f"/tracker/incident/update/{incident.pk}/"
    shown = operator_client.post(page, Page(operator_client.get(page)).fields | {"public_title": "Fire"}, follow=True)
    assert "What strangers read: " in Page(shown).text


@override_settings(PUBLIC_NEARBY=False)
def test_where_strangers_are_shown_nothing_nobody_is_asked(operator_client, reporter):
    assert "public_title" not in Page(operator_client.get(CREATE)).fields
    incident = operators(operator_client)
    assert "Strangers read" not in Page(operator_client.get(incident.get_absolute_url())).text
    assert "may read this" not in Page(reporter.get(REPORT)).text


def test_a_title_of_the_site_follows_the_location(operator_client):
    before, after = place_words.suggested(-2.2113, 56.9637), place_words.suggested(-2.0943, 57.1497)
    incident = make.incident("Fire (Mrs Reid)", (-2.2113, 56.9637), public_title=before.name)
    page = f"/tracker/incident/update/{incident.pk}/"
    shown = Page(operator_client.get(page)).fields
    operator_client.post(page, shown | {"latitude": "57.1497", "longitude": "-2.0943"})
    incident.refresh_from_db()
    assert (incident.name, incident.public_title) == ("Fire (Mrs Reid)", after.name)


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_shows_what_strangers_had_reported_and_nobody_has_changed(operator):
    def reported(name: str, **fields) -> Incident:
        return make.incident(name, **({"source": "public"} | fields))

    reported("As it was")
    changed = reported("Changed")
    changed.name = CALL
    changed.save()
    reported("Signed in", reported_by=operator)
    reported("Over", closed=True)
    make.incident("Typed", source="form")
    try:
        call_command("migrate", "tracker", "0015", verbosity=0)
    finally:
        call_command("migrate", "tracker", verbosity=0)
    assert list(Incident.objects.exclude(public_title="").values_list("name", "public_title")) == [
        ("As it was", "As it was")
    ]
