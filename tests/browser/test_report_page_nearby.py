"""The public report page on a phone: what is open near the pin is shown, and it may be one of them."""

import re

import pytest
from playwright.sync_api import Page, expect
from redis import Redis

from tests import make
from tests.browser.report_page import BREST, SEND
from tracker.incidents import history
from tracker.models import Incident

pytestmark = pytest.mark.once


def test_what_is_open_near_the_pin_is_shown_and_it_is_one_of_them(live_site, report_page):
    known = make.public_incident("Fallen tree", (-4.49, 48.3909), "HI", description="Secret", place="in Brest, France")
    make.public_incident("Far away", (-4.6, 48.39), "UR")
    make.public_incident("Over", (-4.49, 48.39), "UR", closed=True)
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    nearby = page.get_by_role("region", name="Is it one of these?")
    expect(nearby.get_by_role("listitem")).to_have_count(1)
    expect(nearby).to_contain_text("Fallen tree")
    expect(nearby).to_contain_text("High · about 100 m away · just now")
    expect(nearby).to_contain_text("in Brest, France")
    expect(nearby.locator(".severity-icon")).to_be_visible()
    assert "Secret" not in page.content()
    nearby.get_by_role("button", name="Yes, it is this one").tap()
    expect(page.get_by_role("heading", name="It is known already")).to_be_visible()
    expect(page.locator(".reference")).to_have_text(str(known.pk))
    assert Incident.objects.filter(closed=False).count() == 2
    assert history.reports(known).times == 1


