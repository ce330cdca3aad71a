"""Forms with a map: beside the fields where there is room for both, above them on a phone; reached in that order."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.test_accessibility import AXE, RULES, RUN
from tracker.web.views.reports import signed

pytestmark = pytest.mark.once

FORMS = ["/tracker/incident/create/", "/tracker/area_of_interest/create/", "/tracker/incident/report/"]


def boxes(page):
    page.wait_for_load_state("networkidle")
    return page.locator(".leaflet-container").bounding_box(), page.locator("#id_name").bounding_box()


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(("width", "height"), [(1100, 700), (1280, 800), (1920, 1080)])
def test_on_a_wide_screen_the_map_is_tall_beside_the_fields(live_site, open_page, path, width, height):
    page = open_page(path, live_site.make_user("olga", "Operator"), width=width, height=height)
    map_box, name = boxes(page)
    assert map_box["x"] + map_box["width"] < name["x"]
    assert name["y"] < map_box["y"] + 100
    assert map_box["height"] >= 320
    assert map_box["y"] + 320 <= height, "most of the map is seen at once"
    beside = max(width - 1280, 0) / 2  # of the grid that all pages are on
    assert map_box["x"] < beside + 30, "the left edge is used"
    assert name["x"] + name["width"] > width - beside - 30, "and so is the right one"
    send = page.locator(".beside-fields button:not([type=button])").last.bounding_box()
    assert send["y"] + send["height"] <= height, "what saves it is in sight"


@pytest.mark.parametrize("path", FORMS)
def test_on_a_phone_the_map_is_above_the_fields(live_site, open_page, path):
    page = open_page(path, live_site.make_user("olga", "Operator"), width=360, height=640)
    map_box, name = boxes(page)
    assert map_box["y"] + map_box["height"] < name["y"]
    assert map_box["x"] < 30
    assert map_box["width"] > 300


@pytest.mark.parametrize("path", FORMS)
def test_the_fields_stay_beside_the_map_while_the_page_is_scrolled(live_site, open_page, path):
    page = open_page(path, live_site.make_user("olga", "Operator"), width=1280, height=560)
    boxes(page)
    page.mouse.move(1000, 400)
    page.mouse.wheel(0, 2000)
    page.wait_for_timeout(300)
    shown = page.evaluate(
        """() => [...document.querySelectorAll(".leaflet-container, #id_name")].map((each) => {
            const { top, bottom } = each.getBoundingClientRect();
            return bottom > 0 && top < innerHeight;
        })"""
    )
    assert shown == [True, True]


@pytest.mark.parametrize("path", FORMS)
def test_by_keyboard_one_comes_to_the_map_first_and_then_to_the_fields(live_site, open_page, path):
    page = open_page(path, live_site.make_user("olga", "Operator"))
    page.wait_for_load_state("networkidle")
    page.locator("h1").click()
    seen: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        place = page.evaluate(
            """() => document.activeElement.closest(".beside-map, .beside-fields, header")?.className ?? ''"""
        )
        seen += [place] if not seen or seen[-1] != place else []
        if page.evaluate("document.activeElement.matches('.beside-fields button:not([type=button])')"):
            break
    assert [each for each in seen if each.startswith("beside")] == ["beside-map", "beside-fields"]


def test_what_is_wrong_is_named_above_the_form_and_leads_to_its_field(live_site, open_page):
    page = open_page("/tracker/incident/create/", live_site.make_user("olga", "Operator"), width=360, height=640)
    page.locator("#id_latitude").fill("99")
    page.get_by_role("button", name="Report the incident").click()
    notice = page.get_by_role("alert").filter(has_text="Not saved yet")
    expect(notice).to_be_in_viewport()
    notice.get_by_role("link", name="Name").click()
    expect(page.locator("#id_name")).to_be_in_viewport()
    expect(page.get_by_text("Say in a few words what happened.")).to_be_visible()
    expect(page.get_by_text("A latitude is between -90 and 90.")).to_be_visible()
    expect(page.locator("#id_latitude")).to_have_value("99")


# --- both at once --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [360, 1280])
def test_two_shapes_of_one_area_are_shown_on_one_map(live_site, open_page, watch, width):
    watch.excused.append("409")
    area = make.area("Harbour", make.box(9, 49, 10, 50))
    edit = f"/tracker/area_of_interest/update/{area.pk}/"
    page = open_page(edit, live_site.make_user("olga", "Operator"), width=width)
    area.polygon = make.box(9.5, 49, 10.5, 50)
    area.save()
    page.locator("#id_polygon").fill(make.box(8.5, 49, 9.5, 50).geojson)
    page.get_by_role("button", name="Save the area").click()
    notice = page.locator(".edit-conflict")
    expect(page.get_by_role("alert").filter(has=page.locator("#edit-conflict-heading"))).to_have_text(
        "Somebody else was quicker. Nothing has been overwritten."
    )  # nothing that changes is read aloud with it
    expect(page.get_by_role("group", name="Map: yours, and what is saved now").locator("#compared-map")).to_be_visible()
    mine, theirs = (notice.locator(f"path.compared-shape.is-{whose}") for whose in ("mine", "theirs"))
    expect(mine).to_be_visible()
    expect(theirs).to_be_visible()
    assert mine.bounding_box()["x"] + mine.bounding_box()["width"] / 2 < theirs.bounding_box()["x"] + 5
    assert theirs.evaluate("(path) => getComputedStyle(path).strokeDasharray") != "none"
    assert mine.evaluate("(path) => getComputedStyle(path).strokeDasharray") == "none"
    expect(notice.locator(".legend")).to_contain_text(re.compile(r"Yours\s+Saved now"))
    assert json.loads(page.locator("#id_polygon").input_value())["coordinates"][0][0][0] == 8.5
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_two_places_of_one_incident_are_shown_on_one_map(live_site, open_page, watch):
    watch.excused.append("409")
    incident = make.incident("Fire", (9, 49))
    page = open_page(f"/tracker/incident/update/{incident.pk}/", live_site.make_user("olga", "Operator"))
    incident.location = make.point(9.01, 49)
    incident.save()
    page.locator("#id_longitude").fill("9.02")
    page.get_by_role("button", name="Save the incident").click()
    expect(page.locator("#compared-map path.compared-shape")).to_have_count(2)


def test_where_only_words_differ_there_is_no_second_map(live_site, open_page, watch):
    watch.excused.append("409")
    incident = make.incident("Fire", (9, 49))
    page = open_page(f"/tracker/incident/update/{incident.pk}/", live_site.make_user("olga", "Operator"))
    incident.name = "Big fire"
    incident.save()
    page.locator("#id_name").fill("Small fire")
    page.get_by_role("button", name="Save the incident").click()
    expect(page.get_by_text("Somebody else was quicker")).to_be_visible()
    expect(page.locator("#compared-map")).to_have_count(0)


# --- when something is wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_something_went_wrong(live_site, open_page, watch, scheme):
    watch.excused += ["409", "404", "403"]
    area, incident = make.area("Harbour", make.box(9, 49, 10, 50)), make.incident("Fire", (9, 49))
    olga = live_site.make_user("olga", "Operator")
    page = open_page("/tracker/incident/create/", olga, color_scheme=scheme)
    found = {}

    def look(name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.evaluate(AXE)
        if problems := page.evaluate(RUN, RULES):
            found[name] = problems

    page.get_by_role("button", name="Report the incident").click()
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    look("an incident without a name and a place")

    page.goto(f"/tracker/area_of_interest/update/{area.pk}/")
    area.polygon = make.box(9.5, 49, 10.5, 50)
    area.save()
    page.locator("#id_polygon").fill(make.box(8.5, 49, 9.5, 50).geojson)
    page.get_by_role("button", name="Save the area").click()
    expect(page.locator("#compared-map path.compared-shape")).to_have_count(2)
    look("an area that a colleague has changed")

    page.goto(f"/tracker/incident/update/{incident.pk}/")
    incident.delete()
    page.get_by_role("button", name="Save the incident").click()
    expect(page.get_by_role("heading", name="is gone")).to_be_visible()
    expect(page.get_by_role("link", name="Back to the list")).to_be_visible()
    look("an incident that is gone")

    page.goto("/tracker/incident/report/")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    look("a report without a place")

    page.goto(f"/tracker/incident/report_success/?known={signed(7)}")
    look("thanks for what is known")
    assert not found, "\n\n".join(f"{name}\n  " + "\n  ".join(problems) for name, problems in found.items())
