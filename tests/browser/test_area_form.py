"""The area form saves what the map shows when it is sent; a text that is no GeoJSON breaks nothing; and before it is
sent it says what the shape would have meant.
"""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import make
from tests.browser.conftest import requests_for
from tracker.models import AreaOfInterest

pytestmark = pytest.mark.once


def test_an_edit_under_way_is_saved_with_the_form(live_site, open_page):
    area = make.area("Harbour", make.box(9, 49, 10, 50), "HI")
    page = open_page(f"/tracker/area_of_interest/update/{area.pk}/", live_site.make_user("olga", "Operator"))
    page.locator(".leaflet-draw-edit-edit").click()
    corner = page.locator(".leaflet-editing-icon").first
    box = corner.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 40, steps=5)
    page.mouse.up()
    page.get_by_role("button", name="Save the area").click()
    page.wait_for_url(re.compile(rf"/tracker/area_of_interest/{area.pk}/$"))
    assert not AreaOfInterest.objects.get().polygon.equals(area.polygon)


def test_a_shape_being_drawn_is_taken(live_site, open_page):
    page = open_page("/tracker/area_of_interest/create/", live_site.make_user("olga", "Operator"))
    page.get_by_label("Name").fill("Quay")
    page.locator(".leaflet-draw-draw-polygon").click()
    map_box = page.locator(".leaflet-container").bounding_box()
    for drawn, (dx, dy) in enumerate(((350, 100), (450, 100), (450, 200)), start=1):
        page.wait_for_timeout(200)  # the drawing tool ignores clicks that follow each other faster than a hand
        page.mouse.move(map_box["x"] + dx - 5, map_box["y"] + dy)
        page.mouse.click(map_box["x"] + dx, map_box["y"] + dy, delay=50)
        expect(page.locator(".leaflet-editing-icon")).to_have_count(drawn)
    page.get_by_role("button", name="Save the area").click()
    page.wait_for_url(re.compile(r"/tracker/area_of_interest/\d+/$"))
    assert AreaOfInterest.objects.get().polygon.num_coords == 4


@pytest.mark.parametrize("address", ["/tracker/area_of_interest/create/", "/admin/tracker/areaofinterest/add/"])
def test_save_back_and_save_make_one_area(live_site, open_page, address):
    page = open_page(address, live_site.make_user("anna", "admin"))
    for _time in range(2):
        page.locator("#id_name").fill("Quay")
        page.locator("#id_polygon").fill(make.box(9, 49, 10, 50).geojson)
        page.locator("[type=submit][name=_save], button:has-text('Save the area')").first.click()
        page.wait_for_url(lambda url: not url.endswith(address))
        page.go_back()
        page.wait_for_url(f"**{address}")
        expect(page.locator("#id_name")).to_be_visible()
    assert AreaOfInterest.objects.count() == 1


def test_a_text_that_is_no_geojson_is_said_and_kept_and_the_map_goes_on(live_site, open_page):
    page = open_page("/tracker/area_of_interest/create/", live_site.make_user("olga", "Operator"))
    page.get_by_label("Name").fill("Quay")
    page.locator("#id_polygon").fill("hello")
    page.get_by_role("button", name="Save the area").click()
    expect(page.locator("#id_polygon")).to_have_value("hello")
    expect(page.locator(".field-problem")).to_contain_text("not valid GeoJSON")
    page.locator("#id_polygon").fill(make.box(9, 49, 10, 50).geojson)
    expect(page.locator(".field-problem")).to_have_text("")
    page.get_by_role("button", name="Save the area").click()
    page.wait_for_url(re.compile(r"/tracker/area_of_interest/\d+/$"))


# --- what it would have meant --------------------------------------------------------------------------------------

CREATE = "/tracker/area_of_interest/create/"


@pytest.fixture
def fires(live_site):
    """Around 9.5 E, 49.5 N at noon, one of them urgent and at night; one is closed, one too long ago."""
    noon = (timezone.now() - timedelta(days=3)).replace(hour=12)
    make.incident("Noon", (9.5, 49.5), "HI", created=noon)
    make.incident("Closed", (9.6, 49.5), "HI", created=noon, closed=True)
    make.incident("Night", (9.5, 49.6), "UR", created=noon.replace(hour=23))
    make.incident("Mild", (9.4, 49.4), "LO", created=noon)
    make.incident("Old", (9.5, 49.5), "UR", created=noon - timedelta(days=100))
    return noon


