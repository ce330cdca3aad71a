"""Areas on the live map: quiet outlines, their names, all of those that lie at one place, and what is drawn at all."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import live
from tests.browser.windows import COLOURS
from tracker.alerts import lifecycle
from tracker.models import Alert

pytestmark = pytest.mark.once

LINE = """(path) => {
    const { stroke, strokeWidth, fillOpacity } = getComputedStyle(path);
    return [stroke, parseFloat(strokeWidth), parseFloat(fillOpacity)];
}"""
SATURATION = f"""(path) => {{ {COLOURS}
    const {{ rgb }} = parts(getComputedStyle(path).stroke);
    return (Math.max(...rgb) - Math.min(...rgb)) / Math.max(...rgb);
}}"""
CLOSE = "/#map=13/49.5/9.5"


def shape(page: Page, area):
    return page.locator(f'path.area-shape[data-area="{area.feature_id}"]')


def label(page: Page, area):
    return page.locator(f'.area-label[data-area="{area.feature_id}"]')


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_area_is_neutral_but_while_an_alert_waits(live_site, open_page, vera, scheme):
    areas = [
        make.area(name, make.box(9.4 + n / 20, 49.48, 9.44 + n / 20, 49.52), severity)
        for n, (name, severity) in enumerate([("Harbour", "UR"), ("Hill", "LO"), ("Old town", "ME")])
    ]
    page = live(open_page("/#map=12/49.5/9.48", vera, color_scheme=scheme)).page
    lines = [shape(page, area).evaluate(LINE) for area in areas]
    assert len({line[0] for line in lines}) == 1, "whatever their thresholds"
    assert {tuple(line[1:]) for line in lines} == {(1, 0.04)}
    assert shape(page, areas[0]).evaluate(SATURATION) < 0.4

    make.incident("Oil spill", (9.47, 49.5), "LO")
    worse = make.incident("Crane", (9.47, 49.51), "HI")
    expect(shape(page, areas[1])).to_have_class(re.compile("is-alerting"))
    expect(shape(page, areas[1])).to_have_class(re.compile("severity-HI"))  # of the worst that waits
    assert shape(page, areas[1]).evaluate(SATURATION) > 0.5
    expect(shape(page, areas[0])).not_to_have_class(re.compile("is-alerting"))
    lifecycle.acknowledge([alert.pk for alert in make.alerts_of(worse)], vera)
    expect(shape(page, areas[1])).to_have_class(re.compile("severity-LO"))
    lifecycle.acknowledge(list(Alert.objects.values_list("pk", flat=True)), vera)
    expect(shape(page, areas[1])).not_to_have_class(re.compile("is-alerting"))
    assert shape(page, areas[1]).evaluate(LINE) == lines[1]


def test_names_are_seen_from_close_with_the_letter_of_the_threshold(live_site, open_page, vera, pictures):
    harbour = make.area("Harbour", make.box(9.48, 49.49, 9.52, 49.51), "ME")
    around = make.area("County", make.box(9, 49, 10, 50), "UR")  # reaches far out of the window
    page = live(open_page("/#map=11/49.5/9.5", vera)).page
    expect(page.locator(".area-label")).to_have_count(0)
    page.get_by_role("button", name="Zoom in").click()
    expect(label(page, harbour)).to_have_text("Harbour M")
    expect(label(page, around)).to_have_text("County U")
    for area in (harbour, around):
        expect(label(page, area)).to_be_in_viewport(ratio=1)
    expect(label(page, harbour)).to_have_css("font-size", re.compile("^1[12]px$"))  # drawn anew, it is another element
    if pictures:
        page.screenshot(path=pictures / "area-labels.png")
    harbour.name = "Old harbour"
    harbour.save()
    expect(label(page, harbour)).to_have_text("Old harbour M")
    harbour.delete()
    expect(label(page, harbour)).to_have_count(0)


def test_a_click_where_areas_overlap_offers_all_of_them(live_site, open_page, vera):
    make.area("County", make.box(9, 49, 10, 50), "UR")
    make.area("Harbour", make.box(9.48, 49.49, 9.52, 49.51), "ME")
    make.area("Quay", make.box(9.49, 49.495, 9.51, 49.505), "LO")
    make.area("Elsewhere", make.box(9.6, 49.6, 9.7, 49.7), "LO")
    page = live(open_page(CLOSE, vera)).page
    page.locator("#live-map").click(position={"x": 440, "y": 370})  # the middle
    popup = page.locator(".leaflet-popup")
    expect(popup.get_by_role("heading")).to_have_text("3 areas here")
    expect(popup.locator(".popup-choice bdi")).to_have_text(["Quay", "Harbour", "County"])  # the smallest first
    popup.get_by_role("button", name="Harbour").click()
    expect(popup.get_by_role("heading")).to_have_text("Harbour")
    expect(popup).to_contain_text("Alerts from Medium")
    page.locator("#live-map").click(position={"x": 60, "y": 700})
    expect(popup.get_by_role("heading")).to_have_text("County")  # one alone needs no question


def test_layers_are_switched_and_stay_so(live_site, open_page, vera, pictures):
    area = make.area("Harbour", make.box(9.48, 49.49, 9.52, 49.51), "ME")
    page = live(open_page(CLOSE, vera)).page
    expect(page.locator(".graticule-labels span").first).to_have_text(re.compile(r"^[\d.]+°[EWNS]?$"))
    page.locator("#map-layers summary").click()
    box = page.locator(".map-layers-box")
    expect(box).to_contain_text("Ringed: an alert waits")
    if pictures:
        page.screenshot(path=pictures / "layers.png")
    box.get_by_label("Areas", exact=True).uncheck()
    expect(shape(page, area)).to_be_hidden()
    expect(label(page, area)).to_be_hidden()
    box.get_by_label("Meridians and parallels").uncheck()
    expect(page.locator(".graticule-labels")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(page.locator("#map-layers summary")).to_be_focused()
    page.reload()
    live(page)
    expect(shape(page, area)).to_be_hidden()
    page.locator("#map-layers summary").click()
    box.get_by_label("Areas", exact=True).check()
    expect(shape(page, area)).to_be_visible()
    page.locator("#live-map").click(position={"x": 800, "y": 700})
    expect(box).to_be_hidden()


@pytest.mark.parametrize("zoom", [1, 2, 3, 4, 5, 8, 12])
def test_the_text_of_the_scale_stays_in_its_box(live_site, open_page, vera, zoom):
    page = live(open_page(f"/#map={zoom}/10/10", vera)).page
    line = page.locator(".leaflet-control-scale-line")
    expect(line).to_contain_text("m")
    assert line.evaluate("(each) => each.scrollWidth <= each.clientWidth"), line.inner_text()
