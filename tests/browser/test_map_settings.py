"""Tiles, their credit and the start view are settings; and when no tile can be reached the packaged basemap is seen.
In every window, on a second server of the site that is set so.
"""

import re
from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.windows import WINDOWS, painted, sentence, settled

pytestmark = pytest.mark.once

REPORT = "/tracker/incident/report/"
TILE = "/static/icon.svg"  # any picture does
CREDIT = "Tiles of the town hall"


@pytest.fixture
def with_tiles(live_site):
    server = live_site.another(
        TILES_URL=f"{live_site.url}{TILE}?{{z}}/{{x}}/{{y}}",
        TILES_ATTRIBUTION=CREDIT,
        MAP_CENTER="48.39,-4.49",
        MAP_ZOOM="6",
    )
    server.start()
    yield server
    server.stop()


def test_tiles_credit_and_start_view_are_settings(open_page, watch, with_tiles):
    watch.excused += [f"a request left the machine: {with_tiles.url}", "ERR_FAILED"]
    for window in WINDOWS:
        page = open_page("about:blank", **window.options)
        page.goto(f"{with_tiles.url}{REPORT}")
        with sentence("Tiles, attribution and start view are settings."):
            expect(page.locator("img.leaflet-tile-loaded").first).to_be_attached()
            assert page.locator("img.leaflet-tile").first.get_attribute("src").split("?")[1].startswith("6/")
            expect(page.locator(".leaflet-control-attribution")).to_contain_text(CREDIT)
            expect(page.locator(".leaflet-control-attribution")).to_contain_text("Natural Earth")
            page.locator("#point-map").focus()
            page.keyboard.press("Enter")  # sets the pin in the middle
            assert float(page.locator("#id_latitude").input_value()) == pytest.approx(48.39, abs=0.02)
            assert float(page.locator("#id_longitude").input_value()) == pytest.approx(-4.49, abs=0.02)
        with sentence("With no tiles reachable the map shows the vendored Natural Earth basemap, never a grey square."):
            cut_off = open_page("about:blank", **window.options)
            cut_off.route(re.compile(rf"{TILE}\?"), lambda route: route.abort())
            cut_off.goto(f"{with_tiles.url}{REPORT}")
            painted(cut_off, {"sea", "land"})
            expect(cut_off.locator("img.leaflet-tile-loaded")).to_have_count(0)
        page.context.close()
        cut_off.context.close()


# --- the names of towns: where no tile is seen ---------------------------------------------------------------------


@pytest.fixture
def tiles(open_page, watch, with_tiles) -> Callable[[Callable[[Route, int], None]], Page]:
    """``tiles(answer)``: the report page; ``answer`` is given the route of each tile, and its number."""
    watch.excused += [f"a request left the machine: {with_tiles.url}", "ERR_FAILED"]

    def open_with(answer: Callable[[Route, int], None]) -> Page:
        numbers = count(1)
        page = open_page("about:blank")
        page.route(re.compile(rf"{TILE}\?"), lambda route: answer(route, next(numbers)))
        page.goto(f"{with_tiles.url}{REPORT}")
        return page

    return open_with


def zoom(page: Page, how: str) -> None:
    settled(page)  # while it zooms, the map hears no click
    page.get_by_role("button", name=f"Zoom {how}").click()


def test_one_tile_that_is_missing_does_not_put_names_over_the_others(tiles):
    held: list[Route] = []
    page = tiles(lambda route, number: held.append(route) if number == 2 else route.continue_())
    expect(page.locator("img.leaflet-tile-loaded").nth(1)).to_be_attached()
    expect(page.locator("img.leaflet-tile:not(.leaflet-tile-loaded)")).to_have_count(1)
    painted(page, {"sea", "land"})
    held.pop().abort()
    page.wait_for_timeout(1000)  # names are asked for after 300 ms
    expect(page.locator(".town-name")).to_have_count(0)
    expect(page.locator(".leaflet-control-attribution")).not_to_contain_text("GeoNames")


def test_towns_are_named_whenever_no_tile_can_be_had(tiles):
    there = False
    page = tiles(lambda route, _number: route.continue_() if there else route.abort())
    for _ in range(2):
        expect(page.locator(".town-name").first).to_be_attached()
        expect(page.locator(".leaflet-control-attribution")).to_contain_text("GeoNames")
        there = True
        zoom(page, "in")
        expect(page.locator("img.leaflet-tile-loaded").first).to_be_attached()
        expect(page.locator(".town-name")).to_have_count(0)
        expect(page.locator(".leaflet-control-attribution")).not_to_contain_text("GeoNames")
        there = False
        zoom(page, "in")
    expect(page.locator(".town-name").first).to_be_attached()
