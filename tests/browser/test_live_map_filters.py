"""The panel's filters: what they list, that they stand in the address, and that they hide no alert in silence."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import LiveMap, live
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


def filters(page: Page):
    return page.locator("#panel-filters")


def open_filters(page: Page) -> None:
    page.get_by_text("Filter:").click()
    expect(filters(page)).to_be_visible()


def names(page: Page, which: str) -> list[str]:
    return page.locator(f"#{which}-list .entry-name").all_text_contents()


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
    expect(page.locator("#alerts-hidden")).to_have_text("1 unacknowledged alert is hidden by the filter.")
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
    page.get_by_role("tab", name="Incidents").click()
    expect(page.get_by_text("No open incident passes the filter.")).to_be_visible()
    expect(page.locator("#alerts-hidden")).to_have_text("3 unacknowledged alerts are hidden by the filter.")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#alert-count")).to_have_text("3")


def test_a_new_alert_that_the_filter_hides_still_toasts_and_is_shown_on_request(open_page, harbour, vera):
    live_map = live(open_page("/#map=7/49.5/10.5&severity=UR", vera))
    page = live_map.page
    expect(page.locator("#alert-count")).to_have_text("1 of 3")
    make.incident("Smoke", (9.5, 49.6), "HI")
    alert = Alert.objects.get(incident_name="Smoke")
    expect(page.locator("#toasts")).to_contain_text("Smoke")
    expect(page.locator("#alerts-hidden")).to_have_text("3 unacknowledged alerts are hidden by the filter.")
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


def drawn(live_map: LiveMap) -> list[str]:
    return live_map.shown()["markers"]


def test_the_map_shows_what_the_panel_lists_and_says_so(open_page, harbour, vera):
    live_map = live(open_page("/#map=7/49.5/10.5", vera))
    page = live_map.page
    ids = {incident.name: incident.feature_id for incident in Incident.objects.all()}
    note = page.locator("#map-note")
    expect(note).to_be_hidden()
    assert drawn(live_map) == sorted(ids.values())

    open_filters(page)
    filters(page).get_by_label("Severity").select_option("High or worse")
    expect(note).to_have_text("Filtered: 2 of 4 incidents shown")
    assert drawn(live_map) == sorted([ids["Crane on fire"], ids["Oil spill"]])
    make.incident("Drain blocked", (9.5, 49.8), "LO")  # news that the filter hides
    expect(note).to_have_text("Filtered: 2 of 5 incidents shown")
    assert drawn(live_map) == sorted([ids["Crane on fire"], ids["Oil spill"]])
    Incident.objects.get(name="Buoy adrift").delete()
    worse = Incident.objects.get(name="Drain blocked")
    worse.severity = "UR"
    worse.save()  # and now it does not
    expect(note).to_have_text("Filtered: 3 of 4 incidents shown")
    assert worse.feature_id in drawn(live_map)

    page.get_by_text("Filter:").click()  # away with the form
    note.click()
    expect(filters(page)).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(note).to_be_hidden()
    assert len(drawn(live_map)) == 4


def test_what_a_listed_alert_is_about_is_on_the_map_though_it_is_older_than_the_filter(open_page, harbour, vera):
    crane = Incident.objects.get(name="Crane on fire")
    Incident.objects.filter(pk=crane.pk).update(created=timezone.now() - timedelta(days=3))
    live_map = live(open_page("/#map=7/49.5/10.5&within=1h", vera))
    assert "Urgent: Crane on fire" in names(live_map.page, "alert")
    assert "Urgent: Crane on fire" in names(live_map.page, "incident")
    assert crane.feature_id in drawn(live_map)


def test_a_popup_of_what_the_filter_takes_away_is_closed(open_page, harbour, vera):
    page = live(open_page("/#map=7/49.5/10.5", vera)).page
    page.get_by_role("tab", name="Incidents").click()
    page.locator("#incident-list").get_by_role("button", name="Buoy adrift").click()
    expect(page.locator(".feature-popup")).to_contain_text("Buoy adrift")
    open_filters(page)
    filters(page).get_by_label("Severity").select_option("High or worse")
    expect(page.locator(".feature-popup")).to_have_count(0)


def test_listing_only_what_is_in_view_stands_in_the_address(open_page, harbour, vera):
    page = live(open_page("/#map=8/49.5/9.5", vera)).page
    page.get_by_role("tab", name="Incidents").click()
    page.get_by_label("In this part of the map").check()
    assert page.evaluate("location.hash") == "#map=8/49.500/9.500&tab=incidents&list=in-view"
    page.reload()
    live(page)
    expect(page.get_by_label("In this part of the map")).to_be_checked()
    page.get_by_role("radio", name="All", exact=True).check()
    assert "list=" not in page.evaluate("location.hash")
    page.evaluate("location.hash = '#map=8/49.5/9.5&list=in-view'")
    expect(page.get_by_label("In this part of the map")).to_be_checked()


def test_the_panel_says_how_many_wait_and_has_a_tab_for_each_list(open_page, harbour, vera, live_site):
    page = live(open_page("/#map=7/49.5/10.5", vera, width=360, height=740)).page
    expect(page.locator("#alerts-waiting")).to_have_text("3 waiting")
    page.get_by_role("button", name="Alerts and incidents").click()  # the sheet is away, and still says it
    expect(page.get_by_role("button", name="Alerts and incidents")).to_contain_text("3 waiting")
    page.get_by_role("button", name="Alerts and incidents").click()
    alerts, incidents = page.get_by_role("tab", name="Alerts"), page.get_by_role("tab", name="Incidents")
    expect(alerts).to_have_text("Alerts 3 3 waiting", use_inner_text=True)
    expect(incidents).to_have_text("Incidents 4", use_inner_text=True)
    incidents.click()
    expect(page.get_by_role("tabpanel", name="Incidents")).to_be_visible()
    expect(page.get_by_role("tabpanel", name="Alerts")).to_be_hidden()
    expect(page.locator("#incident-list > li").first).to_be_in_viewport()


def test_the_tabs_by_keyboard_and_in_the_address(open_page, harbour, vera):
    page = live(open_page("/#map=7/49.5/10.5", vera)).page
    alerts, incidents = page.get_by_role("tab", name="Alerts"), page.get_by_role("tab", name="Incidents")
    alerts.focus()
    for key, tab in [("ArrowRight", incidents), ("ArrowRight", alerts), ("ArrowLeft", incidents), ("Home", alerts)]:
        page.keyboard.press(key)
        expect(tab).to_be_focused()
        expect(tab).to_have_attribute("aria-selected", "true")
    expect(incidents).to_have_attribute("tabindex", "-1")
    page.keyboard.press("End")
    assert page.evaluate("location.hash").endswith("&tab=incidents")
    page.reload()
    live(page)
    expect(incidents).to_have_attribute("aria-selected", "true")
    make.incident("Smoke", (9.5, 49.6), "HI")
    page.locator("#toasts").get_by_role("button", name="Show").click()  # leads to the alert, wherever one is
    expect(alerts).to_have_attribute("aria-selected", "true")
    assert "tab=" not in page.evaluate("location.hash")


def test_the_toolbars_severities_say_how_many_are_open_and_filter(open_page, harbour, vera):
    page = live(open_page("/#map=7/49.5/10.5", vera)).page
    chips = page.get_by_role("group", name="Severities").get_by_role("button")
    expect(page.locator(".chip-count")).to_have_text(["1", "1", "1", "1", "0"])
    high = chips.nth(1)
    expect(high).to_have_accessible_name("1 High open; list High or worse")
    high.click()
    expect(page.locator("#incident-count")).to_have_text("2 of 4")
    expect(page.locator("#filters-now")).to_have_text("High or worse")
    expect(high).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".chip-count")).to_have_text(["1", "1", "1", "1", "0"])  # of all, whatever is listed
    assert "severity=HI" in page.evaluate("location.hash")
    high.click()
    expect(page.locator("#incident-count")).to_have_text("4")
    page.get_by_role("searchbox", name="Text").fill("oil")
    page.keyboard.press("Tab")
    chips.nth(0).click()
    expect(page.locator("#filters-now")).to_have_text("Urgent · “oil”")  # what is being typed is not lost


def test_open_mine_and_waiting(open_page, harbour, vera):
    page = live(open_page("/#map=7/49.5/10.5", vera)).page
    page.locator("#alert-list > li", has_text="Oil spill").get_by_role("button", name=re.compile("^Ack")).click()
    expect(page.locator("#alerts-waiting")).to_have_text("2 waiting")
    page.get_by_role("radio", name="Waiting").check(force=True)  # it lies under its own words
    expect(page.locator("#alert-count")).to_have_text("2 of 3")  # once the card has gone
    assert names(page, "incident") == ["Urgent: Crane on fire", "Low: Tree on the road"]
    expect(page.locator("#filters-now")).to_have_text("waiting")
    card = page.locator("#alert-list > li", has_text="Crane on fire")
    card.get_by_role("button", name=re.compile("^Ack")).click()
    expect(card).to_contain_text("Acknowledged – Undo")  # and stays in its place for a while
    expect(card).to_have_count(0)

    page.get_by_role("radio", name="Mine").check(force=True)
    expect(page.locator("#alert-count")).to_have_text("3")
    page.get_by_text("Calls me:").click()
    page.get_by_label("Only these").check()
    page.get_by_role("checkbox", name="Harbour").check()
    expect(page.locator("#alert-count")).to_have_text("2 of 3")
    assert "show=mine" in page.evaluate("location.hash")
    page.reload()
    live(page)
    expect(page.locator("#alert-count")).to_have_text("2 of 3")
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("radio", name="Open")).to_be_checked()
    expect(page.locator("#alert-count")).to_have_text("3")
