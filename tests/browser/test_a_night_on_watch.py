"""A night on watch, in every window: the live map of two people, from the first look to the morning. Each step says
which sentence of the description of the screens it plays.
"""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import LiveMap, live
from tests.browser.windows import (
    Window,
    assert_fits,
    assert_readable,
    assert_theme,
    box_of,
    in_every_window,
    sentence,
    settled,
)
from tracker.models import Alert, Incident

pytestmark = pytest.mark.once

HOME = "#map=7/49.500/10.200"


@pytest.fixture
def evening(live_site, vera):
    """What is there when the watch begins: three alerts that wait and one that does not, and one incident far away."""
    make.area("Harbour", make.box(9, 49, 10, 50), "ME")
    make.area("Hill", make.box(10.5, 49, 11.5, 50), "IN")
    for hours, name, at, severity in [
        (3, "Gas leak", (9.3, 49.5), "UR"),
        (2, "Oil spill", (9.2, 49.5), "HI"),
        (1, "Ship aground", (9.25, 49.5), "HI"),
        (0, "Tree down", (11.4, 49.9), "LO"),
        (0, "Landslide", (20, 55), "ME"),
    ]:
        make.incident(name, at, severity)
        then = timezone.now() - timedelta(hours=hours, minutes=5)
        Incident.objects.filter(name=name).update(created=then)
        Alert.objects.filter(incident_name=name).update(raised=then)
    Alert.objects.filter(incident_name="Gas leak").update(
        state=Alert.State.ACKNOWLEDGED, acknowledged_by=vera, acknowledged_at=timezone.now()
    )


def names(page: Page, which: str):
    return page.locator(f"#{which}-list .entry-name")


def address(page: Page) -> str:
    return page.evaluate("location.hash")


def go(page: Page, view: str) -> None:
    page.evaluate("(view) => { location.hash = view; }", view)
    page.wait_for_function("(view) => location.hash.startsWith(view)", arg=view)


def assert_same_view(one: str, other: str) -> None:
    """Two addresses show the same, but for what a pixel is worth."""
    views = [[float(each) for each in text.removeprefix("#map=").partition("&")[0].split("/")] for text in (one, other)]
    pixel = 360 / (256 * 2 ** views[0][0])
    assert views[0][0] == views[1][0], (one, other)
    assert max(abs(a - b) for a, b in zip(*views, strict=True)) < 1.5 * pixel, (one, other)


def stands_at(live_map: LiveMap, name: str) -> tuple[int, int]:
    """Where an incident is on the screen: whoever moves the view moves it."""
    box = box_of(live_map.marker(Incident.objects.get(name=name).feature_id))
    return round(box["x"]), round(box["y"])


def toasts(page: Page):
    return page.locator("#toasts section")


def acknowledge(live_map: LiveMap, alert: Alert):
    return live_map.alert_entry(alert.pk).get_by_role("button", name=re.compile("Acknowledge"))


def fold_out(page: Page, words: str) -> None:
    more = page.get_by_role("button", name="More of the panel")  # of a phone's sheet
    if is_phone := more.is_visible():
        more.click()
    page.locator("summary", has_text=words).click()
    if is_phone:
        page.get_by_role("button", name="Less of the panel").click()


