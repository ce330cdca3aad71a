"""The area form saves what the map shows when it is sent; a text that is no GeoJSON breaks nothing."""

import re

from playwright.sync_api import expect

from tests import make
from tracker.models import AreaOfInterest


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
