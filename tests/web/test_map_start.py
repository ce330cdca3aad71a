"""Where the maps of forms start: at the areas, told to strangers in tenths of a degree and no closer."""

import json

import pytest
from django.test import Client

from tests import make
from tests.web.page import Page

pytestmark = pytest.mark.django_db

REPORT, INCIDENT = "/tracker/incident/report/", "/tracker/incident/create/"
AREA = "/tracker/area_of_interest/create/"
SOME = make.box(-2.2345678, 56.9123456, -2.1987654, 56.9876543)


def start_on(client: Client, address: str) -> str:
    page = Page(client.get(address))
    (said,) = [element["data-map-start"] for element in page.elements if "data-map-start" in element.attributes]
    return said


@pytest.mark.parametrize("address", [REPORT, INCIDENT, AREA])
def test_at_the_box_around_all_areas(address, operator_client):
    make.area("West", make.box(-2.31, 56.95, -2.3, 56.96))
    make.area("East", SOME)
    assert json.loads(start_on(operator_client, address)) == [[56.9, -2.4], [57.0, -2.1]]


def test_strangers_learn_the_region_and_no_edge(stranger_client):
    make.area("Secret", SOME)
    assert json.loads(start_on(stranger_client, REPORT)) == [[56.9, -2.3], [57.0, -2.1]]


def test_without_areas_the_settings_say_where(stranger_client):
    assert start_on(stranger_client, REPORT) == ""


def test_a_site_that_has_chosen_starts_there(stranger_client, settings):
    settings.MAP_START_IS_CHOSEN = True
    make.area("Town", SOME)
    assert start_on(stranger_client, REPORT) == ""


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([make.box(100, -40, 101, -39)], id="on two continents"),
        pytest.param([make.box(178, -20, 179.9, -15), make.box(-180, -20, -179, -15)], id="across the antimeridian"),
        pytest.param([make.box(-2.3, -60, -2.2, 60)], id="from north to south"),
    ],
)
def test_half_the_world_is_no_start(others, stranger_client):
    for n, shape in enumerate(others):
        make.area(f"Area {n}", shape)
    make.area("Town", SOME)
    assert start_on(stranger_client, REPORT) == ""


def test_an_area_that_is_gone_or_moved_is_no_part(stranger_client):
    make.area("Town", SOME)
    gone, moved = make.area("Gone", make.box(10, 50, 11, 51)), make.area("Moved", make.box(20, 50, 21, 51))
    gone.delete()
    moved.polygon = SOME
    moved.save()
    assert json.loads(start_on(stranger_client, REPORT)) == [[56.9, -2.3], [57.0, -2.1]]


def test_it_takes_one_query(stranger_client, queries):
    none = queries(stranger_client, REPORT)
    for n in range(20):
        make.area(f"Area {n}", SOME)
    assert queries(stranger_client, REPORT) == none