@in_every_window
def test_the_map_and_its_twin(live_site, open_page, evening, vera, olga, window: Window):
    live_map = live(open_page(f"/{HOME}", vera, **window.options))
    page = live_map.page
    expect(page.locator("#presence summary")).to_contain_text("1")

    with sentence("The map fills the window. Beside it a panel. On a phone the panel is a sheet at the bottom."):
        frame, panel = box_of(page.locator("#live-map")), box_of(page.locator("aside.panel"))
        header = box_of(page.locator("header"))
        assert frame["x"] == 0
        assert frame["y"] == pytest.approx(header["height"], abs=1)
        assert panel["x"] + panel["width"] == pytest.approx(window.width, abs=1)
        assert panel["y"] + panel["height"] == pytest.approx(window.height, abs=1)
        if window.is_phone:
            assert frame["width"] == panel["width"] == window.width
            assert panel["y"] == pytest.approx(frame["y"] + frame["height"], abs=1)
            assert frame["height"] > window.height / 3
            page.get_by_role("button", name="Alerts and incidents").click()
            expect(names(page, "alert").first).to_be_hidden()
            page.get_by_role("button", name="Alerts and incidents").click()
        else:
            assert panel["x"] == pytest.approx(frame["width"], abs=1)
            assert frame["height"] == panel["height"]
            assert frame["width"] > window.width * 0.6
        assert_fits(page)

    with sentence("Dark mode follows the system. Colours pass WCAG AA on both light and dark."):
        assert_theme(page, window)
        assert_readable(
            live_map.badge, names(page, "alert").first, page.locator("#alert-list .entry-note").first,
            page.locator("#alert-count"), page.locator("#presence summary"),
            page.locator("#alert-list .entry-link").first,
            page.locator("#alert-list .btn").first, page.locator(".leaflet-control-attribution"),
        )  # fmt: skip

    with sentence("Alerts (unacknowledged first, worst first, then newest)"):
        expect(names(page, "alert")).to_have_text(
            ["High: Ship aground", "High: Oil spill", "Low: Tree down", "Urgent: Gas leak"]
        )

    with sentence("Open incidents in the current view."):
        live_map.show_incidents()
        page.get_by_label("In this part of the map").check()
        expect(names(page, "incident")).to_have_count(4)
        expect(names(page, "incident").filter(has_text="Landslide")).to_have_count(0)
        page.get_by_label("All", exact=True).last.check()
        expect(names(page, "incident")).to_have_count(5)

    with sentence("Many incidents cluster with the worst severity showing."):
        cluster = live_map.clusters()
        expect(cluster).to_have_count(1)
        expect(cluster).to_have_text("U3")
        expect(cluster).to_have_attribute("title", re.compile("3 incidents, the worst: Urgent; 2 with an alert"))
        assert_readable(cluster.locator(".cluster-count"))

    with sentence(
        "Everything on the map is reachable in the panel by keyboard; choosing an entry moves the map there."
    ):
        shown = live_map.shown()
        assert len(shown["markers"]) >= 4
        assert set(shown["markers"]) <= set(shown["incidents"])
        for name in ("Landslide", "Oil spill"):  # one out of sight, one inside the cluster
            incident = Incident.objects.get(name=name)
            opener = live_map.incident_entry(incident.feature_id).get_by_role("button")
            opener.focus()
            page.keyboard.press("Enter")
            popup = page.locator(".leaflet-popup")
            expect(popup).to_contain_text(name)
            expect(live_map.marker(incident.feature_id)).to_be_in_viewport()
            expect(opener).to_be_focused()
            assert_readable(popup.get_by_role("heading"), popup.locator("time"), popup.get_by_role("link"))

    with sentence("The view is in the URL (#map=z/lat/lon)."):
        here = settled(page)
        assert re.match(r"#map=\d+/49\.\d+/9\.\d+&tab=incidents$", here), here
        page.reload()
        live(page)
        assert_same_view(settled(page), here)
        passed_on = open_page(f"/{here}", olga, **window.options)
        live(passed_on)
        assert_same_view(settled(passed_on), here)
        expect(LiveMap(passed_on).marker(Incident.objects.get(name="Oil spill").feature_id)).to_be_in_viewport()
        passed_on.close()

    with sentence("Filters: severity, area, time, text."):
        go(page, HOME)
        fold_out(page, "Filter:")
        form = page.locator("#panel-filters")
        for label, choice, left in [
            ("Severity", "High or worse", ["High: Ship aground", "High: Oil spill", "Urgent: Gas leak"]),
            ("Area", "Hill", ["Low: Tree down"]),
            ("Time", "Last hour", ["Low: Tree down"]),
        ]:
            form.get_by_label(label).select_option(choice)
            expect(names(page, "alert")).to_have_text(left)
            assert address(page) != HOME, "the filter is in the address"
            page.get_by_role("button", name="Show all").click()
        form.get_by_label("Text").fill("spill")
        expect(names(page, "alert")).to_have_text(["High: Oil spill"])
        expect(names(page, "incident")).to_have_text(["High: Oil spill"])
        expect(page.locator("#alerts-hidden")).to_have_text("2 unacknowledged alerts are hidden by the filter.")
        assert_readable(page.locator("#alerts-hidden"), page.locator("#filter-result"))
        assert_fits(page)
        page.get_by_role("button", name="Show all").click()
        expect(names(page, "alert")).to_have_count(4)

    with sentence("Screen readers: one role=status region present from the start."):
        assert page.get_by_role("status").count() == 1
        assert page.context.request.get("/").text().count('role="status"') == 1


