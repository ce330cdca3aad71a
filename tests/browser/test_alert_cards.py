"""A card of alerts has two lines, so that nine are seen at a desk; the rest is a look or a click away."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import live
from tests.browser.windows import assert_fits, box_of
from tracker.incidents import bulk
from tracker.models import Alert, Incident

pytestmark = pytest.mark.once

NAME = "Fire on the upper deck of a container ship at the long quay behind the harbour"
SEEN = """() => {
    const list = document.querySelector("#alert-list").closest(".panel-lists, .panel-body").getBoundingClientRect();
    return [...document.querySelectorAll("#alert-list > li")]
        .map((card) => card.getBoundingClientRect())
        .filter(({ top, bottom }) => top >= list.top && bottom <= Math.min(list.bottom, innerHeight)).length;
}"""


@pytest.fixture
def areas(live_site):
    return [make.area(name, make.box(9, 49, 10, 50), "IN") for name in ("Harbour", "Hill", "Old town")]


def card(page: Page, name: str):
    return page.locator("#alert-list > li", has_text=name)


def test_nine_cards_are_seen_at_a_desk(open_page, areas, vera, pictures):
    for n in range(12):
        make.incident(f"{n} {NAME}", (9.1 + n / 20, 49.5), "UR")
    page = live(open_page("/#map=9/49.5/9.5", vera)).page
    expect(page.locator("#alert-list > li")).to_have_count(12)
    assert page.evaluate(SEEN) >= 9
    assert {round(box_of(each)["height"]) for each in page.locator("#alert-list > li").all()} == {64}
    first = page.locator("#alert-list > li").first
    name = first.locator(".entry-name")
    assert name.evaluate("(node) => node.scrollWidth > node.clientWidth"), "it is cut, and does not wrap"
    assert name.evaluate("(node) => [getComputedStyle(node).fontSize, getComputedStyle(node).fontWeight].join()") == (
        "15px,600"
    )
    acknowledge = first.get_by_role("button", name=re.compile("^Acknowledge"))
    box, whole = box_of(acknowledge), box_of(first)
    assert box["height"] == pytest.approx(32, abs=1)
    assert whole["x"] + whole["width"] - box["x"] - box["width"] < 20, "at the right edge"
    expect(first.locator(".entry-line")).to_have_text(re.compile(r"^Old town \+2 · now\s*·\s*Details$"))
    if pictures:
        page.screenshot(path=pictures / "cards-1280.png")


@pytest.mark.parametrize("size", [(360, 640), (1920, 1080)], ids=lambda size: str(size[0]))
def test_a_card_fits_other_windows(open_page, areas, vera, pictures, size):
    width, height = size
    for n in range(3):
        make.incident(f"{n} {NAME}", (9.1 + n / 20, 49.5), "UR")
    Alert.objects.filter(incident_name__startswith="0").update(
        state="acknowledged", acknowledged_by=vera, acknowledged_at=timezone.now()
    )
    page = live(open_page("/#map=9/49.5/9.5", vera, width=width, height=height, has_touch=width < 400)).page
    assert_fits(page)
    for each in page.locator("#alert-list > li").all():
        assert box_of(each)["height"] <= 66
        expect(each.get_by_role("link", name="Details")).to_be_visible()
    touch = page.evaluate("matchMedia('(pointer: coarse)').matches")
    acknowledge = page.locator("#alert-list .entry-deed").first
    assert box_of(acknowledge)["height"] == pytest.approx(48 if touch else 32, abs=1)
    if pictures:
        page.screenshot(path=pictures / f"cards-{width}.png")


def test_a_burst_of_alerts_is_a_card_an_incident_and_a_click_each(open_page, areas, vera):
    make.area("Quay", make.box(9, 49, 9.35, 50), "IN")
    page = live(open_page("/#map=9/49.5/9.5", vera)).page
    bulk.create(
        Incident,
        [
            Incident(name=f"Burst {n}", location=make.point(9.2 if n < 20 else 9.5, 49.5), severity="HI")
            for n in range(60)
        ],
    )
    assert Alert.objects.count() == 200
    expect(page.locator("#alert-count")).to_have_text("200")
    expect(page.locator("#alert-list > li")).to_have_count(60)
    card(page, "Burst 7").get_by_role("button", name=re.compile("^Acknowledge")).click()
    expect(card(page, "Burst 7")).to_contain_text("Acknowledged by Vera Vega")
    assert Alert.objects.filter(state="acknowledged", incident_name="Burst 7").count() == 4
    assert Alert.objects.filter(state="acknowledged").count() == 4


def test_all_of_a_card_leads_to_its_incident_but_while_it_can_be_undone(open_page, areas, vera):
    make.incident("Crane", (9.5, 49.5), "UR")
    page = live(open_page("/#map=9/49.5/9.5", vera)).page
    popup = page.locator(".leaflet-popup")
    card(page, "Crane").get_by_role("button", name=re.compile("^Acknowledge")).click()
    expect(card(page, "Crane")).to_contain_text("Acknowledged – Undo")
    right = box_of(card(page, "Crane"))["width"] - 30
    card(page, "Crane").click(position={"x": right, "y": 32})  # where the button was
    expect(popup).to_have_count(0)
    expect(card(page, "Crane")).to_contain_text("Acknowledged by Vera Vega")
    card(page, "Crane").click(position={"x": right, "y": 14})
    expect(popup).to_contain_text("Crane")


def test_its_age_goes_on_and_the_full_time_is_in_its_title(open_page, areas, vera):
    make.incident("Crane", (9.5, 49.5), "UR")
    page = open_page("about:blank", vera)
    page.clock.install()
    page.goto("/")
    live(page)
    age = card(page, "Crane").locator("time")
    expect(age).to_have_text("now")
    expect(age).to_have_attribute("title", re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d \S+$"))
    page.clock.run_for(4 * 60_000 + 30_000)
    expect(age).to_have_text(re.compile("^[45] min$"))
