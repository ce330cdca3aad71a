"""Megabytes in a field of a few letters: refused in a sentence, and not sent back. What people type by hand is."""

import pytest
from django.urls import reverse

from tests import make
from tests.web.page import Page
from tracker.models import Incident

REPORT = "/tracker/incident/report/"
FORM = {"name": "Tree", "severity": "HI", "latitude": "50", "longitude": "10"}
MANY = 3_000_000
POINT = '{"type":"Point","coordinates":[10,50]%s}'
ANSWERED = 200_000  # bytes: any page with what somebody can have typed


@pytest.mark.parametrize("json", [False, True])
@pytest.mark.parametrize("field", [*FORM, "description", "place", "location", "accuracy_m", "submission"])
def test_a_report_is_not_answered_with_what_nobody_typed(field, json, viewer_client):
    """By somebody signed in, so that it is not the throttle that answers."""
    headers = {"Accept": "application/json"} if json else {}
    response = viewer_client.post(REPORT, FORM | {field: "9" * MANY}, headers=headers)
    assert len(response.content) < ANSWERED
    taken = field in {"accuracy_m", "submission"}  # which the page fills in, and a report does not fail for
    assert Incident.objects.exists() == taken
    if not json and not taken:
        assert Page(response).errors_at("latitude" if field == "location" else field)
        assert {name: Page(response).fields[name] for name in FORM if name not in {field, "severity"}} == {
            name: text for name, text in FORM.items() if name not in {field, "severity"}
        }


@pytest.mark.parametrize("length", [10_001, MANY])
@pytest.mark.parametrize("address", [REPORT, "/tracker/incident/create/", "/admin/tracker/incident/add/"])
def test_a_point_that_is_too_long_is_not_read(address, length, admin_client, monkeypatch):
    monkeypatch.setattr("tracker.lib.geo.geometry.load", lambda text: pytest.fail("it was read"))
    sent = {"name": "Tree", "severity": "HI", "location": POINT % (" " * length)}
    page = Page(admin_client.post(address, sent))
    assert "too long to be one point" in page.errors_at("location" if "admin" in address else "latitude")
    assert page.fields["name"] == "Tree"
    assert not Incident.objects.exists()


def test_a_point_with_all_that_geojson_may_say_of_it_is_read(viewer_client):
    long = POINT % (',"note":"' + "x" * 9_000 + '"')
    assert viewer_client.post(REPORT, {"name": "Tree", "severity": "HI", "location": long}).status_code == 302
    assert Incident.objects.get().location.coords == (10, 50)


@pytest.mark.parametrize(("field", "length"), [("description", 12_000), ("description", 90_000), ("name", 15_000)])
def test_a_text_that_is_too_long_but_was_typed_stays(field, length, reporter):
    page = Page(reporter.post(REPORT, FORM | {field: "x" * length}))
    assert page.errors_at(field)
    assert page.fields[field] == "x" * length


def test_neither_is_a_sign_in_or_the_mail_for_a_password(stranger_client, db):
    blanks = " " * MANY + "x"  # a page of this site, as Django has it
    for address, sent in (
        ("login", {"username": "x" * MANY, "password": "x"}),
        ("login", {"username": "x", "password": "x" * MANY}),
        ("login", {"username": "x", "password": "x", "next": blanks}),
        ("password_reset", {"email": "x" * MANY}),
        ("password_reset", {"email": "x@" + "x." * 1_000_000 + "org"}),
    ):
        response = stranger_client.post(reverse(address), sent)
        assert response.status_code in {200, 429}
        assert len(response.content) < ANSWERED, (address, list(sent))
    page = Page(
        stranger_client.post(reverse("login"), {"username": "vera", "password": "x", "next": "/tracker/alert/"})
    )
    assert (page.fields["username"], page.fields["next"]) == ("vera", "/tracker/alert/")


def test_who_is_signed_in_is_sent_on_to_no_megabytes(viewer_client):
    response = viewer_client.get(reverse("login"), {"next": " " * 5_000 + "/tracker/alert/"})
    assert (response.status_code, response.url) == (302, "/tracker/alert/")


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("field", ["name", "severity", "location", "version", "accuracy_m", "latitude"])
def test_neither_is_a_form_of_a_row_that_others_edit_or_that_is_gone(field, is_there, operator_client):
    incident = make.incident()
    address = reverse("incident_update", args=[incident.pk])
    if not is_there:
        incident.delete()
    response = operator_client.post(address, FORM | {field: "9" * MANY})
    assert response.status_code in ({200, 302, 409} if is_there else {404})
    assert len(response.content) < ANSWERED


def test_neither_is_an_import(operator_client):
    for field in ("what", "name", "description", "severity", "default", "submission"):
        response = operator_client.post("/tracker/job/import/", {"what": "import_incidents", field: "x" * MANY})
        assert response.status_code == 200
        assert len(response.content) < ANSWERED, field


def test_a_polygon_is_pasted_text_and_stays(operator_client):
    pasted = "[" + "1," * 400_000
    page = Page(
        operator_client.post("/tracker/area_of_interest/create/", {"name": "Town", "severity": "HI", "polygon": pasted})
    )
    assert page.errors_at("polygon")
    assert page.fields["polygon"] == pasted
