"""The public report page on a phone: twice is once, and nothing typed is lost."""

import contextlib
import re

import pytest
from playwright.sync_api import Error, expect

from tests.browser.report_page import BREST, SEND, sent, set_the_pin
from tracker.models import Incident

pytestmark = pytest.mark.once


def test_a_double_tap_makes_one_incident(report_page):
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    expect(page.locator("#id_name")).to_have_value(re.compile("Brest"))
    page.get_by_role("button", name=SEND).dblclick()
    sent(page)


def test_a_double_tap_without_javascript_makes_one_incident(report_page):
    page = report_page(java_script_enabled=False)
    page.locator("#id_name").fill("Twice")
    page.locator("#id_latitude").fill("48.39")
    page.locator("#id_longitude").fill("-4.49")
    page.get_by_role("button", name=SEND).dblclick()
    sent(page)


def test_sent_again_after_going_back_it_is_still_one(report_page):
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.get_by_role("button", name=SEND).tap()
    reference = sent(page).pk
    page.go_back()
    expect(page.locator("#id_name")).to_have_value("Burst pipe")
    expect(page.locator(".pin")).to_be_visible()
    page.get_by_role("button", name=SEND).tap()
    assert sent(page).pk == reference


def test_report_another_starts_with_an_empty_form(report_page):
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.get_by_role("button", name=SEND).tap()
    sent(page)
    page.get_by_role("link", name="Report another").tap()
    expect(page.locator("#id_name")).to_have_value("")
    page.locator("#id_name").fill("Another pipe")
    set_the_pin(page)
    page.get_by_role("button", name=SEND).tap()
    page.wait_for_url(re.compile("report_success"))
    assert Incident.objects.count() == 2


def test_a_network_that_is_lost_while_sending_loses_nothing(report_page, watch):
    watch.excused.append("ERR_INTERNET_DISCONNECTED")
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_role("button", name=SEND).tap()
    expect(page.get_by_role("alert").filter(has_text="Not sent")).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("Burst pipe")
    assert not Incident.objects.exists()
    page.context.set_offline(False)
    expect(page.get_by_role("alert").filter(has_text="You are online again")).to_be_visible()
    page.get_by_role("button", name=SEND).tap()
    assert sent(page).name == "Burst pipe"


def test_a_lost_answer_and_a_second_try_make_one_incident(report_page, watch):
    watch.excused.append("ERR_FAILED")
    page = report_page(permissions=[])
    words = []  # what would fill in the description, comes late
    page.route("**/place/nearest/**", lambda route: words.append(route))
    page.locator("#id_name").fill("Burst pipe")
    with page.expect_request("**/place/nearest/**"):
        set_the_pin(page)

    def take_and_lose(route):
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/report/", take_and_lose)
    page.get_by_role("button", name=SEND).tap()
    expect(page.get_by_role("alert").filter(has_text="Not sent")).to_be_visible()
    assert Incident.objects.count() == 1
    with contextlib.suppress(Error):  # the page does not wait for it any more
        words[0].continue_()
    page.wait_for_timeout(300)
    page.unroute("**/report/")
    page.get_by_role("button", name=SEND).tap()
    assert sent(page).name == "Burst pipe"


def test_a_page_that_was_left_has_the_text_when_it_is_opened_again(report_page):
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Burst pipe")
    page.get_by_role("radio", name="Low").locator("xpath=..").tap()
    set_the_pin(page)
    page.reload()
    expect(page.locator("#id_name")).to_have_value("Burst pipe")
    expect(page.get_by_role("radio", name="Low")).to_be_checked()
    expect(page.locator(".pin")).to_be_visible()
    page.get_by_role("button", name="Start afresh").tap()
    expect(page.locator("#id_name")).to_have_value("")
    expect(page.get_by_role("radio", name="Medium")).to_be_checked()
    expect(page.locator("#draft-note")).to_be_hidden()


def test_words_that_the_page_had_filled_in_are_not_taken_for_typed_ones_afterwards(report_page):
    page = report_page(permissions=[])
    page.get_by_role("combobox").fill("48.39, -4.49")
    page.get_by_role("combobox").press("Enter")
    expect(page.locator("#id_place")).to_have_value(re.compile("Brest"))
    page.locator("#id_name").fill("Burst pipe")
    page.reload()
    expect(page.locator("#id_place")).to_have_value(re.compile("Brest"))
    expect(page.locator("#place-words")).to_contain_text("Brest")
    page.get_by_role("combobox").fill("64.147, -21.94")
    page.get_by_role("combobox").press("Enter")
    for field in ("place", "description"):
        expect(page.locator(f"#id_{field}")).to_have_value(re.compile("Reykjavík"))
    expect(page.locator("#id_name")).to_have_value("Burst pipe")


def test_a_report_that_went_the_plain_way_leaves_no_draft(report_page):
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.route("**/report/", lambda route: route.fulfill(json={}) if is_by_script(route) else route.continue_())
    page.get_by_role("button", name=SEND).tap()
    sent(page)
    page.unroute("**/report/")
    page.get_by_role("link", name="Report another").tap()
    expect(page.locator("#id_name")).to_have_value("")
    expect(page.locator("#draft-note")).to_be_hidden()


def test_the_thanks_for_one_report_take_nothing_from_the_next_that_is_being_typed(report_page):
    page = report_page(permissions=[])
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.get_by_role("button", name=SEND).tap()
    sent(page)
    page.get_by_role("link", name="Report another").tap()
    page.locator("#id_name").fill("Fire at the school")
    page.go_back()
    expect(page.locator(".reference")).to_be_visible()
    page.reload()
    page.get_by_role("link", name="Report another").tap()
    expect(page.locator("#id_name")).to_have_value("Fire at the school")


def is_by_script(route) -> bool:
    return route.request.method == "POST" and route.request.headers["accept"] == "application/json"


def test_too_many_reports_are_said_on_the_page(live_site, report_page, watch):
    watch.excused.append("429")
    page = report_page(permissions=[])
    page.route("**/report/", lambda route: route.fulfill(status=429, body="<h1>Too many</h1>"))
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.get_by_role("button", name=SEND).tap()
    expect(page.get_by_role("heading", name="Too many")).to_be_visible()
