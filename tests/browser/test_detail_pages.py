"""The page of an incident: what happened at the left, its map and its facts at the right; on a phone one column."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.test_accessibility import AXE, RULES, RUN
from tests.browser.windows import box_of
from tracker.models import Alert, Incident

pytestmark = pytest.mark.once


@pytest.fixture
def fire(live_site) -> Incident:
    make.area("Harbour", make.box(9, 49, 11, 51), "LO")
    return make.incident("Fire in the harbour", (10, 50), "HI", description="Smoke over the roofs.", place="Pier 3")


def test_what_happened_is_beside_its_map_and_facts(open_page, fire, olga):
    page = open_page(fire.get_absolute_url(), olga, width=1280)
    what, log = box_of(page.locator(".description")), box_of(page.locator(".history"))
    shown, facts = box_of(page.locator("#detail-map")), box_of(page.locator(".facts"))
    assert what["x"] == pytest.approx(log["x"], abs=1)
    assert shown["x"] == pytest.approx(facts["x"], abs=2)
    assert shown["x"] > what["x"] + what["width"]
    assert shown["width"] == pytest.approx(360, abs=2)
    assert shown["y"] < facts["y"]
    assert what["y"] < 300, "seen without scrolling"
    assert facts["y"] + facts["height"] < 900


def test_on_a_phone_the_facts_come_before_the_map(open_page, fire, olga):
    page = open_page(fire.get_absolute_url(), olga, width=360, height=740)
    order = (".status-line", ".description", ".facts", "#detail-map", ".history")
    places = [box_of(page.locator(each))["y"] for each in order]
    assert places == sorted(places)
    assert box_of(page.locator("#detail-map"))["height"] <= 240
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_state_owner_and_age_stand_under_the_title(open_page, fire, olga):
    page = open_page(fire.get_absolute_url(), olga)
    line = page.locator(".status-line")
    expect(line).to_contain_text(re.compile(r"High\s+Open\s+1 alert waits\s+Reported just now"))
    page.get_by_role("button", name="Acknowledge").click()
    expect(line).to_contain_text(re.compile(r"High\s+Open\s+In hand: Olga Ortega\s+Reported"))
    Alert.objects.all().delete()
    page.reload()
    expect(line).not_to_contain_text("In hand")


def test_deleting_is_in_a_menu(open_page, fire, live_site):
    page = open_page(fire.get_absolute_url(), live_site.make_user("anna", "admin"))
    delete = page.get_by_role("link", name="Delete")
    expect(delete).to_be_hidden()
    menu = page.locator("details.more-menu")
    menu.locator("summary").press("Enter")
    expect(delete).to_be_visible()
    page.keyboard.press("Escape")
    expect(delete).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    page.get_by_role("heading", level=1).click()
    expect(delete).to_be_hidden()
    menu.locator("summary").click()
    delete.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Delete “Fire in the harbour”?")


def test_who_may_not_delete_has_no_menu(open_page, fire, live_site):
    page = open_page(fire.get_absolute_url(), live_site.make_user("vera"))
    expect(page.locator("details.more-menu")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_the_menu_is_open(open_page, fire, live_site, scheme):
    page = open_page(fire.get_absolute_url(), live_site.make_user("anna", "admin"), color_scheme=scheme)
    page.locator("details.more-menu summary").click()
    page.evaluate(AXE)
    assert page.evaluate(RUN, RULES) == []


def test_how_long_ago_stays_true_while_a_page_is_open(open_page, fire, olga):
    page: Page = open_page("about:blank", olga)
    page.clock.install()
    page.goto(fire.get_absolute_url())
    age = page.locator(".status-line time")
    expect(age).to_have_text(re.compile("just now|1 min ago"))
    page.clock.fast_forward("05:05")  # the server says its time in whole seconds
    expect(age).to_have_text(re.compile("[56] min ago"))
    page.clock.fast_forward("02:00:00")
    expect(age).to_have_text("2 h ago")
