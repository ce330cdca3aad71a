"""What looks like a slip is said before it is saved, and is saved when the person says that it is meant."""

import json

import pytest

from tests import make
from tests.web.page import Page
from tracker.models import AreaOfInterest, Incident

CREATE_AREA, CREATE_INCIDENT = "/tracker/area_of_interest/create/", "/tracker/incident/create/"
REPORT = "/tracker/incident/report/"


def box(west: float, south: float, east: float, north: float) -> str:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


def area(shape: str, **more) -> dict:
    return {"name": "Drawn", "severity": "HI", "polygon": shape} | more


def incident(longitude: float, latitude: float, **more) -> dict:
    return {"name": "Fire", "severity": "HI", "longitude": f"{longitude}", "latitude": f"{latitude}"} | more


def asked(response) -> set[str]:
    """The doubts that the page has a box for, each with a label and a sentence."""
    assert response.status_code == 200
    page = Page(response)
    boxes = page.all("input", type="checkbox", name="meant")
    for each in boxes:
        assert page.all("label", **{"for": each["id"]})
        assert page.all("p", id=each["aria-describedby"])
    return {each["value"] for each in boxes}


SLIPS = {
    "half": box(-180, -90, 180, 90),
    "at_zero": box(-0.1, -0.1, 0.1, 0.1),
    "narrow": box(10, 50, 10.00000001, 51),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_an_area_is_asked_about_and_saved_when_it_is_meant(slip, operator_client):
    response = operator_client.post(CREATE_AREA, area(SLIPS[slip]))
    assert asked(response) == {slip}
    page = Page(response)
    assert (page.fields["name"], page.fields["polygon"]) == ("Drawn", SLIPS[slip])
    assert not AreaOfInterest.objects.exists()
    assert operator_client.post(CREATE_AREA, area(SLIPS[slip], meant=slip)).status_code == 302
    assert AreaOfInterest.objects.exists()


@pytest.mark.parametrize(
    "shape", [box(-80, -80, 80, 80), box(0, 0, 1, 1), box(-180, -60, 180, 0), box(10, 50, 10.001, 50.001)]
)
def test_other_areas_are_saved_at_once(shape, operator_client):
    assert operator_client.post(CREATE_AREA, area(shape)).status_code == 302


def test_what_is_meant_is_one_thing(operator_client):
    """Another slip is asked about again, and what was ticked stays ticked."""
    shape = box(0.1, 0.1, 0.10000000001, 0.2)
    response = operator_client.post(CREATE_AREA, area(shape, meant=["at_zero", "half", "x" * 1000]))
    assert asked(response) == {"at_zero", "narrow"}
    ticked = [box["value"] for box in Page(response).all("input", name="meant") if "checked" in box.attributes]
    assert ticked == ["at_zero"]
    assert operator_client.post(CREATE_AREA, area(shape, meant=["at_zero", "narrow"])).status_code == 302


def test_an_area_that_is_there_is_asked_about_when_its_shape_changes(operator_client):
    world = make.area(polygon=make.box(-180, -90, 180, 90))
    address = f"/tracker/area_of_interest/update/{world.pk}/"
    assert operator_client.post(address, area(world.polygon.geojson, name="Renamed")).status_code == 302
    assert asked(operator_client.post(address, area(box(-180, -89, 180, 90)))) == {"half"}
    assert operator_client.post(address, area(box(-180, -89, 180, 90), meant="half")).status_code == 302


@pytest.mark.parametrize("address", [CREATE_INCIDENT, REPORT])
def test_an_incident_at_zero(address, operator_client):
    response = operator_client.post(address, incident(0, 0, description="Smoke"))
    assert asked(response) == {"at_zero"}
    assert Page(response).fields["description"] == "Smoke"
    assert not Incident.objects.exists()
    assert operator_client.post(address, incident(0, 0, meant="at_zero")).status_code == 302
    assert Incident.objects.get().location.coords == (0, 0)


def test_an_incident_whose_coordinates_look_swapped(operator_client, reporter):
    make.area(polygon=make.around((-2.2, 56.9), 0.1))
    response = operator_client.post(CREATE_INCIDENT, incident(56.9, -2.1))
    assert asked(response) == {"swapped"}
    assert operator_client.post(CREATE_INCIDENT, incident(56.9, -2.1, meant="swapped")).status_code == 302
    for right in ((-2.1, 56.9), (30, 30), (120, 56.9)):
        assert operator_client.post(CREATE_INCIDENT, incident(*right)).status_code == 302
    assert reporter.post(REPORT, incident(56.9, -2.1)).status_code == 302, "strangers are not told where areas are"


def test_an_incident_is_asked_about_only_when_it_moves(operator_client):
    far = make.incident(at=(0, 0))
    address = f"/tracker/incident/update/{far.pk}/"
    assert operator_client.post(address, incident(0, 0, name="Other")).status_code == 302
    assert asked(operator_client.post(address, incident(0.001, 0))) == {"at_zero"}


def test_an_area_whose_coordinates_look_swapped(operator_client):
    make.area("There", polygon=make.around((-2.2, 56.9), 0.1))
    assert asked(operator_client.post(CREATE_AREA, area(box(56.8, -2.3, 56.9, -2.2)))) == {"swapped"}
    assert operator_client.post(CREATE_AREA, area(box(-2.3, 56.8, -2.2, 56.9))).status_code == 302


def test_an_area_stored_the_wrong_way_round_can_be_put_right(operator_client):
    wrong = make.area(polygon=make.around((56.9, -2.2), 0.1))
    address = f"/tracker/area_of_interest/update/{wrong.pk}/"
    assert operator_client.post(address, area(box(-2.3, 56.8, -2.2, 56.9))).status_code == 302


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ({"type": "Polygon", "coordinates": [[[177, -19], [-177, -19], [-177, -15], [177, -15]]]}, "across 180°"),
        (json.loads(box(177, -19, 183, -15)), ""),
        (json.loads(box(1, 1, 2, 2)) | {"crs": {"type": "name", "properties": {"name": "EPSG:4326"}}}, "EPSG:4326"),
        ({"type": "GeometryCollection", "geometries": [json.loads(box(n, 1, n + 1, 2)) for n in (1, 5)]}, "one area"),
    ],
)
def test_what_was_done_to_a_shape_is_said_when_it_is_saved(shape, sentence, operator_client, admin_client):
    response = operator_client.post(CREATE_AREA, area(json.dumps(shape)), follow=True)
    (message,) = Page(response).messages
    assert message.startswith("The area was saved.")
    assert sentence in message
    response = admin_client.post("/admin/tracker/areaofinterest/add/", area(json.dumps(shape)), follow=True)
    assert sentence in response.content.decode()


def test_an_area_stored_before_edges_were_divided_is_not_turned_round(operator_client):
    """It is shown with a point in the middle of what could be read as a jump."""
    old = make.area(polygon=make.box(0, 0, 1, 1))
    AreaOfInterest.objects.filter(pk=old.pk).update(polygon=make.box(-170, -20, 170, 20))
    address = f"/tracker/area_of_interest/update/{old.pk}/"
    shown = operator_client.get(address).context["form"]["polygon"].value().geojson
    assert operator_client.post(address, area(shown)).status_code == 302
    old.refresh_from_db()
    assert old.polygon.equals(make.box(-170, -20, 170, 20))