def line(page):
    return page.locator("#back-test[role=status]")


def test_a_pasted_shape_says_what_it_would_have_meant_at_every_threshold(live_site, open_page, fires):
    page = open_page(CREATE, live_site.make_user("olga", "Operator"))
    expect(line(page)).to_contain_text("Draw the area")
    asked = requests_for(page, "back_test")
    page.locator("#id_polygon").fill(make.box(9, 49, 10, 50).geojson)
    expect(line(page)).to_have_text("This shape at High: 3 alerts in the last 90 days, 1 of them at night (22–06 UTC).")
    page.get_by_label("Severity threshold").select_option("UR")
    expect(line(page)).to_have_text("This shape at Urgent: 1 alert in the last 90 days, it came at night (22–06 UTC).")
    page.get_by_label("Severity threshold").select_option("IN")
    expect(line(page)).to_have_text("This shape at Info: 4 alerts in the last 90 days, 1 of them at night (22–06 UTC).")
    assert len(asked) == 1  # another threshold asks nothing more
    page.locator("#id_polygon").fill(make.box(19, 49, 20, 50).geojson)
    expect(line(page)).to_have_text("This shape at Info: no alert in the last 90 days.")
    page.locator("#id_polygon").fill("")
    expect(line(page)).to_contain_text("Draw the area")


def test_it_says_how_many_alerts_saving_raises_and_offers_to_raise_none(live_site, open_page):
    for n in range(3):
        make.incident(f"Fire {n}", (9.5, 49.5), "HI")
    make.incident("Flood", (9.5, 49.5), "UR")
    page = open_page(CREATE, live_site.make_user("olga", "Operator"))
    page.get_by_label("Name").fill("Quay")
    page.locator("#id_polygon").fill(make.box(9, 49, 10, 50).geojson)
    now = page.locator("#alerts-now")
    expect(now).to_have_text("Saving it raises 4 alerts now: 4 incidents are open in it.")
    page.get_by_label("Severity threshold").select_option("UR")
    expect(now).to_have_text("Saving it raises 1 alert now: 1 incident is open in it.")
    page.get_by_label("only from now on").check()
    expect(now).to_have_text("Saving it calls nobody: 1 incident is open in it, which you know of.")
    page.get_by_role("button", name="Save the area").click()
    page.wait_for_url(re.compile(r"/tracker/area_of_interest/\d+/$"))
    expect(page.get_by_text("counts as acknowledged by you")).to_be_visible()
    assert AreaOfInterest.objects.get().alerts.get().state == "acknowledged"


def test_a_file_and_an_area_that_is_there_are_counted_too(live_site, open_page, fires):
    area = make.area("Harbour", make.box(9.45, 49.45, 9.55, 49.65), "ME")
    page = open_page(f"/tracker/area_of_interest/update/{area.pk}/", live_site.make_user("olga", "Operator"))
    expect(line(page)).to_contain_text("This shape at Medium: 2 alerts")
    shape = make.box(9, 49, 10, 50).geojson.encode()
    page.locator("#id_geojson_file").set_input_files({"name": "a.geojson", "mimeType": "text/plain", "buffer": shape})
    expect(line(page)).to_contain_text("This shape at Medium: 3 alerts")


