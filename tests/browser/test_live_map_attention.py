"""What calls a person on the live map: their own choice of alerts, the sound, system notifications; and dealing with
many alerts at once."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import LiveMap
from tracker.models import Alert

pytestmark = pytest.mark.once

# What the page gives to the loudspeaker and to the system, noted on its way there.
LISTEN = """
window.sounds = [];
const { start } = OscillatorNode.prototype;
OscillatorNode.prototype.start = function (...given) {
    window.sounds.push(this.frequency.value);
    return start.apply(this, given);
};
window.notes = [];
const Real = window.Notification;
window.Notification = class extends Real {
    constructor(title, options) {
        super(title, options);
        window.notes.push({ title, ...options, click: () => this.dispatchEvent(new Event("click")) });
    }
};
"""


@pytest.fixture
def vera(live_site):
    return live_site.make_user("vera")


@pytest.fixture
def areas(live_site):
    harbour = make.area("Harbour", make.box(9.0, 49.0, 10.0, 50.0), "IN")
    hill = make.area("Hill", make.box(10.5, 49.0, 11.5, 50.0), "IN")
    return harbour, hill


def live(page: Page) -> Page:
    LiveMap(page).wait_until_live()
    return page


def listening(page: Page) -> Page:
    page.context.add_init_script(LISTEN)
    page.reload()
    return live(page)


def in_harbour(name: str, severity: str = "UR"):
    return make.incident(name, (9.5, 49.5), severity)


def on_hill(name: str, severity: str = "UR"):
    return make.incident(name, (11, 49.5), severity)


def open_choices(page: Page):
    page.get_by_text("Calls me:").click()
    form = page.locator("#attention")
    expect(form).to_be_visible()
    return form


def toasts(page: Page):
    return page.locator("#toasts section")


# --- mine ----------------------------------------------------------------------------------------------------------


def test_only_what_is_mine_toasts_and_everything_is_listed(open_page, areas, vera):
    page = live(open_page("/", vera))
    expect(page.locator("#attention-now")).to_have_text("every alert · sound: Off")
    form = open_choices(page)
    form.get_by_label("Only these").check()
    expect(page.locator("#mine-problem")).to_contain_text("No area is chosen")
    form.get_by_label("Harbour").check()
    expect(page.locator("#mine-problem")).to_be_empty()
    form.get_by_label("Severity").select_option("High or worse")
    expect(page.locator("#attention-now")).to_have_text("High or worse in Harbour · sound: Off")

    on_hill("Tree down")
    in_harbour("Buoy adrift", "ME")
    expect(page.locator("#alert-count")).to_have_text("2")
    expect(page).to_have_title(re.compile(r"^\(2\)"))
    in_harbour("Crane on fire")
    expect(page.locator("#alert-count")).to_have_text("3")
    expect(toasts(page)).to_have_count(1)
    expect(toasts(page)).to_contain_text("Crane on fire")

    page.reload()
    live(page)
    expect(page.locator("#attention-now")).to_have_text("High or worse in Harbour · sound: Off")
    form = open_choices(page)
    expect(form.get_by_label("Harbour")).to_be_checked()
    expect(form.get_by_label("Hill")).not_to_be_checked()
    on_hill("Second tree")
    expect(page.locator("#alert-count")).to_have_text("4")
    expect(toasts(page)).to_have_count(1)
    expect(toasts(page)).to_contain_text("Crane on fire")  # nobody has dealt with it yet
    form.get_by_label("All, also new ones").check()
    form.get_by_label("Severity").select_option("All")
    expect(toasts(page)).to_contain_text("4 new alerts")  # they still wait


def test_a_choice_is_the_persons_own_and_never_outlives_its_areas(live_site, open_page, areas, vera):
    page = live(open_page("/", vera))
    form = open_choices(page)
    form.get_by_label("Only these").check()
    form.get_by_label("Harbour").check()
    expect(page.locator("#attention-now")).to_contain_text("in Harbour")
    areas[0].delete()
    expect(page.locator("#attention-now")).to_contain_text("every alert")
    on_hill("Tree down", "IN")
    expect(toasts(page)).to_contain_text("Tree down")

    olga = live_site.make_user("olga", "Operator")
    page.context.add_cookies([{"name": "sessionid", "value": live_site.session_key(olga), "url": live_site.url}])
    page.reload()
    live(page)
    expect(page.locator("#attention-now")).to_have_text("every alert · sound: Off")


def test_a_choice_is_followed_by_the_persons_other_windows(open_page, areas, vera):
    page = live(open_page("/", vera))
    other = page.context.new_page()
    other.goto("/")
    live(other)
    open_choices(page).get_by_label("Severity").select_option("Urgent")
    expect(other.locator("#attention-now")).to_have_text("Urgent in all areas · sound: Off")
    in_harbour("Buoy adrift", "LO")
    in_harbour("Crane on fire", "UR")
    for each in (page, other):
        expect(each.locator("#alert-count")).to_have_text("2")
        expect(toasts(each)).to_have_count(1)


# --- sound ---------------------------------------------------------------------------------------------------------


def test_the_sound_says_what_it_is(open_page, areas, vera):
    page = listening(open_page("/", vera))
    form = open_choices(page)
    switch = form.get_by_role("switch", name="Sound")
    expect(switch).to_have_text("Sound: Off")
    expect(switch).to_have_attribute("aria-checked", "false")
    in_harbour("Unheard")
    expect(toasts(page)).to_have_count(1)
    assert page.evaluate("window.sounds") == []

    switch.click()
    expect(switch).to_have_text("Sound: On")
    expect(switch).to_have_attribute("aria-checked", "true")
    page.wait_for_function("() => window.sounds.length === 1")  # so it sounds
    in_harbour("Heard")
    page.wait_for_function("() => window.sounds.length > 2")
    urgent = page.evaluate("window.sounds.splice(0).slice(1)")
    page.wait_for_timeout(3000)
    on_hill("Softer", "LO")
    page.wait_for_function("() => window.sounds.length > 0")
    low = page.evaluate("window.sounds.splice(0)")
    assert max(low) < max(urgent)
    assert len(low) < len(urgent)

    page.reload()  # nobody has touched the new page yet
    live(page)
    expect(page.locator("#attention-now")).to_have_text("every alert · sound: Blocked by the browser")
    page.locator("#alerts-tab").click()
    expect(page.locator("#attention-now")).to_have_text("every alert · sound: On")
    open_choices(page)
    switch.click()
    expect(switch).to_have_text("Sound: Off")


def test_only_what_is_mine_sounds_and_a_batch_once(open_page, areas, vera):
    page = listening(open_page("/", vera))
    form = open_choices(page)
    form.get_by_role("switch", name="Sound").click()
    expect(form.get_by_role("switch", name="Sound")).to_have_text("Sound: On")
    form.get_by_label("Only these").check()
    form.get_by_label("Harbour").check()
    page.wait_for_function("() => window.sounds.splice(0).length")
    on_hill("Not mine")
    expect(page.locator("#alert-count")).to_have_text("1")
    assert page.evaluate("window.sounds") == []
    for n in range(5):
        in_harbour(f"Mine {n}", "HI")
    expect(page.locator("#alert-count")).to_have_text("6")
    page.wait_for_timeout(500)
    assert len(page.evaluate("window.sounds")) == 3  # the notes of High, once


# --- system notifications ------------------------------------------------------------------------------------------


def test_a_notification_comes_after_a_click_and_leads_to_the_alert(open_page, areas, vera):
    page = open_page("/", vera, whole=True)
    page.context.grant_permissions(["notifications"])
    page = listening(page)
    in_harbour("Before")
    expect(toasts(page)).to_have_count(1)
    assert page.evaluate("window.notes.length") == 0
    form = open_choices(page)
    switch = form.get_by_role("switch", name="System notifications")
    expect(switch).to_have_text("System notifications: Off")
    switch.click()
    expect(switch).to_have_text("System notifications: On")
    expect(page.locator("#attention-now")).to_contain_text("notifications: On")

    toasts(page).get_by_role("button", name="Dismiss").click()
    incident = in_harbour("Crane on fire")
    page.wait_for_function("() => window.notes.length === 1")
    note = page.evaluate("({ ...window.notes[0], click: null })")
    assert note["title"] == "Urgent: Crane on fire"
    assert note["body"] == "in Harbour – Incident reported"
    page.evaluate("window.notes[0].click()")
    expect(page.locator(".leaflet-popup")).to_contain_text("Crane on fire")
    alert = Alert.objects.get(incident_id=incident.pk)
    expect(LiveMap(page).alert_entry(alert.pk).get_by_role("button").first).to_be_focused()

    form.get_by_label("Only these").check()
    form.get_by_label("Hill").check()
    in_harbour("Not mine")
    expect(page.locator("#alert-count")).to_have_text("3")
    assert page.evaluate("window.notes.length") == 1
    switch.click()
    expect(switch).to_have_text("System notifications: Off")


def test_a_browser_that_refuses_is_said(open_page, areas, vera):
    page = live(open_page("/", vera))
    form = open_choices(page)
    switch = form.get_by_role("switch", name="System notifications")
    switch.click()
    expect(switch).to_have_text("System notifications: Refused by the browser")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(page.locator("#notes-help")).to_be_visible()


# --- many at once --------------------------------------------------------------------------------------------------


def test_many_are_acknowledged_together_after_a_question(open_page, areas, vera):
    page = live(open_page("/", vera))
    for n in range(14):
        in_harbour(f"Incident {n}", "HI")
    toast = toasts(page)
    expect(toast).to_have_count(1)
    expect(toast).to_contain_text("14 new alerts")
    toast.get_by_role("button", name="Acknowledge all 14").dblclick()
    expect(toast).to_contain_text("Acknowledge all 14 alerts, unseen?")
    assert not Alert.objects.exclude(state="unacknowledged").exists(), "a double click is no answer"
    toast.get_by_role("button", name="No").click()
    expect(toast.get_by_role("button", name="Acknowledge all 14")).to_be_focused()

    toast.get_by_role("button", name="Acknowledge all 14").click()
    in_harbour("One more", "HI")  # takes the question back: it was about fourteen
    expect(toast).to_contain_text("15 new alerts")
    expect(toast.get_by_role("button", name="Acknowledge all 15")).to_be_focused()
    page.keyboard.press("Enter")
    toast.get_by_role("button", name="Yes, all 15").click()
    expect(toast).to_have_count(0)
    assert Alert.objects.filter(state="acknowledged", acknowledged_by=vera).count() == 15
    expect(page.locator("#alert-list [data-state=acknowledged]")).to_have_count(15)


def test_who_may_not_acknowledge_is_not_asked_to(live_site, open_page, areas):
    page = live(
        open_page("/", live_site.make_user("otto", "none", "view_incident", "view_areaofinterest", "view_alert"))
    )
    for n in range(5):
        in_harbour(f"Incident {n}")
    expect(page.locator("#toasts")).to_contain_text("5 new alerts")
    expect(page.get_by_role("button", name=re.compile("Acknowledge"))).to_have_count(0)


def test_the_panel_has_what_waits_first_then_the_worst_then_the_newest(open_page, areas, vera):
    for name, severity in [("Old high", "HI"), ("Low", "LO"), ("Urgent", "UR"), ("New high", "HI")]:
        in_harbour(name, severity)
    page = live(open_page("/", vera))
    LiveMap(page).alert_entry(Alert.objects.get(incident_name="Urgent").pk).get_by_role(
        "button", name=re.compile("Acknowledge")
    ).click()
    entries = page.locator("#alert-list .entry-name")
    expect(entries).to_have_text(["High: New high", "High: Old high", "Low: Low", "Urgent: Urgent"])
