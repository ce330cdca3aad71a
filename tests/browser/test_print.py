"""On paper: the map on one page with its legend and the date, lists as a whole, no menus and nothing to press."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import LiveMap
from tests.browser.windows import COLOURS, box_of

pytestmark = pytest.mark.once

PAPERS = ["A4", "Letter"]
CONTROLS = "header, nav, button, input, select, .filters, .panel, #toasts, details.more-menu, .leaflet-control-zoom"


def pages_of(page: Page, paper: str, **options) -> int:
    """How many sheets the browser prints."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper, print_background=True, **options)))


@pytest.fixture
def busy(live_site):
    make.area("Harbour", make.box(9, 49, 11, 51), "LO")
    return [
        make.incident(f"Fire {n:02}", (9.5 + n / 50, 49.5), "UR", place="near the quay", description="Smoke. " * 30)
        for n in range(25)
    ]


def assert_nothing_to_press(page: Page) -> None:
    seen = "(all) => all.filter((node) => node.checkVisibility()).map((node) => node.outerHTML)"
    assert page.locator(CONTROLS).evaluate_all(seen) == []


@pytest.mark.parametrize("paper", PAPERS)
def test_the_live_map_is_one_page_with_legend_and_date(live_site, open_page, busy, pictures, paper):
    page = open_page("/#map=8/49.5/10", live_site.make_user("vera"), color_scheme="dark")
    LiveMap(page).wait_until_live()
    assert pages_of(page, paper) == 1
    assert pages_of(page, paper, landscape=True) == 1
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")  # on the screen as before
    if pictures:
        page.pdf(path=pictures / f"print-live-map-{paper}.pdf", format=paper, print_background=False)
    page.emulate_media(media="print", color_scheme="dark")
    assert_nothing_to_press(page)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    legend = page.locator(".map-legend")
    for words in ("Live map, as of 20", "UTC", "Urgent", "High", "Medium", "Low", "Info", "an alert waits", "Area"):
        expect(legend).to_contain_text(words)
    expect(page.locator("#live-map .leaflet-control-attribution")).to_be_visible()


def test_a_map_is_printed_as_it_is_seen_and_comes_back(live_site, open_page, busy):
    page = open_page("/#map=8/49.5/10", live_site.make_user("vera"), width=1920, height=1080)
    LiveMap(page).wait_until_live()
    before = box_of(page.locator("#live-map"))
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    printed = box_of(page.locator("#live-map"))
    assert printed["width"] <= 681
    assert printed["height"] <= 541
    assert printed["width"] / printed["height"] == pytest.approx(before["width"] / before["height"], rel=0.02)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert box_of(page.locator("#live-map")) == before
    assert "#map=8/" in page.url, "the view has not moved"


def test_the_paper_says_what_the_map_leaves_out(live_site, open_page, busy):
    page = open_page("/#map=8/49.5/10&severity=UR", live_site.make_user("vera"))
    LiveMap(page).wait_until_live()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator(".map-legend")).to_contain_text("Filter:")


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("path", ["/tracker/incident/", "/tracker/alert/", "/tracker/area_of_interest/"])
def test_a_list_is_printed_as_a_whole(live_site, open_page, busy, pictures, path, paper):
    page = open_page(path, live_site.make_user("olga", "Operator"), color_scheme="dark")
    page.locator("#list-map .leaflet-marker-icon, #list-map path").first.wait_for()
    assert pages_of(page, paper) <= 2
    if pictures:
        page.pdf(path=pictures / f"print{path.replace('/', '-')}{paper}.pdf", format=paper, print_background=False)
    page.set_viewport_size({"width": 703 if paper == "A4" else 725, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")
    assert_nothing_to_press(page)
    expect(page.locator("#list-map")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth"), "nothing is cut off"
    rows = page.locator("table.list tbody tr")
    for row in rows.all():
        said = row.locator("time.ago").first.evaluate("(node) => getComputedStyle(node, '::after').content")
        assert re.fullmatch(r'"\d{4}-\d\d-\d\d \d\d:\d\d UTC"', said), "no age, which is true for a moment only"
    heads = page.locator("table.list thead th").all_inner_texts()
    assert len(heads) >= 4
    if "area" not in path:
        expect(rows).to_have_count(25)
        expect(rows.first.locator(".state")).to_be_visible()
        assert box_of(rows.first.locator(".state"))["x"] < 700
    expect(page.locator(".hits")).to_be_visible()
    expect(page.locator("[data-print-time]")).to_contain_text("UTC")


@pytest.mark.parametrize("paper", PAPERS)
def test_an_incident_is_printed_with_its_map_and_without_menus(live_site, open_page, busy, pictures, paper):
    page = open_page(busy[0].get_absolute_url(), live_site.make_user("anna", "admin"), color_scheme="dark")
    page.locator("#detail-map .incident-marker").wait_for()
    assert pages_of(page, paper) == 1
    if pictures:
        page.pdf(path=pictures / f"print-incident-{paper}.pdf", format=paper, print_background=False)
    page.emulate_media(media="print", color_scheme="dark")
    assert_nothing_to_press(page)
    for what in ("h1", ".description", ".facts", "#detail-map", ".history", "table"):
        expect(page.locator(what).first).to_be_visible()
    under = page.evaluate(f"() => {{ {COLOURS} return luminance(background(document.querySelector('.facts'))); }}")
    assert under > 0.9, "ink on white, whatever the screen is"
