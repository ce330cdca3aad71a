"""Coordinates typed or pasted into a form without scripts: understood as by the page, or said; never another place."""

import json
from pathlib import Path

import pytest

from tests import make
from tests.web.page import Page
from tracker.models import Incident

TABLE = json.loads((Path(__file__).resolve().parents[1] / "coordinates.json").read_text())
CREATE = "/tracker/incident/create/"

pytestmark = pytest.mark.django_db


def form(latitude: str, longitude: str, **more: str) -> dict[str, str]:
    return {"name": "Fire", "severity": "HI", "latitude": latitude, "longitude": longitude, "location": ""} | more


def place(client, latitude: str, longitude: str) -> tuple[float, float]:
    response = client.post(CREATE, form(latitude, longitude))
    assert response.status_code == 302, Page(response).text
    made = make.first(Incident.objects.order_by("-pk"))
    return made.location.y, made.location.x


@pytest.mark.parametrize(
    ("latitude", "longitude", "found"),
    [
        ("−3.7", "−38.5", (-3.7, -38.5)),
        ("0,5", "13,4", (0.5, 13.4)),
        ("5, 3", "", (5, 3)),
        ("56.9637, -2.2113", "", (56.9637, -2.2113)),
        ("", "56.9637, -2.2113", (56.9637, -2.2113)),
        ("56.9637, -2.2113", "56.9637, -2.2113", (56.9637, -2.2113)),
        ("56.9637, -2.2113", "-2.2113", (56.9637, -2.2113)),
        ("52°30'N", "13°24'E", (52.5, 13.4)),
        ("13.4E, 52.5N", "", (52.5, 13.4)),
    ],
)
def test_what_people_type_is_understood(operator_client, latitude, longitude, found):
    assert place(operator_client, latitude, longitude) == pytest.approx(found)


@pytest.mark.parametrize(
    ("latitude", "longitude", "at", "said"),
    [
        ("52 30", "13 24", "latitude", "not a number such as 52.5"),
        ("52.5", "13,4,5", "longitude", "not a number such as 52.5"),
        ("13.4E", "52.5N", "latitude", "This is a longitude, and not a latitude."),
        ("13.4E", "52.5N", "longitude", "This is a latitude, and not a longitude."),
        ("56.9637, -2.2113", "7", "latitude", "There are two numbers here."),
        ("1, 2", "3, 4", "latitude", "There are two numbers here."),
        ("1e5", "0", "latitude", "not a number such as 52.5"),
        ("91N", "0", "latitude", "between -90 and 90"),
    ],
)
def test_what_is_not_understood_is_said_and_stays(operator_client, latitude, longitude, at, said):
    page = Page(operator_client.post(CREATE, form(latitude, longitude)))
    assert said in page.errors_at(at)
    assert (page.fields["latitude"], page.fields["longitude"]) == (latitude, longitude)
    assert not Incident.objects.exists()


def test_the_fields_are_texts_that_a_browser_does_not_cut(operator_client, reporter):
    for page in (Page(operator_client.get(CREATE)), Page(reporter.get("/tracker/incident/report/"))):
        for name in ("latitude", "longitude"):
            (field,) = page.all("input", name=name)
            assert (field["type"], field["inputmode"]) == ("text", "decimal")


def test_a_pair_is_pasted_over_one_field_of_an_incident_that_there_is(operator_client):
    incident = make.incident(at=(10.5, 50.5))
    address = f"/tracker/incident/update/{incident.pk}/"
    shown = Page(operator_client.get(address)).fields
    assert operator_client.post(address, shown | {"latitude": "56.9637, -2.2113"}).status_code == 302
    incident.refresh_from_db()
    assert (incident.location.y, incident.location.x) == pytest.approx((56.9637, -2.2113))


def test_also_on_the_report_page_and_where_it_is_said_to_be_known(reporter):
    sent = {"latitude": "−3,7", "longitude": "38.5W", "severity": "HI", "name": "Fire"}
    assert reporter.post("/tracker/incident/report/", sent).status_code == 302
    made = make.first(Incident.objects.all())
    assert made.location.coords == pytest.approx((-38.5, -3.7))
    answer = reporter.post("/tracker/incident/also_reported/", sent | {"incident": made.pk})
    assert "known" in answer.json()["url"]
    swapped = sent | {"latitude": "38.5W", "longitude": "3.7S", "incident": made.pk}
    assert reporter.post("/tracker/incident/also_reported/", swapped).status_code == 400
