"""The history on the pages of incidents and areas, and in the administration; and who it says it was."""

import json
import re

import pytest
from django.urls import reverse

from tests import make
from tests.web.odd_input import MARKUP, no_markup
from tests.web.page import Page
from tracker.incidents import history
from tracker.models import AreaOfInterest, Change, Incident

CREATE = "/tracker/incident/create/"
WHEN = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ")


def told(client, row) -> list[str]:
    """The entries of a page's history, as read."""
    page = Page(client.get(row.get_absolute_url()))
    entries = [li for li in page.all("li") if "events" in li.inside[-1].classes and "history" in li.inside[-2].classes]
    return [WHEN.sub("", " ".join(entry.text.split())) for entry in entries]


def form(**fields) -> dict:
    return {
        "name": "Gas leak",
        "severity": "HI",
        "description": "",
        "place": "Pier",
        "latitude": "50",
        "longitude": "10",
    } | fields


def test_an_incident_tells_who_did_what(operator_client, second_operator_client, viewer_client):
    operator_client.post(CREATE, form())
    incident = Incident.objects.get()
    shown = Page(second_operator_client.get(reverse("incident_update", args=[incident.pk]))).fields
    second_operator_client.post(
        reverse("incident_update", args=[incident.pk]), shown | {"severity": "UR", "latitude": "50.5", "closed": "on"}
    )
    assert told(viewer_client, incident) == [
        "Closed, omar Severity from “High” to “Urgent” Location from “50.00000, 10.00000” to “50.50000, 10.00000”",
        "Created, Olga Ortega Reported through: “Incident form”",
    ]


def test_an_area_tells_who_did_what(operator_client, second_operator_client, viewer_client):
    square = make.box(5, 0, 5.1, 0.1).geojson
    operator_client.post("/tracker/area_of_interest/create/", {"name": "Town", "severity": "HI", "polygon": square})
    area = AreaOfInterest.objects.get()
    second_operator_client.post(
        reverse("area_update", args=[area.pk]),
        {"name": "City", "severity": "HI", "polygon": make.box(5, 0, 5.2, 0.1).geojson},
    )
    assert told(viewer_client, area) == [
        "Changed, omar Name from “Town” to “City” Shape changed: 247 km², before 124 km²",
        "Created, Olga Ortega",
    ]


def test_a_public_report_was_made_by_nobody(reporter, viewer_client, db):
    reporter.post("/tracker/incident/report/", form())
    assert told(viewer_client, Incident.objects.get()) == [
        "Created, nobody signed in Reported through: “Public report”"
    ]


def test_a_report_by_somebody_signed_in_says_so(operator, operator_client):
    operator_client.post("/tracker/incident/report/", form())
    assert history.of(Incident.objects.get()).get().by == operator


def test_the_admin_is_recorded_too(admin, admin_client):
    point = '{"type":"Point","coordinates":[10,50]}'
    sent = {"name": "Oil", "severity": "HI", "location": point, "place": "", "description": ""}
    admin_client.post("/admin/tracker/incident/add/", sent)
    incident = Incident.objects.get()
    admin_client.post(reverse("admin:tracker_incident_change", args=[incident.pk]), sent | {"severity": "LO"})
    number = incident.pk
    admin_client.post(
        "/admin/tracker/incident/", {"action": "delete_selected", "_selected_action": [number], "post": "yes"}
    )
    changes = list(history.about(Incident, number).order_by("pk"))
    assert [(change.kind, change.by) for change in changes] == [
        ("created", admin),
        ("changed", admin),
        ("deleted", admin),
    ]
    assert changes[1].values["severity"] == ["HI", "LO"]


def test_deleting_is_recorded_with_who_and_the_name(operator, operator_client):
    incident, area = make.incident("Oil"), make.area("Town")
    for kind, row in (("incident", incident), ("area", area)):
        operator_client.post(reverse(f"{kind}_delete", args=[row.pk]))
        change = make.first(history.about(type(row), row.pk))
        assert (change.kind, change.by, change.name) == ("deleted", operator, row.name)


def test_a_refused_form_leaves_no_history(operator_client):
    incident = make.incident()
    operator_client.post(reverse("incident_update", args=[incident.pk]), form(name=""))
    assert history.of(incident).count() == 1


def test_a_row_from_before_there_was_a_history(viewer_client):
    incident = make.incident()
    Change.objects.all().delete()
    assert "No change has been recorded." in Page(viewer_client.get(incident.get_absolute_url())).text


def test_a_page_shows_the_newest_hundred_in_the_same_queries(viewer_client, queries):
    incident = make.incident()
    few = queries(viewer_client, incident.get_absolute_url())
    for n in range(110):
        incident.name = f"Fire {n}"
        incident.save()
    assert queries(viewer_client, incident.get_absolute_url()) == few <= 12
    entries = told(viewer_client, incident)
    assert len(entries) == 100
    assert "to “Fire 109”" in entries[0]
    assert "Only the newest 100 changes are shown." in Page(viewer_client.get(incident.get_absolute_url())).text


def test_markup_shows_as_text(operator, operator_client, viewer_client, admin_client):
    operator.first_name = operator.last_name = MARKUP[:150]
    operator.save()
    operator_client.post(CREATE, form(name=MARKUP, description=MARKUP, place=MARKUP))
    incident = Incident.objects.get()
    operator_client.post(reverse("incident_update", args=[incident.pk]), form(name="x", description="x", place="x"))
    page = Page(viewer_client.get(incident.get_absolute_url()))
    no_markup(page)
    assert MARKUP in page.text
    change = make.first(history.of(incident))
    for address in ("/admin/tracker/change/", f"/admin/tracker/change/{change.pk}/change/"):
        no_markup(Page(admin_client.get(address)))


def test_the_history_is_read_only_in_the_administration(admin_client, db):
    incident = make.incident("Oil")
    incident.delete()
    change = make.first(Change.objects.all())
    before = list(Change.objects.values())
    address = f"/admin/tracker/change/{change.pk}/"
    assert "Oil" in Page(admin_client.get("/admin/tracker/change/?q=oil")).text
    assert admin_client.get(f"{address}change/").status_code == 200
    assert not Page(admin_client.get(f"{address}change/")).all("input", name="_save")
    assert admin_client.get("/admin/tracker/change/add/").status_code == 403
    assert admin_client.post("/admin/tracker/change/add/", {"name": "x"}).status_code == 403
    assert admin_client.post(f"{address}change/", {"name": "x"}).status_code == 403
    assert admin_client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    admin_client.post(
        "/admin/tracker/change/", {"action": "delete_selected", "_selected_action": [change.pk], "post": "yes"}
    )
    assert list(Change.objects.values()) == before


def test_the_history_needs_a_permission_in_the_administration(db):
    from tests.conftest import signed_in

    make.incident()
    client = signed_in(make.person("stella", "none", "view_incident", is_staff=True))
    assert client.get("/admin/tracker/change/").status_code == 403


@pytest.mark.parametrize("who", ["operator", "viewer"])
def test_values_are_kept_as_they_were(who, request, operator_client):
    """What a page shortens is whole in the record."""
    text = "x" * 5_000
    operator_client.post(CREATE, form(description=text))
    incident = Incident.objects.get()
    operator_client.post(reverse("incident_update", args=[incident.pk]), form(description=""))
    assert json.loads(json.dumps(make.first(history.of(incident)).values))["description"] == [text, ""]
