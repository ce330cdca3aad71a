"""Nobody is blind off the map: on every page an alert comes, and nobody who is there is said to be away."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.test_live_map_attention import LISTEN
from tests.browser.windows import box_of
from tests.live_site import Site
from tests.processes import wait_until
from tests.web.watched_pages import PAGES
from tracker.models import Alert, Incident

LIST, FORM = "/tracker/incident/", "/tracker/incident/create/"


@pytest.fixture
def otto(live_site: Site):
    return live_site.make_user("otto", "Operator", first_name="Otto", last_name="Orth")


@pytest.fixture
def alert(live_site: Site) -> Alert:
    make.area("Harbour", make.box(9, 49, 10, 50), "ME")
    return make.alerts_of(make.incident("Oil spill", (9.5, 49.5), "HI"))[0]


def fire(name: str = "Crane on fire", severity: str = "UR") -> Incident:
    return make.incident(name, (9.6, 49.6), severity)


def live(page: Page) -> Page:
    expect(page.locator("#connection")).to_have_attribute("data-status", "live")
    return page


def toasts(page: Page):
    return page.locator("#toasts section")


def bell(page: Page):
    return page.locator("#bell .bell-count")


def note(page: Page):
    return page.locator("#page-changed")


def address(path: str, alert: Alert) -> str:
    return path.format(incident=alert.incident_id, area=alert.area_id, alert=alert.pk)


def test_an_alert_reaches_both_on_each_page_and_nobody_is_away(live_site, open_page, alert, vera, olga, otto):
    observer = live_site.on_watch(vera)

    def is_alone() -> bool:
        """Who was there in the test before lingers for some seconds."""
        time.sleep(0.5)
        observer.ping()
        told = [message for message in observer.received if message["type"] == "presence"]
        return bool(told) and (told[-1]["people"], told[-1]["consoles"]) == (1, 1)

    wait_until(is_alone, "nobody else is on watch", 30)
    pages = [open_page(LIST, user) for user in (olga, otto)]
    for page in pages:
        live(page)
        expect(page.locator("#presence summary")).to_have_text("3 on watch")
    observer.ping()
    before = len(observer.received)
    for n, path in enumerate(PAGES):
        for page in pages:
            page.goto(address(path, alert))
            expect(bell(page)).to_have_text("1")
            live(page)
        fire(f"Fire {n}")
        for page in pages:
            expect(toasts(page)).to_have_count(1)
            expect(toasts(page)).to_contain_text(f"Urgent: Fire {n}")
            expect(toasts(page)).to_have_attribute("role", "alert")
            expect(bell(page)).to_have_text("2")
            expect(page).to_have_title(re.compile(r"^\(2\) "))
        here, there = pages if n % 2 else pages[::-1]
        here.locator("#presence summary").click()
        expect(here.locator("#presence li")).to_have_text(
            ["Vera Vega on the map", "Olga Ortega on another page", "Otto Orth on another page"]
        )
        here.keyboard.press("Escape")
        toasts(here).get_by_role("button", name="Acknowledge").click()
        expect(toasts(here)).to_contain_text("Acknowledged")
        expect(toasts(there)).to_have_count(0)
        for page in pages:
            expect(bell(page)).to_have_text("1")
    observer.ping()
    told = [message["people"] for message in observer.received[before:] if message["type"] == "presence"]
    assert set(told) <= {3}, "somebody who was there was said to be away"


def test_a_toast_stays_from_page_to_page_and_what_came_between_calls(open_page, alert, olga):
    page = live(open_page(FORM, olga))
    fire("First")
    expect(toasts(page)).to_contain_text("First")
    page.goto("/tracker/alert/")
    expect(toasts(page)).to_contain_text("First")
    page.goto("about:blank")
    fire("Second")
    page.goto("/accounts/password_change/")
    expect(toasts(page)).to_have_count(2)
    page.goto("/")
    expect(toasts(page)).to_have_count(2)
    toasts(page).first.get_by_role("button", name="Dismiss").click()
    page.goto(LIST)
    live(page)
    expect(toasts(page)).to_have_count(1)
    expect(bell(page)).to_have_text("3")
    other = page.context.new_page()
    other.goto(LIST)
    live(other)
    expect(toasts(other)).to_have_count(0)


def test_what_is_typed_stays_while_the_incident_is_looked_at(open_page, alert, olga):
    page = live(open_page(FORM, olga))
    page.get_by_label("Name").fill("Half of a report")
    incident = fire()
    with page.context.expect_page() as opened:
        toasts(page).get_by_role("link", name="Show").click()
    expect(opened.value).to_have_url(re.compile(rf"/tracker/incident/{incident.pk}/$"))
    expect(page.get_by_label("Name")).to_have_value("Half of a report")
    expect(page.get_by_label("Name")).not_to_be_focused()
    toasts(page).get_by_role("button", name="Dismiss").click()
    expect(toasts(page)).to_have_count(0)
    expect(bell(page)).to_have_text("2")


def test_who_has_the_sound_on_hears_it_on_a_form(open_page, alert, olga):
    page = open_page("/", olga)
    page.evaluate(f"localStorage.setItem('tracker.{olga.pk}.sound', 'on')")
    page.context.add_init_script(LISTEN)
    page.goto(FORM)
    live(page)
    page.get_by_label("Name").click()
    expect(page.locator("#bell")).to_have_attribute("data-sound", "on")
    fire()
    page.wait_for_function("() => window.sounds.length > 0")


def test_only_what_concerns_somebody_calls_and_all_is_counted(open_page, alert, olga):
    page = open_page("/", olga)
    other = make.area("Hill", make.box(20, 20, 21, 21), "ME")
    page.evaluate(
        "([key, mine]) => localStorage.setItem(key, JSON.stringify(mine))",
        [f"tracker.{olga.pk}.mine", {"areas": [other.feature_id], "severity": ""}],
    )
    page.goto(FORM)
    live(page)
    fire("At the harbour")
    expect(bell(page)).to_have_text("2")
    make.incident("On the hill", (20.5, 20.5), "HI")
    expect(toasts(page)).to_contain_text("On the hill")
    expect(toasts(page)).to_have_count(1)


def test_what_was_taken_back_waits_again_on_a_page_that_never_saw_it(live_site, open_page, alert, vera, olga):
    session = live_site.browse(vera)
    session.post(f"{live_site.url}/tracker/alert/acknowledge/", {"alert": alert.pk}, timeout=10)
    page = live(open_page(LIST, olga))
    expect(bell(page)).to_be_empty()
    session.post(f"{live_site.url}/tracker/alert/take_back/", {"alert": alert.pk}, timeout=10)
    expect(bell(page)).to_have_text("1")
    expect(toasts(page)).to_have_count(0)


def test_a_page_loads_no_collection(open_page, alert, olga):
    asked = []
    page = open_page("about:blank", olga)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(LIST)
    live(page)
    assert not [url for url in asked if "collection/" in url]


# --- pages follow --------------------------------------------------------------------------------------------------


CLOCK = r"\d\d:\d\d"


def close(live_site: Site, user, incident: int) -> None:
    live_site.browse(user).post(f"{live_site.url}/tracker/incident/close/", {"incident": incident}, timeout=10)


def test_the_page_of_an_incident_says_at_once_who_closed_it(live_site, open_page, alert, vera, olga):
    page = live(open_page(f"/tracker/incident/{alert.incident_id}/", vera))
    expect(note(page)).to_be_hidden()
    close(live_site, olga, alert.incident_id)
    expect(note(page)).to_contain_text(re.compile(f"^Closed by Olga Ortega at {CLOCK}"))
    note(page).get_by_role("link", name="Show").click()
    expect(page.locator(".state-closed").first).to_be_visible()
    expect(note(page)).to_be_hidden()


def test_the_page_of_an_alert_says_at_once_who_has_it(live_site, open_page, alert, vera, olga):
    page = live(open_page(f"/tracker/alert/{alert.pk}/", vera))
    session = live_site.browse(olga)
    session.post(f"{live_site.url}/tracker/alert/acknowledge/", {"alert": alert.pk}, timeout=10)
    expect(note(page)).to_contain_text(re.compile(f"^Acknowledged by Olga Ortega at {CLOCK}"))
    page.locator("main").get_by_role("button", name="Acknowledge").click()
    expect(page.locator(".alert-warning[role=status]")).to_contain_text("Acknowledged by Olga Ortega at")
    expect(page.locator(".alert-success")).to_have_count(0)


def test_lists_say_what_has_changed_of_them(live_site, open_page, alert, vera, olga):
    incidents, alerts, areas = (
        live(open_page(path, vera)) for path in (LIST, "/tracker/alert/", "/tracker/area_of_interest/")
    )
    narrowed = live(open_page(f"{LIST}?q=nothing+like+it", vera))
    new = fire()
    expect(note(incidents)).to_contain_text("1 new incident.")
    expect(note(alerts)).to_contain_text("1 new alert.")
    close(live_site, olga, alert.incident_id)
    closed = f"Closed by Olga Ortega at {CLOCK}"
    expect(note(incidents)).to_contain_text(re.compile(f"“Oil spill”: {closed}. 1 new incident"))
    expect(note(alerts)).to_contain_text(re.compile(f"“Oil spill – Harbour”: {closed}"))
    alert.area.delete()
    expect(note(areas)).to_contain_text("“Harbour”: Deleted by somebody at")
    expect(note(narrowed)).to_be_hidden()
    note(incidents).get_by_role("link", name="Show").click()
    expect(incidents.locator("tbody")).to_contain_text(new.name)


def test_a_form_says_that_somebody_else_edits_and_keeps_what_is_typed(live_site, open_page, alert, olga, otto):
    path = f"/tracker/incident/update/{alert.incident_id}/"
    page = live(open_page(path, olga))
    page.get_by_label("Name").fill("Typed")
    close(live_site, otto, alert.incident_id)
    expect(note(page)).to_contain_text(
        re.compile(f"^Closed by Otto Orth at {CLOCK}. When you save, you will see both.")
    )
    expect(note(page).get_by_role("link")).to_have_count(0)
    expect(page.get_by_label("Name")).to_have_value("Typed")


# --- the header ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_the_header_is_the_same_on_every_page(open_page, alert, olga, width):
    page = open_page("/", olga, width=width)
    places = set()
    for path in ["/", *PAGES]:
        page.goto(address(path, alert))
        live(page)
        expect(page.locator("#presence summary")).to_be_visible()
        header = box_of(page.locator(".site-header"))
        assert header["height"] == 48, path
        start = page.locator("#site-menu-toggle" if width == 360 else "#site-menu a >> nth=0")
        places.add((box_of(start)["x"], box_of(page.locator("#account"))["x"]))
        for part in ("#connection", "#bell", "#presence", "#account"):
            box = box_of(page.locator(part))
            assert (box["y"] >= 0, box["y"] + box["height"] <= 48, box["x"] + box["width"] <= width) == (True,) * 3, (
                part
            )
    assert len(places) == 1, "the menu starts at the same place"


def test_its_menus_by_keyboard(open_page, alert, olga):
    page = live(open_page(LIST, olga, width=360))
    toggle, account = page.locator("#site-menu-toggle"), page.locator("#account summary")
    toggle.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="+ Incident")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="+ Incident")).to_be_hidden()
    expect(toggle).to_be_focused()
    account.focus()
    page.keyboard.press("Enter")
    for name in ("Jobs", "Public report page", "Change your password"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name=name, exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(account).to_be_focused()
