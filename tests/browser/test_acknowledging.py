"""Acknowledging in the panel, in a toast and on the map: one card an incident, nothing slides under the pointer, and a
mistake is taken back without calling anybody."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import LiveMap, live
from tracker.alerts import lifecycle
from tracker.incidents import bulk
from tracker.lib.request.current_user import acting_as
from tracker.models import Alert

pytestmark = pytest.mark.once

BOX = (9.0, 49.0, 10.0, 50.0)

ACKNOWLEDGE = re.compile("^Acknowledge")  # "Undo: acknowledged …" has that word, too


@pytest.fixture
def areas(live_site):
    return [make.area(name, make.box(*BOX), "IN") for name in ("Harbour", "Hill", "Old town")]


def report(name: str, severity: str = "HI"):
    return make.incident(name, (9.5, 49.5), severity)


def card(page: Page, name: str):
    return page.locator("#alert-list > li", has_text=name)


def waiting() -> int:
    return Alert.objects.filter(state="unacknowledged").count()


def test_an_incident_is_one_card_and_one_click(open_page, areas, vera):
    report("Crane")
    page = live(open_page("/", vera)).page
    expect(page.locator("#alert-count")).to_have_text("3")
    expect(page.locator("#alert-list > li")).to_have_count(1)
    expect(card(page, "Crane")).to_contain_text("Old town +2")
    acknowledge = card(page, "Crane").get_by_role("button", name=ACKNOWLEDGE)
    expect(acknowledge).to_have_accessible_name("Acknowledge: Crane in Old town, Hill and Harbour")
    acknowledge.click()
    expect(card(page, "Crane")).to_contain_text("Acknowledged by Vera Vega")
    assert waiting() == 0


def test_a_double_click_acknowledges_what_was_seen_and_no_more(open_page, areas, vera):
    for n in range(6):
        report(f"Incident {n}", "UR")
    page = live(open_page("/", vera)).page
    names = page.locator("#alert-list .entry-name")
    order = names.all_text_contents()
    button = page.locator("#alert-list > li").first.get_by_role("button", name="Acknowledge")
    box = button.bounding_box()
    assert box
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(2):  # as two clicks of one hand, and as two of the system's
        page.mouse.click(*at)
        page.wait_for_timeout(150)
    page.mouse.dblclick(*at)
    first = page.locator("#alert-list > li").first
    expect(first).to_contain_text("Acknowledged – Undo")
    assert names.all_text_contents() == order, "nothing has slid under the pointer"
    assert waiting() == 5 * 3
    expect(page.locator("#alert-list > li").first).to_contain_text("Incident 4")  # after a while
    assert waiting() == 5 * 3


def test_undo_gives_it_back_and_calls_nobody(open_page, areas, vera, olga):
    report("Crane")
    page, other = (live(open_page("/", person)).page for person in (vera, olga))
    card(page, "Crane").get_by_role("button", name=ACKNOWLEDGE).click()
    expect(card(other, "Crane")).to_contain_text("Acknowledged by Vera Vega")
    card(page, "Crane").get_by_role("button", name="Undo").click()
    for each in (page, other):
        expect(card(each, "Crane").get_by_role("button", name=ACKNOWLEDGE)).to_be_visible()
        expect(each.locator("#toasts section")).to_have_count(0)
    assert waiting() == 3
    assert not Alert.objects.exclude(acknowledged_by=None).exists()


def test_undo_of_what_a_colleague_had_in_part(live_site, open_page, areas, vera, olga):
    report("Crane")
    page = live(open_page("/", vera)).page
    first = Alert.objects.order_by("pk").first()
    assert first
    lifecycle.acknowledge([first.pk], olga)
    expect(card(page, "Crane")).to_contain_text("by Olga Ortega")
    card(page, "Crane").get_by_role("button", name=ACKNOWLEDGE).click()
    card(page, "Crane").get_by_role("button", name="Undo").click()
    expect(card(page, "Crane").get_by_role("button", name=ACKNOWLEDGE)).to_be_visible()
    first.refresh_from_db()
    assert first.acknowledged_by == olga
    assert waiting() == 2


def test_a_toast_stays_for_a_while_too(open_page, areas, vera):
    page = live(open_page("/", vera)).page
    for n in range(2):
        report(f"Incident {n}")
    toasts = page.locator("#toasts section")
    expect(toasts).to_have_count(2)
    toasts.first.get_by_role("button", name="Acknowledge").dblclick()
    expect(toasts.first).to_contain_text("Acknowledged – Undo")
    assert waiting() == 3
    toasts.first.get_by_role("button", name="Undo").click()
    expect(toasts).to_have_count(1)
    expect(page.locator("#alert-count")).to_have_text("6")
    assert waiting() == 6
    expect(page.locator("#alert-list > li")).to_have_count(2)


def test_what_failed_is_said_and_waits(live_site, open_page, watch, areas, vera):
    watch.excused.append("Failed to load resource")
    report("Crane")
    page = live(open_page("/", vera)).page
    page.route("**/tracker/alert/acknowledge/", lambda route: route.abort())
    card(page, "Crane").get_by_role("button", name=ACKNOWLEDGE).click()
    expect(page.locator("#notice")).to_contain_text("Not acknowledged")
    expect(card(page, "Crane").get_by_role("button", name=ACKNOWLEDGE)).to_be_enabled()


def test_the_popup_acknowledges_edits_and_closes(open_page, areas, olga):
    incident = report("Crane")
    map_page = live(open_page("/", olga))
    page, popup = map_page.page, map_page.page.locator(".leaflet-popup")
    map_page.show_incidents()
    map_page.incident_entry(incident.feature_id).get_by_role("button").first.click()
    expect(popup).to_contain_text("Alert waits in Old town, Hill and Harbour")
    popup.get_by_role("button", name="Acknowledge").click()
    expect(popup).to_contain_text("Acknowledged in Harbour by Olga Ortega")
    assert waiting() == 0
    edit = popup.get_by_role("link", name="Edit")
    assert edit.get_attribute("href") == f"/tracker/incident/update/{incident.pk}/"
    popup.get_by_role("button", name="Close the incident").click()
    expect(popup).to_have_count(0)
    expect(page.locator("#notice")).to_contain_text("1 incident was closed.")
    page.locator("#notice").get_by_role("button", name="Undo").click()
    page.get_by_role("tab", name="Alerts").click()
    expect(card(page, "Crane")).to_contain_text("Acknowledged")
    expect(page.locator("#toasts section")).to_have_count(0)
    assert waiting() == 0


def test_who_may_only_look_is_offered_nothing(live_site, open_page, areas):
    incident = report("Crane")
    otto = live_site.make_user("otto", "none", "view_incident", "view_areaofinterest", "view_alert")
    map_page = live(open_page("/", otto))
    map_page.show_incidents()
    map_page.incident_entry(incident.feature_id).get_by_role("button").first.click()
    popup = map_page.page.locator(".leaflet-popup")
    expect(popup).to_contain_text("Alert waits in")
    expect(popup.get_by_role("button", name="Acknowledge")).to_have_count(0)
    expect(popup.get_by_role("link", name="Edit")).to_have_count(0)


def test_a_closing_that_is_undone_calls_nobody(live_site, open_page, areas, vera, olga):
    incident = report("Crane")
    page = live(open_page("/", vera)).page
    card(page, "Crane").get_by_role("button", name=ACKNOWLEDGE).click()
    expect(card(page, "Crane")).to_contain_text("Acknowledged by Vera Vega")
    with acting_as(olga):
        at = bulk.close_undoably([incident.pk])[1]
    expect(page.locator("#alert-list > li")).to_have_count(0)
    bulk.undo_closing(olga, at)
    expect(card(page, "Crane")).to_contain_text("Acknowledged by Vera Vega")
    expect(page.locator("#toasts section")).to_have_count(0)
    LiveMap(page).assert_nothing_twice()
