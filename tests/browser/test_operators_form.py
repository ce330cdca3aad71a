"""The form of a new incident shows what is there already: duplicates near the pin, open incidents and areas."""

import re

import pytest
from playwright.sync_api import expect

from tests import make
from tracker.models import Incident

pytestmark = pytest.mark.once

CREATE = "/tracker/incident/create/"


def nearby(page):
    return page.get_by_role("region", name="Is it one of these?")


def put_pin(page, latitude: str = "50", longitude: str = "10") -> None:
    page.locator("#id_latitude").fill(latitude)
    page.locator("#id_longitude").fill(longitude)
    expect(page.locator(".pin")).to_be_visible()


def test_it_warns_of_what_is_open_near_the_pin(live_site, open_page, olga):
    known = make.incident("Fallen tree (Mrs Reid)", (10, 50.003), "HI")
    make.incident("Far away", (10, 50.5))
    make.incident("Over", (10, 50), closed=True)
    page = open_page(CREATE, olga)
    expect(page.locator("#nearby")).to_be_hidden()
    page.locator("#id_name").fill("Tree on the road")
    put_pin(page)
    expect(nearby(page).get_by_role("listitem")).to_have_count(1)
    expect(nearby(page)).to_contain_text("Fallen tree (Mrs Reid)")
    nearby(page).get_by_role("link", name=re.compile("Yes, it is this one")).click()
    page.wait_for_url(f"**{known.get_absolute_url()}")
    page.go_back()
    expect(page.locator("#id_name")).to_have_value("Tree on the road")
    expect(nearby(page)).to_be_visible()
    nearby(page).get_by_role("button", name="No, report mine").click()
    expect(page.locator("#nearby")).to_be_hidden()
    page.get_by_role("button", name="Report the incident").click()
    page.wait_for_url(re.compile(r"/tracker/incident/\d+/$"))
    assert Incident.objects.filter(name="Tree on the road").count() == 1


def test_its_map_shows_open_incidents_and_areas(live_site, open_page, olga):
    make.area("Town", make.box(9.99, 49.99, 10.01, 50.01))
    known = make.incident("Fallen tree", (10, 49.998), "HI")
    make.incident("Over", (10, 50.001), closed=True)
    page = open_page(CREATE, olga)
    expect(page.locator("#point-map .area-shape")).to_have_count(1)  # where it starts
    for _ in range(4):
        page.get_by_role("button", name="Zoom out").click()
        page.wait_for_timeout(400)
    expect(page.locator("#surroundings-note")).to_contain_text("Closer in")
    page.get_by_role("combobox").fill("50, 10")
    page.get_by_role("combobox").press("Enter")
    expect(page.locator("#point-map .area-shape")).to_have_count(1)
    marker = page.locator(f"#point-map [data-incident='Incident:{known.pk}']")
    expect(marker).to_be_visible()
    expect(page.locator("#point-map .incident-marker")).to_have_count(1)
    expect(page.locator("#surroundings-note")).to_be_empty()
    marker.click()
    expect(page.locator("#point-map .leaflet-popup").get_by_role("link", name="Fallen tree")).to_be_visible()
    before = page.locator("#id_latitude").input_value()
    page.locator("#point-map").click(position={"x": 60, "y": 250})  # in the area
    expect(page.locator("#id_latitude")).not_to_have_value(before)


def test_an_incident_that_is_edited_is_not_its_own_neighbour(live_site, open_page, olga):
    incident = make.incident("Fallen tree", (10, 50))
    other = make.incident("Flood", (10, 50.0008))
    page = open_page(f"/tracker/incident/update/{incident.pk}/", olga)
    expect(page.locator(f"#point-map [data-incident='Incident:{other.pk}']")).to_be_visible()
    expect(page.locator("#point-map .incident-marker")).to_have_count(1)
    expect(page.locator("#nearby")).to_have_count(0)


def test_who_may_not_see_incidents_is_shown_none(live_site, open_page):
    make.incident("Fallen tree", (10, 50))
    page = open_page(CREATE, live_site.make_user("ada", "none", "add_incident"))
    put_pin(page)
    expect(page.locator("#point-map .incident-marker")).to_have_count(0)
    expect(page.locator("#nearby")).to_have_count(0)
