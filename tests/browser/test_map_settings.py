"""Tiles, their credit and the start view are settings; and when no tile can be reached the packaged basemap is seen.
In every window, on a second server of the site that is set so.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.windows import WINDOWS, painted, sentence

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
