"""Every page of who may watch brings along what waits; what changed of what a page shows is said with who and when."""

import json
import re

import pytest
from django.test import Client

from tests import make
from tests.alerting import change
from tests.web.page import Page
from tests.web.watched_pages import PAGES
from tracker.alerts import lifecycle, waiting
from tracker.events import publishing
from tracker.models import Alert, Incident, LogState

WAITING, CHANGES = "/tracker/watch/waiting/", "/tracker/watch/changes/"
ALL_PAGES = [*PAGES, "/tracker/incident/delete/{incident}/", "/tracker/job/import/"]

pytestmark = pytest.mark.django_db


def data(page: Page, name: str) -> dict:
    """What the page has for its scripts."""
    (script,) = page.all("script", id=name)
    return json.loads(script.text)


def address(path: str, alert: Alert) -> str:
    return path.format(incident=alert.incident_id, area=alert.area_id, alert=alert.pk)


# --- the header, and what the scripts begin with -------------------------------------------------------------------


@pytest.mark.parametrize("path", ALL_PAGES)
def test_every_page_brings_along_what_waits(path, alert, operator_client):
    publishing.publish()
    page = Page(operator_client.get(address(path, alert)))
    now = data(page, "watch")["now"]
    assert now["seq"] == LogState.current().last
    assert [number for number, _raised in now["listed"]] == [alert.pk]
    assert [entry["incident_name"] for entry in now["newest"]] == ["Oil spill"]
    (bell,) = page.all("a", id="bell")
    assert (bell.text.strip(), bell["aria-label"]) == ("1", "Alerts that wait: 1")
    assert page.all("span", id="connection")
    assert [link.text for link in page.all("a", class_="new-incident")] == ["+ Incident"]


def test_the_live_map_has_a_bell_and_loads_its_collections_itself(alert, viewer_client):
    page = Page(viewer_client.get("/"))
    assert page.all("a", id="bell")
    assert not page.all("script", id="watch")


@pytest.mark.parametrize("path", ["/tracker/incident/report/", "/accounts/login/"])
def test_a_stranger_is_told_nothing(path, alert, stranger_client):
    page = Page(stranger_client.get(path))
    assert not page.all("script", id="watch")
    assert not page.all("a", id="bell")


def test_who_may_not_watch_has_no_badge_and_who_sees_no_alerts_no_bell(alert):
    for given, has_badge in [((), False), (("view_incident",), True)]:
        client = Client()
        client.force_login(make.person(f"irma{has_badge}", "none", *given))
        page = Page(client.get("/accounts/password_change/"))
        assert bool(page.all("span", id="connection")) is has_badge
        assert not page.all("a", id="bell")
        if has_badge:
            assert data(page, "watch")["now"]["listed"] == []


def test_what_is_acknowledged_or_ended_does_not_wait(viewer, viewer_client):
    make.area("Harbour")
    alerts = [make.alerts_of(make.incident(name))[0] for name in ("Fire", "Flood", "Crane")]
    lifecycle.acknowledge([alerts[0].pk], viewer)
    change(alerts[1].incident, closed=True)
    answer = viewer_client.get(WAITING).json()
    assert [number for number, _raised in answer["listed"]] == [alerts[2].pk]
    assert answer["areas"] == [alerts[2].area_id]


def test_of_many_the_newest_are_listed(viewer_client, monkeypatch):
    monkeypatch.setattr(waiting, "LISTED", 3)
    monkeypatch.setattr(waiting, "TOLD", 2)
    make.area("Harbour")
    pks = [make.alerts_of(make.incident(f"Fire {n}"))[0].pk for n in range(5)]
    answer = viewer_client.get(WAITING).json()
    assert [number for number, _raised in answer["listed"]] == pks[:1:-1]
    assert [entry["alert"] for entry in answer["newest"]] == pks[:2:-1]
    assert answer["more"]


def test_it_takes_as_many_queries_for_many_as_for_few(viewer_client, queries):
    make.area("Harbour")
    for n in range(waiting.TOLD):
        make.incident(f"First {n}")
    few = queries(viewer_client, "/accounts/password_change/")
    for n in range(30):
        make.incident(f"Fire {n}")
    assert queries(viewer_client, "/accounts/password_change/") == few


def test_a_raised_time_is_written_as_the_socket_writes_it(alert, viewer_client):
    answer = viewer_client.get(WAITING).json()
    (message,) = make.recorded(types=["alert"])
    assert answer["listed"] == [[alert.pk, message["at"]]]
    assert answer["newest"][0]["raised"] == message["at"]


