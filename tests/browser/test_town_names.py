"""The packaged map names towns, where there is room, for everybody; without an answer it works as well."""

import re

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.conftest import requests_for
from tests.browser.live_map import LiveMap

BOXES = """() => [...document.querySelectorAll(".town-name")].map((name) => {
    const { left, right, top, bottom } = name.getBoundingClientRect();
    return { left, right, top, bottom };
})"""


def towns(page):
    return page.locator(".leaflet-town-labels-pane .town-name")


def assert_apart(page) -> None:
    boxes = page.evaluate(BOXES)
    assert boxes
    for n, a in enumerate(boxes):
        for b in boxes[n + 1 :]:
            assert (
                a["right"] <= b["left"] or b["right"] <= a["left"] or a["bottom"] <= b["top"] or b["bottom"] <= a["top"]
            )


@pytest.mark.parametrize("colour_scheme", ["light", "dark"])
def test_the_live_map_names_towns_under_what_can_be_chosen(live_site, open_page, colour_scheme):
    incident = make.incident("Fire in the old town", (12.374, 51.34), "UR")  # the middle of Leipzig
    page = open_page("/#map=9/51.3/12.4", live_site.make_user("vera"), color_scheme=colour_scheme)
    live_map = LiveMap(page)
    live_map.wait_until_live()
    expect(towns(page).filter(has_text=re.compile("^Leipzig$"))).to_have_count(1)
    assert_apart(page)
    expect(page.locator(".leaflet-town-labels-pane")).to_have_attribute("aria-hidden", "true")
    live_map.marker(incident.feature_id).click()
    expect(page.locator(".leaflet-popup-content")).to_contain_text("Fire in the old town")


def test_names_follow_the_map_and_are_asked_for_once(live_site, open_page):
    page = open_page("/#map=9/51.3/12.4", live_site.make_user("vera"))
    LiveMap(page).wait_until_live()
    expect(towns(page).filter(has_text="Leipzig")).to_have_count(1)
    asked = requests_for(page, "/place/labels/")
    page.evaluate("location.hash = '#map=9/48.14/11.57'")
    expect(towns(page).filter(has_text=re.compile("^Munich$"))).to_have_count(1)
    expect(towns(page).filter(has_text="Leipzig")).to_have_count(0)
    assert len(asked) == 1
    page.evaluate("location.hash = '#map=9/51.3/12.4'")
    expect(towns(page).filter(has_text="Leipzig")).to_have_count(1)
    assert len(asked) == 1, "what was asked before is kept"
    page.evaluate("location.hash = '#map=3/51.3/12.4'")
    expect(towns(page)).to_have_count(0)


def test_a_map_that_rests_twice_on_one_view_asks_once(live_site, open_page):
    page = open_page("/#map=9/51.3/12.4", live_site.make_user("vera"))
    LiveMap(page).wait_until_live()
    expect(towns(page).filter(has_text="Leipzig")).to_have_count(1)
    asked, held = requests_for(page, "/place/labels/"), []
    page.route("**/place/labels/*", lambda route: held.append(route))
    with page.expect_request("**/place/labels/*"):
        page.evaluate("location.hash = '#map=9/48.14/11.57'")
    for nearby in ("48.141/11.57", "48.142/11.571"):
        page.evaluate("(hash) => (location.hash = hash)", f"#map=9/{nearby}")
        page.wait_for_timeout(400)  # longer than a question waits for another
    assert len(asked) == len(held) == 1
    held.pop().continue_()
    expect(towns(page).filter(has_text=re.compile("^Munich$"))).to_have_count(1)
    assert len(asked) == 1


def test_somebody_in_the_street_sees_names_on_a_phone(open_page):
    here = {"latitude": 51.34, "longitude": 12.374, "accuracy": 3000}
    page = open_page("/tracker/incident/report/", width=360, height=760, permissions=["geolocation"], geolocation=here)
    page.get_by_role("button", name="Use my location").click()
    expect(towns(page).first).to_be_attached()
    assert_apart(page)


def test_on_both_sides_of_the_antimeridian(live_site, open_page):
    page = open_page("/#map=6/-17.5/180", live_site.make_user("vera"))
    LiveMap(page).wait_until_live()
    expect(towns(page).filter(has_text="Lautoka")).to_have_count(1)
    expect(towns(page).filter(has_text="Apia")).to_have_count(1)


def test_without_an_answer_the_map_works_quietly(live_site, open_page, watch):
    watch.excused.append("Failed to load resource")
    make.incident("Fire", (12.374, 51.34), "UR")
    page = open_page("about:blank", live_site.make_user("vera"))
    page.route("**/place/labels/*", lambda route: route.fulfill(status=429, json={"error": "Too many questions."}))
    with page.expect_response("**/place/labels/*"):
        page.goto("/#map=9/51.3/12.4")
    LiveMap(page).wait_until_live()
    expect(towns(page)).to_have_count(0)
    expect(page.locator("#toasts")).not_to_contain_text("Too many questions")


# --- areas by name -------------------------------------------------------------------------------------------------


def test_the_map_of_an_incident_names_the_areas_it_is_in(live_site, open_page):
    make.area("Harbour", make.box(9, 49, 11, 51), "LO")
    make.area("City", make.box(9.5, 49.5, 10.5, 50.5), "UR")
    incident = make.incident("Oil spill", (10, 50), "HI", closed=True)
    page = open_page(incident.get_absolute_url(), live_site.make_user("vera"))
    expect(page.locator(".area-name")).to_have_text(["Harbour", "City"], use_inner_text=True)
    page.get_by_role("main").get_by_role("link", name="Harbour").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour")
    expect(page.locator(".area-name")).to_have_text("Harbour")


def test_the_map_of_an_incident_is_as_near_as_the_smallest_area_around_it(live_site, open_page):
    make.area("Continent", make.box(-30, 20, 60, 70), "LO")
    make.area("Harbour", make.box(9.9, 49.9, 10.1, 50.1), "UR")
    incident = make.incident("Oil spill", (10, 50), "HI")
    page = open_page(incident.get_absolute_url(), live_site.make_user("vera"))
    expect(page.locator("#detail-map path.area-shape")).to_have_count(2)
    expect(page.locator("#detail-map .incident-marker")).to_be_in_viewport()
    height = page.locator("#detail-map path.severity-UR").bounding_box()["height"]
    assert height > page.locator("#detail-map").bounding_box()["height"] / 4


# --- one clock -----------------------------------------------------------------------------------------------------


def test_scripts_and_the_server_show_the_sites_time_wherever_the_browser_is(live_site, open_page):
    make.area("Harbour", make.box(9, 49, 11, 51), "LO")
    incident = make.incident("Oil spill", (10, 50), "HI")
    (alert,) = make.alerts_of(incident)
    page = open_page("/", live_site.make_user("vera"), timezone_id="Asia/Tokyo")
    live_map = LiveMap(page)
    live_map.wait_until_live()
    said = f"{alert.raised:%Y-%m-%d %H:%M} UTC"
    age = live_map.alert_entry(alert.pk).locator("time").first
    expect(age).to_have_text("now")
    expect(age).to_have_attribute("title", said)
    page.goto(f"/tracker/alert/{alert.pk}/")
    expect(page.locator(".facts time").first).to_have_attribute("title", said)
