"""Where the live map starts: at the areas, whatever has been reported elsewhere, which is said; and the way back."""

import random

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import live
from tests.browser.windows import box_of, settled
from tracker.models import AreaOfInterest, Incident

pytestmark = pytest.mark.once

TOWN = (-2.21, 56.96)
FIJI = [("Taveuni", (179.99, -16.85)), ("Rabi", (-179.95, -16.5))]


def areas_in_town(count: int = 40) -> None:
    chance = random.Random(3)
    for n in range(count):
        west, south = TOWN[0] + chance.uniform(-0.05, 0.05), TOWN[1] + chance.uniform(-0.03, 0.03)
        make.area(f"Area {n}", make.box(west, south, west + 0.01, south + 0.006), "HI")


def view_of(page: Page) -> tuple[float, float, float]:
    """Zoom, latitude and longitude."""
    zoom, latitude, longitude = settled(page).removeprefix("#map=").partition("&")[0].split("/")
    return float(zoom), float(latitude), float(longitude)


def assert_in_town(page: Page) -> None:
    zoom, latitude, longitude = view_of(page)
    assert zoom >= 11
    assert latitude == pytest.approx(TOWN[1], abs=0.05)
    assert longitude == pytest.approx(TOWN[0], abs=0.1)


def far(page: Page):
    return page.locator("#far-note")


@pytest.mark.parametrize("size", [(360, 640), (1280, 800)], ids=lambda size: str(size[0]))
def test_reports_from_all_over_the_earth_move_no_start(live_site, open_page, vera, pictures, size):
    areas_in_town()
    chance = random.Random(4)
    for n in range(10):
        make.incident(f"Far {n}", (chance.uniform(20, 340) - 180, chance.uniform(-60, 30)), "UR")
    make.incident("Near", (TOWN[0] + 0.1, TOWN[1]), "HI")
    width, height = size
    for _ in range(2):
        page = live(open_page("/", vera, width=width, height=height)).page
        assert_in_town(page)
        expect(far(page)).to_have_text("10 incidents far away")
        if pictures:
            page.screenshot(path=pictures / f"start-{width}.png")
    far(page).click()
    if width > 1000:  # a phone has no room for the whole Earth
        expect(far(page)).to_be_hidden()  # they are in sight
    zoom, _, _ = view_of(page)
    assert zoom <= 3
    page.get_by_role("button", name="Back to where the map starts").click()
    expect(far(page)).to_be_visible()
    assert_in_town(page)


def test_one_incident_far_away_is_said_and_shown(live_site, open_page, vera):
    areas_in_town()
    page = live(open_page("/", vera)).page
    expect(far(page)).to_be_hidden()
    view = settled(page)
    sydney = make.incident("Sydney", (151.2, -33.87), "UR")
    expect(far(page)).to_have_text("1 incident far away")
    assert settled(page) == view
    far(page).click()
    expect(page.locator(".leaflet-popup")).to_contain_text("Sydney")
    expect(far(page)).to_be_hidden()
    page.get_by_role("button", name="Back to where the map starts").click()
    assert_in_town(page)
    sydney.delete()
    expect(far(page)).to_be_hidden()


@pytest.mark.parametrize("odd", ["one in Sydney", "the whole Earth"])
def test_one_odd_area_moves_no_start_either(live_site, open_page, vera, odd):
    areas_in_town(9)
    make.area("Odd", make.box(151, -34, 151.5, -33.5) if odd == "one in Sydney" else make.box(-180, -85, 180, 85), "UR")
    assert_in_town(live(open_page("/", vera)).page)


def test_without_areas_it_starts_where_most_incidents_are(live_site, open_page, vera):
    for n in range(3):
        make.incident(f"Near {n}", (TOWN[0] + n / 50, TOWN[1]), "HI")
    make.incident("Sydney", (151.2, -33.87), "UR")
    page = live(open_page("/", vera)).page
    assert_in_town(page)
    expect(far(page)).to_have_text("1 incident far away")


def test_without_areas_the_setting_says_where(live_site, open_page, watch, vera):
    server = live_site.another(MAP_CENTER="48.39,-4.49", MAP_ZOOM="10")
    server.start()
    try:
        watch.excused.append(f"a request left the machine: .*:{server.port}/|WebSocket connection to|Failed to load")
        make.incident("Sydney", (151.2, -33.87), "UR")
        make.incident("Brest", (-4.48, 48.4), "UR")
        page = open_page("about:blank", vera)
        cookie = page.context.cookies()[0]
        page.context.add_cookies([{"name": "sessionid", "value": cookie["value"], "url": server.url}])
        page.goto(f"{server.url}/")
        expect(far(page)).to_have_text("1 incident far away")
        assert view_of(page) == pytest.approx((10, 48.39, -4.49), abs=0.03)  # of a map that a notice above made lower
        page.close()
    finally:
        server.stop()