# --- what changed --------------------------------------------------------------------------------------------------


def said(client: Client, **asked) -> list[str]:
    answer = client.get(CHANGES, asked)
    assert answer.status_code == 200
    return [re.sub(r"\d\d:\d\d", "04:12", sentence) for sentence in answer.json()["said"]]


def test_who_closed_edited_and_deleted_it(alert, viewer_client, operator_client):
    incident = Incident.objects.get()
    row = incident.feature_id
    operator_client.post("/tracker/incident/close/", {"incident": incident.pk})
    assert said(viewer_client, row=row) == ["Closed by Olga Ortega at 04:12."]
    assert said(viewer_client, row=row, alert=alert.pk) == ["Closed by Olga Ortega at 04:12."]
    assert said(viewer_client, row=row, named=1) == ["“Oil spill”: Closed by Olga Ortega at 04:12."]
    operator_client.post("/tracker/incident/reopen/", {"incident": incident.pk})
    assert said(viewer_client, row=row) == ["Reopened by Olga Ortega at 04:12."]
    change(incident, name="Oil spill at the quay")
    assert said(viewer_client, row=row) == ["Edited by somebody at 04:12."]
    operator_client.post(f"/tracker/incident/delete/{incident.pk}/")
    assert said(viewer_client, row=row) == ["Deleted by Olga Ortega at 04:12."]


def test_what_happened_to_an_alert(alert, viewer, viewer_client, operator_client):
    lifecycle.acknowledge([alert.pk], viewer)
    assert said(viewer_client, alert=alert.pk) == ["Acknowledged by vera at 04:12."]
    lifecycle.take_back([alert.pk], viewer)
    assert said(viewer_client, alert=alert.pk) == ["Waits again since 04:12: vera took the acknowledgement back."]
    operator_client.post("/tracker/incident/close/", {"incident": alert.incident_id})
    assert said(viewer_client, alert=alert.pk) == ["Closed by Olga Ortega at 04:12."]


def test_an_area_that_was_deleted_is_told_to_who_may_see_areas(alert, viewer_client, operator_client):
    row = f"AreaOfInterest:{alert.area_id}"
    operator_client.post(f"/tracker/area_of_interest/delete/{alert.area_id}/")
    assert said(viewer_client, row=row) == ["Deleted by Olga Ortega at 04:12."]
    client = Client()
    client.force_login(make.person("irma", "none", "view_incident"))
    assert said(client, row=row, alert=alert.pk) == []


def test_many_alerts_are_counted(viewer, viewer_client):
    make.area("Harbour")
    pks = [make.alerts_of(make.incident(f"Fire {n}"))[0].pk for n in range(6)]
    lifecycle.acknowledge(pks, viewer)
    assert said(viewer_client, alert=pks) == ["6 alerts have changed."]


@pytest.mark.parametrize(
    "asked", [{"row": "x"}, {"row": "Incident:"}, {"row": "Incident:1e3"}, {"row": "Job:1"}, {"alert": "-"}]
)
def test_nonsense_is_refused_in_words(asked, viewer_client):
    answer = viewer_client.get(CHANGES, asked)
    assert answer.status_code == 400
    assert "ids of Features" in answer.json()["error"]


def test_nothing_is_known_of_what_is_not_there(viewer_client):
    assert said(viewer_client, row="Incident:999999", alert=999999) == []
    assert said(viewer_client) == []


@pytest.mark.parametrize(
    ("path", "follows"),
    [
        ("/tracker/incident/", {"list": "Incident", "takes_new": True}),
        ("/tracker/incident/?q=spill", {"list": "Incident", "takes_new": False}),
        ("/tracker/alert/", {"list": "Alert", "takes_new": True}),
        ("/tracker/area_of_interest/", {"list": "AreaOfInterest", "takes_new": True}),
        ("/tracker/incident/{incident}/", {"list": "", "is_form": False}),
        ("/tracker/incident/update/{incident}/", {"is_form": True}),
        ("/tracker/alert/{alert}/", {"list": ""}),
    ],
)
def test_a_page_says_what_it_shows(path, follows, alert, operator_client):
    page = Page(operator_client.get(address(path, alert)))
    told = data(page, "follows")
    assert follows.items() <= told.items()
    about = {f"Incident:{alert.incident_id}", f"AreaOfInterest:{alert.area_id}"}
    assert about & set(told["rows"]) or told["alerts"] == [alert.pk]