@in_every_window
def test_an_alert_that_two_people_see(live_site, open_page, evening, vera, olga, window: Window):
    watched, other = (live(open_page(f"/{HOME}", person, **window.options)) for person in (vera, olga))
    page = watched.page
    expect(page.locator("#presence summary")).to_contain_text("2")
    for each in (page, other.page):
        expect(each).to_have_title("(3) Live map · Tracker")
    typing = page.get_by_role("searchbox", name="Text")
    fold_out(page, "Filter:")
    typing.focus()
    tree = stands_at(watched, "Tree down")

    # Olga reports by the form, in the same kind of window.
    desk = open_page("/tracker/incident/create/", olga, **window.options)
    desk.get_by_label("Name").fill("Crane <b>on fire</b>")
    desk.get_by_role("radio", name="Urgent").check()
    desk.locator("#id_latitude").fill("49.2")
    desk.locator("#id_longitude").fill("9.8")
    desk.get_by_role("button", name="Report the incident").click()
    desk.wait_for_url(re.compile(r"/tracker/incident/\d+/$"))
    incident = Incident.objects.get(severity="UR", name__startswith="Crane")
    alert = Alert.objects.get(incident_id=incident.pk)

    with sentence("A new incident appears on the map and in the list."):
        for live_map in (watched, other):
            expect(live_map.marker(incident.feature_id)).to_have_count(1)
            expect(live_map.incident_entry(incident.feature_id)).to_contain_text("Crane <b>on fire</b>")

    with sentence(
        "An alert: a toast, an entry in the panel, the area and the marker highlighted, a count in the title."
    ):
        toast = toasts(page)
        expect(toast).to_have_count(1)
        expect(toast).to_contain_text("Urgent: Crane <b>on fire</b>")
        expect(toast).to_contain_text("in Harbour – Incident reported")
        expect(names(page, "alert").first).to_have_text("Urgent: Crane <b>on fire</b>")
        expect(watched.alert_entry(alert.pk)).to_have_class(re.compile("is-alerting"))
        expect(watched.marker(incident.feature_id)).to_have_class(re.compile("is-alerting"))
        area = page.locator(f'path.area-shape[data-area$="{alert.area_id}"]')
        expect(area).to_have_class(re.compile("is-alerting"))
        assert area.evaluate("(path) => parseFloat(getComputedStyle(path).strokeWidth)") > 2
        expect(page).to_have_title("(4) Live map · Tracker")
        assert_readable(toast.locator("strong"), toast.locator("p"), *toast.get_by_role("button").all())
        expect(toast).to_be_in_viewport(ratio=1)

    with sentence("role=alert only for Urgent and High. No stealing of focus. Text only."):
        expect(toast).to_have_attribute("role", "alert")
        expect(typing).to_be_focused()
        assert page.locator("#toasts b, #alert-list b, #incident-list b").count() == 0
    with sentence("The user's view is never moved."):
        assert stands_at(watched, "Tree down") == tree
        expect(page.locator(".leaflet-popup")).to_have_count(0)

    with sentence("A '1 new alert, show' button is."):
        toast.get_by_role("button", name="Show").click()
        expect(page.locator(".leaflet-popup h3")).to_have_text("Crane <b>on fire</b>")
        expect(watched.alert_entry(alert.pk).get_by_role("button").first).to_be_focused()
        expect(watched.marker(incident.feature_id)).to_be_in_viewport()
        assert settled(page) != HOME
        assert stands_at(other, "Tree down") == tree, "the other one's view is their own"

    with sentence("A toast that stays until handled."):
        expect(toasts(page)).to_have_count(1)
        expect(toasts(other.page)).to_have_count(1)
    with sentence("Acknowledge is one click, and every open map sees who did it."):
        acknowledge(watched, alert).click()
        for live_map in (watched, other):
            expect(live_map.alert_entry(alert.pk)).to_contain_text(re.compile(r"Acknowledged by (Vera Vega|vera)"))
            expect(toasts(live_map.page)).to_have_count(0)
            expect(live_map.page).to_have_title("(3) Live map · Tracker")
            expect(live_map.marker(incident.feature_id)).not_to_have_class(re.compile("is-alerting"))
        assert_readable(watched.alert_entry(alert.pk).locator(".entry-note"))

    with sentence("role=alert only for Urgent and High: others are said by the role=status region."):
        make.incident("Branch on the road", (10.6, 49.1), "LO")
        expect(toasts(other.page)).to_contain_text("Low: Branch on the road")
        expect(toasts(other.page)).not_to_have_attribute("role", "alert")
        expect(other.page.get_by_role("status")).to_contain_text("Low: Branch on the road")
        toasts(other.page).get_by_role("button", name="Dismiss").click()
        toasts(page).get_by_role("button", name="Dismiss").click()

    with sentence("Many at once are gathered ('14 new alerts'), never 14 stacked dialogs."):
        view = settled(page)
        with transaction.atomic():  # they come at one moment, however slow the machine is
            for number in range(14):
                make.incident(f"Wave {number}", (9.1 + number / 20, 49.7), "HI")
        for live_map in (watched, other):
            expect(toasts(live_map.page)).to_have_count(1)
            expect(toasts(live_map.page)).to_contain_text("14 new alerts")
            expect(live_map.page.locator("#alert-count")).to_have_text("20")
            assert_fits(live_map.page)
        assert_same_view(settled(page), view)
        assert stands_at(other, "Tree down") == tree
        watched.assert_nothing_twice()
        page.locator("#toasts").get_by_role("button", name="Acknowledge all 14").click()
        page.locator("#toasts").get_by_role("button", name="Yes, all 14").click()
        for live_map in (watched, other):
            expect(toasts(live_map.page)).to_have_count(0)
            expect(live_map.page).to_have_title("(4) Live map · Tracker")
        assert Alert.objects.filter(incident_name__startswith="Wave", acknowledged_by=vera).count() == 14


