"""The public report page on a phone: with the position, without it, and without JavaScript."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tracker.models import Incident

PHONE: dict[str, Any] = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}
BREST = {"latitude": 48.39, "longitude": -4.49, "accuracy": 25}
SEND = "Send the report"


@pytest.fixture
def report_page(open_page):
    return lambda **options: open_page("/tracker/incident/report/", **PHONE, **options)


def sent(page) -> Incident:
    page.wait_for_url(re.compile("/tracker/incident/report_success/"))
    incident = Incident.objects.get()
    expect(page.locator(".reference")).to_have_text(str(incident.pk))
    return incident


def test_location_granted_fills_in_place_name_and_description(report_page):
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    expect(page.locator("#id_place")).to_have_value(re.compile("Brest"))
    expect(page.locator("#id_name")).to_have_value(re.compile("Brest"))
    expect(page.locator("#id_description")).to_have_value(re.compile("Brest"))
    page.get_by_role("button", name=SEND).tap()
    incident = sent(page)
    assert incident.location.x == pytest.approx(-4.49)
    assert incident.location.y == pytest.approx(48.39)
    assert incident.accuracy_m == 25
    assert incident.source == Incident.Source.PUBLIC
    assert "Brest" in incident.place


def test_what_was_typed_is_not_overwritten_by_the_position(report_page):
    page = report_page(geolocation=BREST, permissions=[])
    page.locator("#id_name").fill("Tree across the road")
    page.context.grant_permissions(["geolocation"])
    page.get_by_role("button", name=re.compile("my location", re.IGNORECASE)).tap()
    expect(page.locator("#id_place")).to_have_value(re.compile("Brest"))
    expect(page.locator("#id_name")).to_have_value("Tree across the road")


def test_location_refused_says_so_and_the_pin_still_works(report_page):
    page = report_page(permissions=[])
    page.get_by_role("button", name=re.compile("my location", re.IGNORECASE)).tap()
    expect(page.get_by_role("status").filter(has_text=re.compile("location", re.IGNORECASE))).to_be_visible()
    page.locator("#id_name").fill("Burst pipe")
    page.locator("#point-map").tap(position={"x": 120, "y": 100})
    expect(page.locator("#id_latitude")).not_to_have_value("")
    page.get_by_role("button", name=SEND).tap()
    assert sent(page).name == "Burst pipe"


def test_nothing_chosen_says_in_a_sentence_what_is_missing_and_keeps_the_rest(report_page):
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Somewhere")
    page.get_by_role("button", name=SEND).tap()
    expect(page.get_by_text(re.compile("Pick the place on the map"))).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("Somewhere")
    assert not Incident.objects.exists()


def test_without_javascript_coordinates_are_typed(report_page):
    page = report_page(java_script_enabled=False)
    page.locator("#id_name").fill("No scripts here")
    page.locator("#id_latitude").fill("48.39")
    page.locator("#id_longitude").fill("-4.49")
    page.get_by_role("button", name=SEND).tap()
    incident = sent(page)
    assert (incident.location.x, incident.location.y) == (-4.49, 48.39)
    assert "Brest" in incident.place


def test_without_javascript_and_without_a_place_there_is_a_sentence(report_page):
    page = report_page(java_script_enabled=False)
    page.locator("#id_name").fill("Where?")
    page.get_by_role("button", name=SEND).tap()
    expect(page.get_by_text(re.compile("Pick the place on the map"))).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("Where?")


def test_the_page_fits_a_phone(report_page):
    page = report_page(permissions=[])
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
