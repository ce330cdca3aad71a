"""The public report page on a phone: a place by its name, or by coordinates as they are typed."""

import contextlib
import re

import pytest
from playwright.sync_api import Error, expect

from tests.browser.report_page import SEND, sent

pytestmark = pytest.mark.once


def test_a_place_is_typed_and_chosen(report_page):
    page = report_page(permissions=[])
    search = page.get_by_role("combobox", name="Or type a place")
    search.tap()
    page.keyboard.type("reykjavik")
    option = page.get_by_role("option", name="Reykjavík Iceland")
    expect(option).to_be_visible()
    expect(search).to_have_attribute("aria-expanded", "true")
    option.tap()
    expect(search).to_have_value("Reykjavík")
    expect(search).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#id_latitude")).to_have_value(re.compile(r"^64\.1"))
    expect(page.locator("#id_longitude")).to_have_value(re.compile(r"^-21\.8"))
    expect(page.locator(".pin")).to_be_visible()
    expect(page.locator("#place-words")).to_contain_text("Reykjavík, Iceland")
    page.get_by_role("button", name=SEND).tap()
    assert sent(page).accuracy_m is None


def test_the_list_is_used_by_keyboard(report_page):
    page = report_page(permissions=[])
    search = page.get_by_role("combobox")
    search.focus()
    page.keyboard.type("brest")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    first = page.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(search).to_have_attribute("aria-activedescendant", first.get_attribute("id"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(search).to_have_value("brest")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_latitude")).to_have_value(re.compile(r"^52\.1"))
    page.keyboard.press("Escape")
    expect(search).to_have_value("")
    page.keyboard.press("Enter")  # sends nothing
    assert page.url.endswith("/report/")


def test_an_answer_that_comes_late_does_not_replace_a_newer_one(report_page):
    page = report_page(permissions=[])
    held = []
    page.route("**/place/search/?q=bre&**", lambda route: held.append(route))
    page.route("**/place/search/?q=bre", lambda route: held.append(route))
    search = page.get_by_role("combobox")
    with page.expect_request("**/place/search/?q=bre*"):
        search.fill("bre")
    search.fill("reykjavik")
    expect(page.get_by_role("option", name="Reykjavík Iceland")).to_be_visible()
    late = [{"name": "Late", "country": "Nowhere", "latitude": 1, "longitude": 2}]
    with contextlib.suppress(Error):  # the page may have given it up
        held[0].fulfill(json={"places": late})
    page.wait_for_timeout(300)
    expect(page.get_by_role("option", name="Late")).to_have_count(0)
    expect(page.get_by_role("option", name="Reykjavík Iceland")).to_be_visible()


def test_while_a_new_answer_is_awaited_nothing_older_can_be_taken(report_page):
    page = report_page(permissions=[])
    search = page.get_by_role("combobox")
    search.fill("reykjavik")
    expect(page.get_by_role("option", name="Reykjavík Iceland")).to_be_visible()
    held = []
    page.route("**/place/search/**", lambda route: held.append(route))
    with page.expect_request("**/place/search/**"):
        search.fill("brest")
    expect(page.get_by_role("option")).to_have_count(0)
    search.press("Enter")
    expect(page.locator("#id_latitude")).to_have_value("")
    held[0].continue_()
    expect(page.get_by_role("option")).to_have_count(2)


def test_an_answer_after_a_choice_opens_nothing(report_page):
    page = report_page(permissions=[])
    search = page.get_by_role("combobox")
    held = []
    page.route("**/place/search/**", lambda route: held.append(route))
    with page.expect_request("**/place/search/**"):
        search.fill("52")
    search.fill("52.5, 13.4")
    search.press("Enter")
    expect(page.locator("#id_latitude")).to_have_value("52.5")
    with contextlib.suppress(Error):
        held[0].fulfill(json={"places": [{"name": "Late", "country": "Nowhere", "latitude": 1, "longitude": 2}]})
    page.wait_for_timeout(300)
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator("#id_latitude")).to_have_value("52.5")


def test_coordinates_are_understood_as_they_are_typed(report_page):
    page = report_page(permissions=[])
    page.get_by_role("combobox").fill("52.5, 13.4")
    page.get_by_role("combobox").press("Enter")
    expect(page.locator("#id_latitude")).to_have_value("52.5")
    expect(page.locator("#id_longitude")).to_have_value("13.4")


def test_a_name_that_nobody_knows_is_said(report_page):
    page = report_page(permissions=[])
    page.get_by_role("combobox").fill("zzzzzz")
    expect(page.get_by_text("No town of that name is known here.")).to_be_visible()
    expect(page.get_by_role("link", name="GeoNames")).to_be_visible()
