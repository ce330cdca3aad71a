"""What people see of who is on watch: beside the badge, at an alert, and when nobody was."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import LiveMap
from tests.browser.windows import box_of, in_every_window
from tests.processes import wait_until
from tracker.models import Alert, AlertReceipt, Incident, WatchGap, WatchReport

TOLD = re.compile(r"Nobody was on watch from .* to .*\.\s+2 alerts were raised meanwhile\.")


def people(page: Page):
    return page.locator("#presence summary")


def page_lines(page: Page):
    return page.locator("#presence li")


def notice(page: Page):
    return page.get_by_role("region", name="Nobody was on watch")


def live(page: Page) -> Page:
    LiveMap(page).wait_until_live()
    return page


@pytest.fixture
def olga(live_site):
    return live_site.make_user("olga", "Operator")


@pytest.fixture
def nobody_was_there(live_site):
    """The last console left five hours ago, and two alerts were raised since."""
    live_site.kill()  # it may have something to say of the test before
    WatchReport.objects.all().delete()
    live_site.start()
    make.area("Harbour", make.box(9, 49, 10, 50), "ME")
    for name in ("Oil spill", "Crane on fire"):
        make.incident(name, (9.5, 49.5), "HI")
    now = timezone.now()
    Alert.objects.update(raised=now - timedelta(hours=3))
    WatchReport.objects.create(process="killed", sockets={1: 1}, seen_at=now - timedelta(hours=5))


# --- who is there --------------------------------------------------------------------------------------------------


def test_the_live_map_says_who_is_on_watch_while_it_is_live(live_site, open_page, watch, vera, olga):
    watch.excused.append(r"WebSocket connection to|net::ERR_CONNECTION|Failed to load resource")
    first = live(open_page("/", vera))
    expect(people(first)).to_have_text("1 on watch")
    live(open_page("/", vera))
    other = live(open_page("/", olga))
    for page in (first, other):
        expect(people(page)).to_have_text("2 on watch")
    people(first).click()
    expect(page_lines(first)).to_have_text(["olga on the map", "Vera Vega on the map"])
    expect(first.locator("#presence p")).to_have_text("3 live maps open")
    other.goto("/tracker/incident/")
    expect(page_lines(first)).to_have_text(["Vera Vega on the map", "olga on another page"])
    expect(first.locator("#presence p")).to_have_text("2 live maps open")
    other.close()
    expect(people(first)).to_have_text("1 on watch")
    live_site.stop()
    expect(people(first)).to_be_hidden()
    live_site.start()
    expect(people(first)).to_have_text("1 on watch", timeout=30_000)


# --- where an alert was shown --------------------------------------------------------------------------------------


def test_an_alert_says_on_how_many_consoles_it_was_shown(live_site, open_page, vera, olga):
    consoles = [LiveMap(live(open_page("/", user))) for user in (vera, olga)]
    make.area("Harbour", make.box(9, 49, 10, 50), "ME")
    make.incident("Oil spill", (9.5, 49.5), "HI")
    alert = Alert.objects.get()
    for console in consoles:
        expect(console.alert_entry(alert.pk)).to_be_visible()
    wait_until(lambda: AlertReceipt.objects.filter(alert=alert, consoles=2).exists(), "the consoles are not counted")
    for address in (f"/tracker/alert/{alert.pk}/", "/tracker/alert/"):
        page = open_page(address, vera)
        expect(page.get_by_text("Shown on 2 screens")).to_be_visible()


def test_an_alert_that_was_raised_while_nobody_was_there_says_so(open_page, nobody_was_there, vera):
    page = open_page("/tracker/alert/", vera)
    expect(page.get_by_text("Shown on no screen")).to_have_count(2)


# --- when nobody was -----------------------------------------------------------------------------------------------


def test_it_is_told_until_it_is_read_and_not_again(open_page, nobody_was_there, vera, olga):
    page = live(open_page("/", vera))
    expect(notice(page)).to_have_text(TOLD)
    wait_until(WatchGap.objects.exists, "the gap was not noted")  # the page's socket has come
    page.reload()
    expect(notice(live(page))).to_have_text(TOLD)
    height = box_of(page.locator("#live-map"))["height"]

    notice(page).get_by_role("button", name="I have read this").press("Enter")
    expect(notice(page)).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "content", "the focus is not lost"
    assert box_of(page.locator("#live-map"))["height"] > height
    assert WatchGap.objects.get().readings.get().by == vera
    page.reload()
    live(page)
    expect(notice(page)).to_have_count(0)
    other = live(open_page("/", olga))  # who has not read it
    expect(notice(other)).to_contain_text("Read by Vera Vega")
    notice(other).get_by_role("button", name="I have read this").click()
    expect(notice(other)).to_have_count(0)


def test_its_link_leads_to_what_was_raised(open_page, nobody_was_there, vera):
    make.incident("After", (9.5, 49.5), "HI")
    Alert.objects.filter(incident_name="After").update(raised=timezone.now() + timedelta(minutes=5))
    page = live(open_page("/", vera))
    notice(page).get_by_role("link").click()
    expect(page.locator("tr[data-alert]")).to_have_count(2)
    assert page.locator("[name=raised_from]").input_value() != ""
    page.get_by_label("Severity").select_option("High")  # the times are kept
    page.wait_for_url(re.compile("severity=HI"))
    expect(page.locator("tr[data-alert]")).to_have_count(2)


def test_a_server_that_does_not_answer_is_said_and_the_notice_stays(
    live_site, open_page, watch, nobody_was_there, vera
):
    watch.excused.append(r"WebSocket connection to|net::ERR_CONNECTION|Failed to load resource")
    page = live(open_page("/", vera))
    live_site.kill()
    button = notice(page).get_by_role("button")
    button.click()
    expect(notice(page).get_by_role("alert")).to_have_text("Not noted: the server cannot be reached. Try again.")
    live_site.start()
    button.click()
    expect(notice(page)).to_have_count(0)


@in_every_window
def test_it_fits_the_window(open_page, nobody_was_there, vera, olga, window, pictures):
    now = timezone.now()
    for days in range(1, 6):
        since = now - timedelta(days=days, hours=8)
        WatchGap.objects.create(since=since, until=since + timedelta(hours=7))
    page = live(open_page("/", vera, **window.options | {"height": 800}))
    live(open_page("/", olga))
    expect(people(page)).to_have_text("2 on watch")
    expect(notice(page)).to_contain_text("And 3 more times before that")
    assert page.evaluate("document.documentElement.scrollWidth") <= window.width
    assert box_of(page.locator("#live-map"))["height"] > 150, "there is a map left"
    for incident in Incident.objects.all():
        expect(LiveMap(page).marker(incident.feature_id)).to_be_in_viewport()
    addresses = {
        "told": "/",
        "alerts": "/tracker/alert/",
        "alert": f"/tracker/alert/{make.first(Alert.objects.all()).pk}/",
    }
    for name, address in addresses.items():
        if page.url != address:
            page.goto(address)
            page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= window.width, name
        if pictures:
            page.screenshot(path=pictures / f"watch-{name}-{window}.png")