def test_a_double_tap_on_this_one_counts_once_and_going_back_does_not_count_again(live_site, report_page):
    known = make.public_incident("Fallen tree", (-4.49, 48.3909), "HI")
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    page.get_by_role("button", name="Yes, it is this one").dblclick()
    expect(page.get_by_role("heading", name="It is known already")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Yes, it is this one").tap()
    expect(page.get_by_role("heading", name="It is known already")).to_be_visible()
    assert history.reports(known).times == 1


def test_without_a_network_this_one_is_not_lost_and_one_that_is_over_is_said(live_site, report_page, watch):
    watch.excused += ["ERR_INTERNET_DISCONNECTED", "409"]
    known = make.public_incident("Fallen tree", (-4.49, 48.3909), "HI")
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    nearby = page.get_by_role("region", name="Is it one of these?")
    yes = nearby.get_by_role("button", name="Yes, it is this one")
    expect(yes).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    yes.tap()
    expect(nearby.get_by_role("alert")).to_have_text("Not sent. The server cannot be reached. Check your connection.")
    page.context.set_offline(False)
    known.closed = True
    known.save()
    yes.tap()
    expect(nearby.get_by_role("alert")).to_contain_text("It is not open any more.")
    assert history.reports(known).times == 0
    page.get_by_role("button", name=SEND).tap()
    page.wait_for_url(re.compile("report_success"))


def test_while_this_one_is_being_sent_that_is_said_and_read_out(live_site, report_page, watch):
    watch.excused.append("ERR_FAILED")
    make.public_incident("Fallen tree", (-4.49, 48.3909), "HI")
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    nearby = page.get_by_role("region", name="Is it one of these?")
    yes = nearby.get_by_role("listitem").get_by_role("button")
    expect(yes).to_have_accessible_name(re.compile("^Yes, it is this one ?: Fallen tree$"))
    held = []
    page.route("**/also_reported/", lambda route: held.append(route))
    with page.expect_request("**/also_reported/"):
        yes.tap()
    expect(yes).to_have_accessible_name(re.compile("^Sending … ?: Fallen tree$"))
    expect(page.locator("#nearby-status")).to_have_text("Sending …")
    held[0].abort()
    expect(nearby.get_by_role("alert")).to_contain_text("Not sent.")
    expect(yes).to_have_accessible_name(re.compile("^Yes, it is this one ?: Fallen tree$"))
    expect(page.locator("#nearby-status")).to_have_text("")


def test_the_list_stays_while_one_of_it_is_being_sent_and_is_new_when_that_failed(live_site, report_page, watch):
    watch.excused.append("ERR_FAILED")
    make.public_incident("Fallen tree", (-4.49, 48.3909), "HI")
    flood = make.public_incident("Flood", (-4.49, 48.4409), "HI")
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    nearby = page.get_by_role("region", name="Is it one of these?")
    yes = nearby.get_by_role("listitem").get_by_role("button")
    held = []
    page.route("**/also_reported/", lambda route: held.append(route))
    with page.expect_request("**/also_reported/"):
        yes.tap()
    with page.expect_response("**/nearby/*"):
        page.get_by_role("combobox").fill("48.44, -4.49")
        page.get_by_role("combobox").press("Enter")
    page.wait_for_timeout(300)
    expect(nearby).to_contain_text("Fallen tree")
    expect(yes).to_contain_text("Sending …")
    held[0].abort()
    expect(nearby).to_contain_text("Flood")
    expect(nearby).not_to_contain_text("Fallen tree")
    expect(nearby.get_by_role("alert")).to_contain_text("Not sent.")
    page.unroute("**/also_reported/")
    yes.tap()
    expect(page.locator(".reference")).to_have_text(str(flood.pk))
    assert history.reports(flood).times == 1


def test_a_page_that_is_too_old_says_so_and_loaded_again_it_is_the_same_form(live_site, report_page, watch):
    watch.excused.append("403")
    known = make.public_incident("Fallen tree", (-4.49, 48.3909), "HI")
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    nearby = page.get_by_role("region", name="Is it one of these?")
    yes = nearby.get_by_role("button", name="Yes, it is this one")
    expect(yes).to_be_visible()
    key = page.locator("#id_submission").input_value()
    page.context.clear_cookies()
    yes.tap()
    expect(nearby.get_by_role("alert")).to_have_text(
        "Not sent. This page is too old. Load it again; what you typed is kept."
    )
    page.reload()
    expect(page.locator("#id_submission")).to_have_value(key)
    yes.tap()
    expect(page.locator(".reference")).to_have_text(str(known.pk))


@pytest.fixture
def beside_a_tree(live_site, report_page) -> Page:
    """The page, near the place of a fallen tree that somebody has reported."""
    make.public_incident("Fallen tree", (-4.4905, 48.3903), "HI")
    return report_page(geolocation=BREST, permissions=["geolocation"])


def send_one_more(page: Page) -> None:
    page.get_by_role("button", name=SEND).tap()
    page.wait_for_url(re.compile("report_success"))
    assert Incident.objects.count() == 2


def test_it_is_none_of_them_and_the_report_goes_on(beside_a_tree):
    page = beside_a_tree
    nearby = page.get_by_role("region", name="Is it one of these?")
    nearby.get_by_role("button", name="No, report mine").tap()
    expect(nearby).to_be_hidden()
    expect(page.locator("#id_name")).to_be_focused()
    page.locator("#id_name").fill("Another")
    send_one_more(page)


def test_nobody_has_to_answer(beside_a_tree):
    expect(beside_a_tree.get_by_role("region", name="Is it one of these?")).to_be_visible()
    send_one_more(beside_a_tree)


def test_after_it_is_this_one_the_text_is_still_there_to_go_back_to(beside_a_tree):
    page = beside_a_tree
    page.locator("#id_name").fill("A fire, not a tree")
    page.get_by_role("button", name="Yes, it is this one").tap()
    page.get_by_role("link", name="report mine").tap()
    expect(page.locator("#id_name")).to_have_value("A fire, not a tree")
    expect(page.locator("#id_latitude")).to_have_value("48.39")


@pytest.fixture
def after_two_spots(live_site):
    """The site, where a stranger may look at two spots an hour."""
    before = dict(live_site.env)
    live_site.stop()
    if before["REDIS_URL"]:  # where it is kept what the tests before were told
        redis = Redis.from_url(before["REDIS_URL"])
        for key in redis.scan_iter("*LIMITER*"):
            redis.delete(key)
    live_site.env["NEARBY_RATE"] = "2/hour"
    live_site.start()
    yield
    live_site.stop()
    live_site.env = before


def test_who_has_looked_at_enough_places_is_told_so_calmly_and_moves_the_pin_and_reports(
    after_two_spots, report_page, watch
):
    watch.excused.append("429")
    make.public_incident("Fallen tree", (-4.49, 48.3909), "HI")
    page = report_page(geolocation=BREST, permissions=["geolocation"])
    nearby = page.get_by_role("region", name="Is it one of these?")
    put_off = page.locator("#nearby-put-off")
    expect(nearby).to_contain_text("Fallen tree")

    def go_to(text: str) -> None:
        with page.expect_response("**/nearby/*"):
            page.get_by_role("combobox").fill(text)
            page.get_by_role("combobox").press("Enter")

    for moved in ("48.3901, -4.4901", "48.3902, -4.4899", "48.3899, -4.49"):  # about the spot
        go_to(moved)
        expect(nearby).to_contain_text("Fallen tree")
    go_to("48.44, -4.49")
    expect(nearby).to_be_hidden()
    expect(put_off).to_have_text("")
    go_to("48.48, -4.49")
    expect(put_off).to_contain_text(re.compile(r"can be shown again in \d+ minutes. You can report all the same."))
    expect(put_off).to_be_visible()
    go_to("48.39, -4.49")
    expect(nearby).to_contain_text("Fallen tree")  # what was told is told again
    expect(put_off).to_have_text("")
    go_to("48.52, -4.49")
    expect(put_off).to_be_visible()
    page.locator("#id_name").fill("Far from there")
    send_one_more(page)