def test_it_is_said_while_the_shape_is_drawn_and_while_it_is_edited(live_site, open_page, fires):
    page = open_page(CREATE, live_site.make_user("olga", "Operator"))
    page.locator("#id_polygon").fill(make.box(9.45, 49.45, 9.55, 49.55).geojson)  # brings the map there
    expect(line(page)).to_contain_text("1 alert in")
    page.locator("#id_polygon").fill("")
    page.locator(".leaflet-draw-draw-polygon").click()
    box = page.locator(".leaflet-container").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for drawn, (dx, dy) in enumerate(((-90, 80), (90, 80), (0, -90)), start=1):
        page.wait_for_timeout(200)
        page.mouse.move(middle[0] + dx - 5, middle[1] + dy)
        page.mouse.click(middle[0] + dx, middle[1] + dy, delay=50)
        expect(page.locator(".leaflet-editing-icon")).to_have_count(drawn)
    expect(line(page)).to_contain_text("This shape at High: 1 alert")  # and it is not finished yet
    assert page.locator("#id_polygon").input_value() == ""
    page.locator(".leaflet-editing-icon").first.click()
    expect(page.locator("#id_polygon")).not_to_have_value("")
    page.locator(".leaflet-draw-edit-edit").click()
    top = max(page.locator(".leaflet-editing-icon").all(), key=lambda icon: -icon.bounding_box()["y"]).bounding_box()
    page.mouse.move(top["x"] + 4, top["y"] + 4)
    page.mouse.down()
    page.mouse.move(middle[0], middle[1] + 60, steps=5)
    page.mouse.up()
    expect(line(page)).to_contain_text("This shape at High: no alert")


def test_a_shape_that_cannot_be_used_is_said_in_words(live_site, open_page, watch):
    watch.excused.append("400")
    page = open_page(CREATE, live_site.make_user("olga", "Operator"))
    page.locator("#id_polygon").fill('{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0],[1,1],[0,0]]]}')
    expect(line(page)).to_contain_text("cannot be counted. The shape has no area.")
    page.locator("#id_polygon").fill("hello")
    expect(page.locator(".field-problem")).to_contain_text("not valid GeoJSON")
    expect(line(page)).to_contain_text("Draw the area")


def test_without_an_answer_it_is_said_and_the_form_still_saves(live_site, open_page, watch):
    watch.excused.append("ERR_FAILED")
    page = open_page(CREATE, live_site.make_user("olga", "Operator"))
    page.route("**/back_test/", lambda route: route.abort())
    page.get_by_label("Name").fill("Quay")
    page.locator("#id_polygon").fill(make.box(9, 49, 10, 50).geojson)
    expect(line(page)).to_contain_text("cannot be counted. The server cannot be reached.")
    page.get_by_role("button", name="Save the area").click()
    page.wait_for_url(re.compile(r"/tracker/area_of_interest/\d+/$"))


def test_what_looks_like_a_slip_is_saved_with_the_keyboard_when_it_is_meant(live_site, open_page):
    page = open_page(CREATE, live_site.make_user("olga", "Operator"))
    page.get_by_label("Name").fill("Buoy")
    shape = make.box(-0.1, -0.1, 0.1, 0.1).geojson
    page.locator("#id_polygon").fill(shape)
    page.get_by_role("button", name="Save the area").click()
    expect(page.get_by_text("in the sea off Africa")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Buoy")
    expect(page.locator("#id_polygon")).to_have_value(re.compile("Polygon.*0.1"))
    box = page.get_by_role("checkbox", name="It is meant so")
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tracker/area_of_interest/\d+/$"))
    assert AreaOfInterest.objects.get().name == "Buoy"


def test_a_jump_is_shown_as_it_will_be_saved(live_site, open_page):
    page = open_page(CREATE, live_site.make_user("olga", "Operator"))
    page.get_by_label("Name").fill("Fiji")
    ring = [[177, -19], [-177, -19], [-177, -15], [177, -15], [177, -19]]
    page.locator("#id_polygon").fill(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    expect(line(page)).to_contain_text("no alert")  # it is on the map now
    page.locator(".leaflet-draw-edit-edit").click()
    expect(page.locator(".leaflet-editing-icon").first).to_be_visible()
    corners = [icon.bounding_box()["x"] for icon in page.locator(".leaflet-editing-icon").all()]
    assert max(corners) - min(corners) < page.locator(".leaflet-container").bounding_box()["width"]
    page.get_by_role("button", name="Save the area").click()
    page.wait_for_url(re.compile(r"/tracker/area_of_interest/\d+/$"))
    parts = sorted(part.extent for part in AreaOfInterest.objects.get().polygon)
    assert parts == [(-180, -19, -177, -15), (177, -19, 180, -15)]