# --- 180 degrees ---------------------------------------------------------------------------------------------------


def in_sight(live_map, name: str) -> None:
    expect(live_map.marker(Incident.objects.get(name=name).feature_id)).to_be_in_viewport()


def test_a_site_by_the_antimeridian_starts_there(live_site, open_page, vera):
    for name, at in FIJI:
        make.incident(name, at, "HI")
    live_map = live(open_page("/", vera))
    zoom, latitude, longitude = view_of(live_map.page)
    assert zoom >= 8
    assert latitude == pytest.approx(-16.7, abs=0.1)
    assert abs(longitude) == pytest.approx(180, abs=0.1)
    for name, _ in FIJI:
        in_sight(live_map, name)
    expect(far(live_map.page)).to_be_hidden()


@pytest.mark.parametrize("longitude", ["179.5", "181", "-179", "-180.5", "190", "-170", "-190"])
def test_both_sides_of_180_degrees_are_one_place(live_site, open_page, vera, longitude):
    for name, at in [*FIJI, ("West", (170.5, -17)), ("East", (-170.5, -17)), ("London", (0, 51))]:
        make.incident(name, at, "HI")
    area = make.area("Fiji", make.boxes((178.5, -19, 180, -16), (-180, -19, -178, -16)), "HI")
    live_map = live(open_page(f"/#map=7/-17/{longitude}", vera))
    page = live_map.page
    middle = float(longitude)
    seen = {
        name
        for name, (at, _) in [*FIJI, ("West", (170.5, 0)), ("East", (-170.5, 0)), ("London", (0, 0))]
        if abs((at - middle + 180) % 360 - 180) < 4  # degrees; the map is about ten wide
    }
    for name in seen:
        in_sight(live_map, name)
    live_map.show_incidents()
    page.get_by_label("In this part of the map").check()
    expect(page.locator("#incident-list > li")).to_have_count(len(seen))
    if "Rabi" in seen:
        shape = page.locator(f'path[data-area="{area.feature_id}"]')
        assert 200 < box_of(shape)["width"] < 400, "it is one shape"


def test_choosing_an_incident_beyond_180_degrees_goes_the_short_way(live_site, open_page, vera):
    for name, at in FIJI:
        make.incident(name, at, "HI")
    live_map = live(open_page("/#map=9/-16.8/179.9", vera))
    live_map.show_incidents()
    for name, _ in [*FIJI, *FIJI]:
        live_map.page.locator("#incident-list").get_by_role("button", name=name).click()
        expect(live_map.page.locator(".leaflet-popup")).to_contain_text(name)
        in_sight(live_map, name)
        expect(live_map.page.locator(".leaflet-popup")).to_be_in_viewport()


def test_a_shape_across_180_degrees_has_no_line_where_it_was_cut(live_site, open_page, vera):
    make.area("Fiji", make.boxes((178.5, -19, 180, -16), (-180, -19, -178, -16)), "HI")
    assert AreaOfInterest.objects.get().polygon.geom_type == "MultiPolygon"
    page = live(open_page("/", vera)).page
    assert page.locator("path.area-shape").evaluate("(path) => path.getAttribute('d').split('M').length - 1") == 1


def test_the_page_of_such_an_area_shows_it_as_one_shape(live_site, open_page, vera):
    area = make.area("Fiji", make.boxes((178.5, -19, 180, -16), (-180, -19, -178, -16)), "HI")
    incident = make.incident("Rabi", (-179.95, -16.5), "HI")
    for address in (area.get_absolute_url(), incident.get_absolute_url()):
        page = open_page(address, vera)
        shape, frame = box_of(page.locator("#detail-map path.area-shape")), box_of(page.locator("#detail-map"))
        assert shape["height"] > frame["height"] / 4, "as near as it fits"
        assert shape["width"] < 2 * shape["height"]
    expect(page.locator("#detail-map .incident-marker")).to_be_in_viewport()


@pytest.mark.parametrize("address", ["/tracker/incident/create/", "/tracker/incident/report/"])
def test_a_form_starts_at_the_areas_too(live_site, open_page, olga, address):
    areas_in_town(3)
    page = open_page(address, olga)
    page.locator("#point-map.leaflet-container").click()
    expect(page.locator("#location-status")).to_contain_text("The pin is set")
    latitude, longitude = (float(page.locator(f"#id_{name}").input_value()) for name in ("latitude", "longitude"))
    assert latitude == pytest.approx(TOWN[1], abs=0.1)
    assert longitude == pytest.approx(TOWN[0], abs=0.1)
