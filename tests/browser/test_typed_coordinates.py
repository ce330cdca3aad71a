"""Coordinates typed and pasted on the report page and in an incident's form, and the place in words that follows."""

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import live
from tracker.incidents import place_words
from tracker.lib.places import nearest
from tracker.models import Incident

pytestmark = pytest.mark.once

STONEHAVEN, ABERDEEN = (-2.2113, 56.9637), (-2.0943, 57.1497)


def paste(page: Page, field: str, text: str) -> None:
    page.locator(field).focus()
    page.keyboard.insert_text(text)


def fields(page: Page) -> tuple[str, str]:
    return page.locator("#id_latitude").input_value(), page.locator("#id_longitude").input_value()


@pytest.fixture(params=["report", "create"])
def page(request, open_page, live_site) -> Page:
    page = open_page(f"/tracker/incident/{request.param}/", live_site.make_user("olga", "Operator"))
    expect(page.locator("#point-map .leaflet-control-zoom-in")).to_be_visible()
    if request.param == "report":
        page.get_by_text("Latitude and longitude").click()
    return page


@pytest.mark.parametrize(
    ("latitude", "longitude", "shown"),
    [
        ("−3.7", "−38.5", ("-3.7", "-38.5")),
        ("0,5", "13,4", ("0.5", "13.4")),
        ("52°30'N", "13°24'E", ("52.5", "13.4")),
    ],
)
def test_what_is_typed_is_shown_as_it_was_understood(page, latitude, longitude, shown):
    page.locator("#id_latitude").press_sequentially(latitude)
    page.locator("#id_longitude").press_sequentially(longitude)
    page.keyboard.press("Tab")
    assert fields(page) == shown
    expect(page.locator(".pin")).to_be_visible()


@pytest.mark.parametrize("field", ["#id_latitude", "#id_longitude"])
@pytest.mark.parametrize("text", ["56.9637, -2.2113", "56.9637, −2.2113", "56,9637; -2,2113"])
def test_a_pair_that_is_pasted_fills_both(page, field, text):
    paste(page, field, text)
    assert fields(page) == ("56.9637", "-2.2113")
    expect(page.locator(".pin")).to_be_visible()


def test_a_pair_that_is_typed_fills_both_when_it_is_done(page):
    page.locator("#id_latitude").press_sequentially("5, 35")
    assert fields(page) == ("5, 35", "")
    page.keyboard.press("Tab")
    assert fields(page) == ("5", "35")


@pytest.mark.parametrize(
    ("latitude", "said"),
    [
        ("52 30", "Latitude: This is not a number such as 52.5."),
        ("13.4E", "Latitude: This is a longitude, and not a latitude."),
        ("95", "Latitude: A latitude is between -90 and 90."),
    ],
)
def test_what_is_not_understood_is_said_and_is_no_place(page, latitude, said):
    page.locator("#id_longitude").fill("13.4")
    page.locator("#id_latitude").press_sequentially(latitude)
    page.keyboard.press("Tab")
    expect(page.locator("#location-status")).to_have_text(said)
    assert fields(page) == (latitude, "13.4")
    expect(page.locator(".pin")).to_have_count(0)


def test_it_is_sent_as_it_was_understood(page):
    paste(page, "#id_latitude", "56.9637, −2.2113")
    page.locator("#id_name").fill("Fire")
    page.get_by_label("High").check()
    page.get_by_role("button", name="Send the report").or_(
        page.get_by_role("button", name="Report the incident")
    ).click()
    page.wait_for_url(
        lambda address: "report_success" in address or ("/create" not in address and "/report/" not in address)
    )
    incident = make.first(Incident.objects.all())
    assert incident.location.coords == pytest.approx(STONEHAVEN)


# --- the place in words --------------------------------------------------------------------------------------------


def test_the_sites_words_follow_in_the_form_and_a_persons_stay(open_page, olga):
    words = [nearest.describe(*at) for at in (STONEHAVEN, ABERDEEN)]
    for place, after in ((words[0], words[1]), ("Harbour", "Harbour")):
        incident = make.incident(at=STONEHAVEN, place=place)
        page = open_page(f"/tracker/incident/update/{incident.pk}/", olga)
        expect(page.locator(".pin")).to_be_visible()
        page.locator("#id_latitude").fill(str(ABERDEEN[1]))
        page.locator("#id_longitude").fill(str(ABERDEEN[0]))
        expect(page.locator("#place-words")).to_contain_text(words[1])
        expect(page.locator("#id_place")).to_have_value(after)
        if place == "Harbour":
            expect(page.locator("#place-words")).to_contain_text("The place in words still says “Harbour”.")


def test_saved_before_the_new_words_have_come_it_names_no_place_where_the_pin_was(open_page, olga):
    between = (-2.15, 57.05)
    before, after = (place_words.suggested(*at) for at in (STONEHAVEN, ABERDEEN))
    incident = make.incident(before.name, at=STONEHAVEN, place=before.place, description="Smoke")
    page = open_page(f"/tracker/incident/update/{incident.pk}/", olga)
    expect(page.locator(".pin")).to_be_visible()
    page.locator("#id_latitude").fill(str(between[1]))
    page.locator("#id_longitude").fill(str(between[0]))
    expect(page.locator("#id_place")).to_have_value(nearest.describe(*between))
    page.route("**/place/nearest/**", lambda route: None)  # never answered
    page.locator("#id_latitude").fill(str(ABERDEEN[1]))
    page.locator("#id_longitude").fill(str(ABERDEEN[0]))
    page.get_by_role("button", name="Save the incident").click()
    page.wait_for_url(f"**/tracker/incident/{incident.pk}/")
    incident.refresh_from_db()
    assert (incident.name, incident.place, incident.description) == (after.name, after.place, "Smoke")


# --- the place search ----------------------------------------------------------------------------------------------


def test_enter_before_the_list_has_come_waits_for_it(report_page):
    page = report_page(permissions=[])
    held = []
    page.route("**/place/search/**", lambda route: held.append(route))
    with page.expect_request("**/place/search/**"):
        page.get_by_role("combobox").fill("reykjavik")
        page.get_by_role("combobox").press("Enter")
    expect(page.get_by_text("Looking it up …")).to_be_visible()
    one = {"name": "Reykjavík", "country": "Iceland", "near": "", "latitude": 64.1, "longitude": -21.8}
    held[0].fulfill(json={"places": [one]})
    expect(page.locator("#id_latitude")).to_have_value("64.1")
    expect(page.get_by_role("combobox")).to_have_value("Reykjavík")


def test_where_nothing_is_found_the_pin_is_said_to_be_elsewhere(report_page):
    page = report_page(permissions=[])
    search = page.get_by_role("combobox")
    search.fill("52.5, 13.4")
    search.press("Enter")
    expect(page.locator(".pin")).to_be_visible()
    search.fill("zzzzzz")
    search.press("Enter")
    expect(page.get_by_text("The pin stays where it was: it is not there.")).to_be_visible()


def test_the_filter_says_what_its_times_mean(open_page, vera):
    page = live(open_page("/", vera)).page
    page.get_by_text("Filter:").click()
    expect(
        page.get_by_text("open incidents that were reported, and alerts that were raised, since then")
    ).to_be_visible()
