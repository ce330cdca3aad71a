"""The public report page on a phone: with the position, without it, and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.report_page import BREST, COUNT_TAPS, NEVER_LOCATED, PHONE, SEND, sent, set_the_pin, use_my_location
from tracker.models import Incident

pytestmark = pytest.mark.once


# --- the way through the page --------------------------------------------------------------------------------------


def test_the_page_asks_where_what_how_bad_and_has_one_button_to_send(report_page):
    page = report_page(permissions=[])
    order = ["#use-my-location", "#place-search", "#point-map", "#id_name", ".severity-choice", f"text={SEND}"]
    tops = [page.locator(each).bounding_box()["y"] for each in order]
    assert tops == sorted(tops)
    assert tops[2] + 100 < PHONE["height"]  # some of the map is on the first screen
    for button in (use_my_location(page), page.get_by_role("button", name=SEND)):
        box = button.bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 300


def test_with_location_granted_it_takes_four_taps_from_the_page_to_the_thanks(report_page):
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    page.evaluate(COUNT_TAPS)
    use_my_location(page).tap()
    page.get_by_label("What happened?").tap()
    page.keyboard.type("Tree on the road")
    page.get_by_role("radio", name="High").locator("xpath=..").tap()
    expect(page.get_by_role("radio", name="High")).to_be_checked()
    page.evaluate("addEventListener('pagehide', () => { sessionStorage.taps = window.taps; })")
    page.get_by_role("button", name=SEND).tap()
    incident = sent(page)
    assert page.evaluate("Number(sessionStorage.taps)") == 4
    assert (incident.name, incident.severity, incident.accuracy_m) == ("Tree on the road", "HI", 25)
    assert incident.location.x == pytest.approx(-4.49)
    assert incident.location.y == pytest.approx(48.39)
    assert "Brest" in incident.place


def test_what_was_allowed_before_is_found_by_itself_and_one_tap_is_enough(report_page):
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    for field in ("place", "name", "description"):
        expect(page.locator(f"#id_{field}")).to_have_value(re.compile("Brest"))
    page.get_by_role("button", name=SEND).tap()
    incident = sent(page)
    assert incident.source == Incident.Source.PUBLIC
    assert (incident.severity, incident.accuracy_m) == ("ME", 25)
    assert "Brest" in incident.place


def test_the_accuracy_is_a_circle_and_stands_in_words(report_page):
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    expect(page.locator("#location-status")).to_contain_text("±25 m")
    expect(page.locator("#place-words")).to_contain_text("Brest, France")
    expect(page.locator("path.accuracy")).to_have_count(1)
    set_the_pin(page)
    expect(page.locator("path.accuracy")).to_have_count(0)
    expect(page.locator("#id_accuracy_m")).to_have_value("")


def test_the_pin_is_dragged(report_page):
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    expect(page.locator("#location-status")).to_contain_text("±25 m")
    before = page.locator("#id_longitude").input_value()
    box = page.locator(".pin").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 30, steps=6)
    page.mouse.up()
    expect(page.locator("#id_longitude")).not_to_have_value(before)
    assert float(page.locator("#id_longitude").input_value()) > float(before)


def test_what_was_typed_is_not_overwritten_and_what_was_filled_in_is_typed_over(report_page):
    page = report_page(geolocation=BREST, permissions=[])
    page.locator("#id_name").fill("Tree across the road")
    page.context.grant_permissions(["geolocation"])
    use_my_location(page).tap()
    expect(page.locator("#id_place")).to_have_value(re.compile("Brest"))
    expect(page.locator("#id_name")).to_have_value("Tree across the road")
    page.locator("summary", has_text="Say more").tap()
    page.locator("#id_description").tap()
    page.keyboard.type("It is an oak.")
    expect(page.locator("#id_description")).to_have_value("It is an oak.")


def test_the_keyboard_sets_the_pin_and_chooses_how_bad(report_page):
    page = report_page(permissions=[])
    page.locator("#point-map").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_latitude")).not_to_have_value("")
    page.get_by_role("radio", name="Medium").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="High")).to_be_checked()


# --- no location ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "said"), [(1, "refused"), (2, "could not be found"), (3, "took too long")])
def test_without_a_location_a_sentence_says_so_and_the_pin_still_works(report_page, code, said):
    page = report_page(permissions=[])
    page.evaluate(NEVER_LOCATED % code)
    use_my_location(page).tap()
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.get_by_role("button", name=SEND).tap()
    assert sent(page).name == "Burst pipe"


def test_the_browsers_own_refusal_is_said(report_page):
    page = report_page(permissions=[])
    use_my_location(page).tap()
    expect(page.get_by_role("status").filter(has_text=re.compile("location was refused"))).to_be_visible()


def test_a_location_that_comes_late_does_not_move_the_pin_that_was_set_meanwhile(report_page):
    page = report_page(permissions=[])
    page.evaluate("() => { navigator.geolocation.getCurrentPosition = (found) => { window.found = found; } }")
    use_my_location(page).tap()
    expect(page.locator("#location-status")).to_contain_text("Finding your location")
    set_the_pin(page)
    chosen = page.locator("#id_latitude").input_value()
    page.evaluate("window.found({ coords: { latitude: 1, longitude: 2, accuracy: 5 } })")
    page.wait_for_timeout(100)
    expect(page.locator("#id_latitude")).to_have_value(chosen)


def test_a_location_that_is_still_being_found_is_waited_for(report_page):
    page = report_page(permissions=[])
    page.evaluate("() => { navigator.geolocation.getCurrentPosition = (found) => { window.found = found; } }")
    use_my_location(page).tap()
    page.locator("#id_name").fill("Quick")
    page.get_by_role("button", name=SEND).tap()
    expect(page.get_by_role("button", name="Sending")).to_be_visible()
    page.wait_for_timeout(500)
    assert not Incident.objects.exists()
    page.evaluate("window.found({ coords: { latitude: 48.39, longitude: -4.49, accuracy: 5 } })")
    incident = sent(page)
    assert (incident.name, incident.accuracy_m) == ("Quick", 5)


def test_nothing_chosen_says_in_a_sentence_what_is_missing_and_keeps_the_rest(report_page):
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Somewhere")
    page.get_by_role("radio", name="Urgent").locator("xpath=..").tap()
    page.get_by_role("button", name=SEND).tap()
    expect(page.get_by_text(re.compile("Pick the place on the map"))).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("Somewhere")
    expect(page.get_by_role("radio", name="Urgent")).to_be_checked()
    assert not Incident.objects.exists()


# --- without JavaScript, and small ---------------------------------------------------------------------------------


def test_without_javascript_coordinates_are_typed(report_page):
    page = report_page(java_script_enabled=False)
    page.locator("#id_name").fill("No scripts here")
    page.get_by_role("radio", name="Urgent").check()
    page.locator("#id_latitude").fill("48.39")
    page.locator("#id_longitude").fill("-4.49")
    page.get_by_role("button", name=SEND).tap()
    incident = sent(page)
    assert (incident.location.x, incident.location.y, incident.severity) == (-4.49, 48.39, "UR")
    assert "Brest" in incident.place


def test_without_javascript_and_without_a_place_there_is_a_sentence(report_page):
    page = report_page(java_script_enabled=False)
    page.locator("#id_name").fill("Where?")
    page.get_by_role("button", name=SEND).tap()
    expect(page.get_by_text(re.compile("Pick the place on the map"))).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("Where?")


@pytest.mark.parametrize("width", [320, 360])
def test_the_page_fits_a_phone(live_site, open_page, width):
    make.public_incident("A long name of an incident " * 4, (-4.4905, 48.3903), "HI")
    options = PHONE | {"width": width, "geolocation": BREST, "permissions": ["geolocation"]}
    page = open_page("/tracker/incident/report/", **options)
    expect(page.get_by_role("region", name="Is it one of these?")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
