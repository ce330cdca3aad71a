"""What lies over the map leaves room for what is asked for; a map that is not live looks it; no page below the map."""

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import live

pytestmark = pytest.mark.once

NO_SERVER = r"ERR_INTERNET_DISCONNECTED"
BOX = """(selector) => {
    const { left, top, right, bottom } = document.querySelector(selector).getBoundingClientRect();
    return [left, top, right, bottom];
}"""


@pytest.fixture
def vera(live_site):
    return live_site.make_user("vera")


@pytest.fixture
def harbour(live_site):
    return make.area("Harbour", make.box(9, 49, 10, 50), "LO")


def overlap(page: Page, one: str, other: str) -> bool:
    left, top, right, bottom = page.evaluate(BOX, one)
    other_left, other_top, other_right, other_bottom = page.evaluate(BOX, other)
    return left < other_right and other_left < right and top < other_bottom and other_top < bottom


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 800)])
def test_a_popup_is_beside_the_toast_that_it_was_asked_for_from(open_page, harbour, vera, width, height):
    page = live(open_page("/#map=10/49.5/9.5", vera, width=width, height=height)).page
    make.incident("Crane on fire", (9.9, 49.9), "UR")
    page.locator("#toasts").get_by_role("button", name="Show").click()
    popup = page.locator(".leaflet-popup-content-wrapper")
    expect(popup).to_contain_text("Crane on fire")
    page.wait_for_timeout(600)  # the map makes room
    assert not overlap(page, ".leaflet-popup-content-wrapper", ".toast-card")
    assert not overlap(page, ".leaflet-popup-content-wrapper", ".leaflet-control-zoom")
    left, top, right, bottom = page.evaluate(BOX, ".leaflet-popup-content-wrapper")
    frame = page.evaluate(BOX, "#live-map")
    assert (left >= frame[0], top >= frame[1], right <= frame[2], bottom <= frame[3]) == (True,) * 4


def test_a_map_that_is_not_live_looks_it(open_page, watch, harbour, vera):
    watch.excused.append(NO_SERVER)
    page = open_page("about:blank", vera)
    page.clock.install()
    page.goto("/")
    live(page)
    expect(page.locator(".map-stale")).to_be_hidden()
    page.context.set_offline(True)
    page.clock.run_for(120_000)
    expect(page.locator("#connection")).to_have_attribute("data-status", "offline")
    expect(page.locator(".map-stale")).to_have_text("What you see may be out of date.")
    frame = "getComputedStyle(document.querySelector('.live-map-frame'), '::after')"
    assert page.evaluate(f"{frame}.borderTopStyle") == "dashed"
    assert page.evaluate(f"{frame}.position") == "absolute"


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 800)])
def test_the_page_is_as_high_as_the_window_however_long_the_lists_are(open_page, harbour, vera, width, height):
    for n in range(40):
        make.incident(f"Fire {n}", (9.5, 49.5), "UR")
    page = live(open_page("/", vera, width=width, height=height)).page
    expect(page.locator("#alert-count")).to_have_text("40")
    assert page.evaluate("document.documentElement.scrollHeight") == height
