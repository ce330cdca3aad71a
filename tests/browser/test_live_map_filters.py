"""The panel's filters: what they list, that they stand in the address, and that they hide no alert in silence."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import LiveMap
from tracker.models import Alert, AreaOfInterest, Incident

pytestmark = pytest.mark.once


@pytest.fixture
def vera(live_site):
    return live_site.make_user("vera")


@pytest.fixture
def harbour(live_site) -> AreaOfInterest:
    """Three incidents in the harbour, two of which alert, and one on the hill that does."""
    harbour = make.area("Harbour", make.box(9, 49, 10, 50), "HI")
    make.area("Hill", make.box(11, 49, 12, 50), "LO")
    make.incident("Crane on fire", (9.2, 49.5), "UR")
    make.incident("Oil spill", (9.8, 49.5), "HI")
    make.incident("Buoy adrift", (9.5, 49.2), "ME")
    make.incident("Tree on the road", (11.5, 49.5), "LO")
    return harbour


def live(page: Page) -> LiveMap:
    live_map = LiveMap(page)
    live_map.wait_until_live()
    return live_map


def filters(page: Page):
    return page.locator("#panel-filters")


def open_filters(page: Page) -> None:
    page.get_by_text("Filter:").click()
    expect(filters(page)).to_be_visible()


def names(page: Page, which: str) -> list[str]:
    return page.locator(f"#{which}-list .entry-name").all_inner_texts()


def test_each_filter_narrows_both_lists(open_page, harbour, vera):
    page = live(open_page("/", vera)).page
    expect(page.locator("#alert-count")).to_have_text("3")
    expect(page.get_by_role("button", name="Show all")).to_be_hidden()
    open_filters(page)

    filters(page).get_by_label("Severity").select_option("High or worse")
    expect(page.locator("#alert-count")).to_have_text("2 of 3")
    expect(page.locator("#incident-count")).to_have_text("2 of 4")
    expect(page.locator("#filter-result")).to_have_text("2 of 3 alerts, 2 of 4 incidents")
    expect(page.locator("#announcement")).to_have_text("Listed: 2 of 3 alerts, 2 of 4 incidents.")
    expect(page.locator("#alerts-hidden")).to_have_text("1 alert is hidden by the filter.")
    assert names(page, "incident") == ["Urgent: Crane on fire", "High: Oil spill"]

    filters(page).get_by_label("Severity").select_option("All")
    filters(page).get_by_label("Area").select_option("Harbour")
    expect(page.locator("#incident-count")).to_have_text("3 of 4")
    assert names(page, "alert") == ["Urgent: Crane on fire", "High: Oil spill"]

    filters(page).get_by_label("Text").fill("OIL")
    expect(page.locator("#incident-count")).to_have_text("1 of 4")
    assert names(page, "alert") == names(page, "incident") == ["High: Oil spill"]
    expect(page.locator("#filters-now")).to_have_text("Harbour · “OIL”")

    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#incident-count")).to_have_text("4")
    expect(page.locator("#alerts-hidden")).to_be_hidden()
    expect(filters(page).get_by_label("Text")).to_have_value("")


def test_the_time(open_page, harbour, vera):
    now = timezone.now()
    Incident.objects.filter(name="Crane on fire").update(created=now - timedelta(days=3))
    Incident.objects.filter(name="Buoy adrift").update(created=now - timedelta(hours=3))
    Alert.objects.filter(incident_name="Crane on fire").update(raised=now - timedelta(days=3))
    page = live(open_page("/", vera)).page
    open_filters(page)
    for words, alerts, incidents in [
        ("Last hour", "2 of 3", "2 of 4"),
        ("Last 24 hours", "2 of 3", "3 of 4"),
        ("Last 7 days", "3", "4"),
    ]:
        filters(page).get_by_label("Time").select_option(words)
        expect(page.locator("#alert-count")).to_have_text(alerts)
        expect(page.locator("#incident-count")).to_have_text(incidents)


def test_a_reload_and_a_link_that_is_passed_on_show_the_same(open_page, harbour, vera):
    page = live(open_page("/#map=7/49.50/10.50", vera)).page
    open_filters(page)
    filters(page).get_by_label("Severity").select_option("High or worse")
    filters(page).get_by_label("Area").select_option("Harbour")
    filters(page).get_by_label("Text").fill("oil & spill")
    page.wait_for_function("() => location.hash.includes('text=')")
    address = page.evaluate("location.hash")
    assert address == f"#map=7/49.500/10.500&severity=HI&area={harbour.pk}&text=oil+%26+spill"
    filters(page).get_by_label("Text").fill("oil")
    page.wait_for_function("() => location.hash.endsWith('text=oil')")

    page.reload()
    fresh = open_page("/" + page.evaluate("location.hash"), vera)
    for each in (page, fresh):
        live(each)
        expect(each.locator("#filters-now")).to_have_text("High or worse · Harbour · “oil”")
        assert names(each, "incident") == ["High: Oil spill"]
        open_filters(each)
        expect(filters(each).get_by_label("Area")).to_have_value(str(harbour.pk))
    fresh.locator(".leaflet-control-zoom-in").click()  # moving the map keeps them
    fresh.wait_for_function("() => location.hash.startsWith('#map=8/')")
    assert fresh.evaluate("location.hash").endswith(f"&severity=HI&area={harbour.pk}&text=oil")


def test_an_area_that_is_gone_and_values_that_are_none_are_no_dead_end(open_page, harbour, vera):
    page = live(open_page("/#map=7/49.5/10.5&area=999&severity=XX&within=2h", vera)).page
    expect(page.locator("#filters-now")).to_have_text("an area that is not there")
    expect(page.get_by_text("No alert passes the filter.")).to_be_visible()
    expect(page.get_by_text("No open incident passes the filter.")).to_be_visible()
    expect(page.locator("#alerts-hidden")).to_have_text("3 alerts are hidden by the filter.")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#alert-count")).to_have_text("3")


def test_a_new_alert_that_the_filter_hides_still_toasts_and_is_shown_on_request(open_page, harbour, vera):
    live_map = live(open_page("/#map=7/49.5/10.5&severity=UR", vera))
    page = live_map.page
    expect(page.locator("#alert-count")).to_have_text("1 of 3")
    make.incident("Smoke", (9.5, 49.6), "HI")
    alert = Alert.objects.get(incident_name="Smoke")
    expect(page.locator("#toasts")).to_contain_text("Smoke")
    expect(page.locator("#alerts-hidden")).to_have_text("3 alerts are hidden by the filter.")
    expect(live_map.alert_entry(alert.pk)).to_have_count(0)
    expect(page).to_have_title(re.compile(r"^\(4\)"))
    page.locator("#toasts").get_by_role("button", name="Show").click()
    expect(live_map.alert_entry(alert.pk).get_by_role("button").first).to_be_focused()
    expect(page.locator("#filters-now")).to_have_text("none")
    assert "severity" not in page.evaluate("location.hash")


def test_the_link_to_the_content_leaves_the_filter(open_page, harbour, vera):
    page = live(open_page("/#map=7/49.5/10.5&severity=UR", vera)).page
    page.evaluate("location.hash = '#content'")
    page.wait_for_timeout(300)
    expect(page.locator("#alert-count")).to_have_text("1 of 3")
    expect(page.locator("#filters-now")).to_have_text("Urgent")