@in_every_window
def test_what_calls_me(live_site, open_page, evening, vera, window: Window):
    page = open_page(f"/{HOME}", vera, whole=True, **window.options)
    page.context.grant_permissions(["notifications"])
    page.context.add_init_script(
        """window.notes = [];
        window.Notification = class extends window.Notification {
            constructor(title, options) { super(title, options); window.notes.push(`${title} ${options.body}`); }
        };"""
    )
    page.reload()
    live_map = live(page)
    fold_out(page, "Calls me:")
    form, now = page.locator("#attention"), page.locator("#attention-now")

    with sentence("A sound if the user switched it on (On, Off, or Blocked by the browser: say which)."):
        sound = form.get_by_role("switch", name="Sound")
        expect(sound).to_have_text("Sound: Off")
        expect(now).to_have_text("every alert · sound: Off")
        sound.click()
        expect(sound).to_have_text("Sound: On")
        expect(sound).to_have_attribute("aria-checked", "true")
        assert_readable(sound, now)

    with sentence("A system notification if the user asked for it by a click."):
        assert page.evaluate("window.notes") == []
        form.get_by_role("switch", name="System notifications").click()
        expect(form.get_by_role("switch", name="System notifications")).to_have_text("System notifications: On")

    with sentence("Mine: a person chooses areas and the least severity that may toast and sound for them."):
        form.get_by_label("Only these").check()
        expect(page.locator("#mine-problem")).to_contain_text("No area is chosen")
        assert_readable(page.locator("#mine-problem"))
        form.get_by_label("Harbour").check()
        form.get_by_label("Severity").select_option("High or worse")
        expect(now).to_contain_text("High or worse in Harbour")
        assert_fits(page)
    with sentence("Everything else still shows in the panel."):
        make.incident("Branch on the road", (10.6, 49.1), "UR")
        make.incident("Buoy adrift", (9.7, 49.3), "ME")
        expect(page.locator("#alert-count")).to_have_text("6")
        expect(page).to_have_title(re.compile(r"^\(5\)"))
        expect(toasts(page)).to_have_count(0)
        assert page.evaluate("window.notes") == []
        make.incident("Crane on fire", (9.8, 49.2), "UR")
        expect(toasts(page)).to_contain_text("Crane on fire")
        page.wait_for_function("() => window.notes.length === 1")
        assert page.evaluate("window.notes[0]") == "Urgent: Crane on fire in Harbour – Incident reported"

    with sentence("Sound blocked by the browser: say which."):
        page.reload()  # nobody has touched the new page
        live(page)
        expect(now).to_contain_text("High or worse in Harbour · sound: Blocked by the browser")
        live_map.page.get_by_role("tab", name="Alerts").click()
        expect(now).to_contain_text("sound: On")
