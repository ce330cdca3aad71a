"""The live map without a mouse, and on a phone: from sign-in to the incident's page, and nothing in the way."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import make
from tests.browser.live_map import live
from tests.browser.windows import box_of
from tests.live_site import PASSWORD
from tracker.models import Alert

PHONE = {"width": 360, "height": 640}


@pytest.fixture
def vera(live_site):
    return live_site.make_user("vera")


@pytest.fixture
def waiting(live_site):
    make.area("Harbour", make.box(9, 49, 10, 50), "ME")
    make.incident("Oil spill", (9.2, 49.2), "ME")
    return make.incident("Crane on fire", (9.5, 49.5), "UR")


def tab_to(page: Page, wanted: Locator, at_most: int = 60) -> None:
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if wanted.evaluate("(node) => node === document.activeElement"):
            return
    pytest.fail(f"{wanted} is not reached by {at_most} times Tab")


def test_from_sign_in_to_acknowledging_and_the_incidents_page(open_page, waiting, vera):
    page = open_page("/")
    tab_to(page, page.get_by_label("Username"))
    page.keyboard.type("vera")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    live_map = live(page)

    entry = live_map.alert_entry(Alert.objects.get(incident_id=waiting.pk).pk)
    tab_to(page, entry.get_by_role("button", name=re.compile("Acknowledge")))
    page.keyboard.press("Enter")
    expect(entry).to_contain_text("Acknowledged by vera")
    expect(entry.get_by_role("button").first).to_be_focused()  # not lost with the button that is gone

    page.keyboard.press("Enter")  # and so the map goes there
    expect(page.locator(".leaflet-popup")).to_contain_text("Crane on fire")
    expect(live_map.marker(waiting.feature_id)).to_be_in_viewport()
    expect(entry.get_by_role("button").first).to_be_focused()
    tab_to(page, entry.get_by_role("link", name="Details"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/tracker/incident/{waiting.pk}/$"))


@pytest.mark.parametrize("address", ["/", "/#map=9/49.5/9.5"])
def test_what_is_moved_before_the_first_incidents_come_stays(open_page, waiting, vera, address):
    held = []
    page = open_page("about:blank", vera)
    page.route("**/tracker/area_of_interest/**", lambda route: held.append(route))
    page.goto(address)
    page.locator("#live-map").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.hash.includes('map=') && !document.querySelector('.leaflet-pan-anim')")
    moved = page.evaluate("location.hash")
    assert moved not in address
    for route in held:
        route.continue_()
    page.unroute("**/tracker/area_of_interest/**")
    live(page)
    expect(page.locator("#alert-count")).to_have_text("2")
    assert page.evaluate("location.hash") == moved


def test_the_filter_and_what_calls_me_by_keyboard(open_page, waiting, vera):
    page = live(open_page("/", vera)).page
    tab_to(page, page.locator(".panel-section > summary").first)
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#panel-filters").get_by_label("Severity"))
    page.keyboard.type("Urgent")
    expect(page.locator("#alert-count")).to_have_text("1 of 2")
    tab_to(page, page.get_by_role("button", name="Show all"))
    page.keyboard.press("Enter")
    expect(page.locator("#alert-count")).to_have_text("2")
    expect(page.locator(".panel-section > summary").first).to_be_focused()
    tab_to(page, page.locator(".panel-section > summary").nth(1))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("radio", name="All, also new ones"))
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_role("checkbox", name="Harbour"))
    page.keyboard.press("Space")
    expect(page.locator("#attention-now")).to_contain_text("all alerts in Harbour")


@pytest.mark.parametrize("colour_scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(360, 640), (1280, 800), (1920, 1080)], ids=lambda size: str(size[0]))
def test_toasts_leave_the_controls_and_the_panel_free(live_site, open_page, vera, size, colour_scheme, pictures):
    width, height = size
    make.area("Harbour and the long quay behind it", make.box(9, 49, 10, 50), "IN")
    make.area("Hill", make.box(10.5, 49, 11.5, 50), "UR")
    for n in range(40):
        make.incident(f"Incident {n}", (9 + n / 16, 49.2 + n % 7 / 10), ["UR", "HI", "ME", "LO", "IN"][n % 5])
    live_map = live(open_page("/", vera, width=width, height=height, color_scheme=colour_scheme))
    page = live_map.page
    for number in range(5):
        make.incident(f"New and with a rather long name, number {number}", (9.4 + number / 10, 49.5), "HI")
        if pictures and number in {0, 2, 4}:
            expect(page.locator("#toasts")).to_contain_text("new" if number == 4 else f"number {number}")
            page.screenshot(path=pictures / f"toasts-{number}-{width}-{colour_scheme}.png")
    expect(page.locator("#toasts section")).to_have_count(1)
    expect(page.locator("#toasts")).to_contain_text("5 new alerts")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in (page.get_by_role("button", name="Zoom in"), page.get_by_role("button", name="Zoom out")):
        control.click(trial=True)  # fails when something lies over it
    page.locator("#toasts").get_by_role("button", name="Acknowledge all 5").click()
    page.locator("#toasts").get_by_role("button", name="Yes, all 5").click(trial=True)
    if pictures:
        page.screenshot(path=pictures / f"asked-{width}-{colour_scheme}.png")
    page.locator("#toasts").get_by_role("button", name="No").click()
    if (more := page.get_by_role("button", name="More of the panel")).is_visible():
        more.click()
    for summary in page.locator(".panel-section > summary").all():
        summary.click()
    page.get_by_label("Only these").check()
    page.locator("#panel-filters").get_by_label("Severity").select_option("Urgent")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if pictures:
        page.screenshot(path=pictures / f"filters-{width}-{colour_scheme}.png")


def test_the_sheet_on_a_phone(open_page, waiting, vera, pictures):
    live_map = live(open_page("/", vera, **PHONE))
    page = live_map.page
    map_box = box_of(page.locator("#live-map"))
    assert map_box["height"] > 200, "there is a map"
    alert = live_map.alert_entry(Alert.objects.get(incident_id=waiting.pk).pk)
    expect(alert.get_by_role("button", name=re.compile("Acknowledge"))).to_be_in_viewport()

    toggle = page.get_by_role("button", name="Alerts and incidents")
    toggle.click()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(alert).to_be_hidden()
    assert box_of(page.locator("#live-map"))["height"] > map_box["height"] + 100
    if pictures:
        page.screenshot(path=pictures / "sheet-closed.png")
    new_incident = make.incident("Smoke", (9.5, 49.6), "HI")
    page.locator("#toasts").get_by_role("button", name="Show").click()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    new = live_map.alert_entry(Alert.objects.get(incident_name="Smoke").pk)
    expect(new).to_be_in_viewport()
    smoke = live_map.marker(new_incident.feature_id)
    expect(smoke).to_be_in_viewport()
    expect(page.locator(".leaflet-popup")).to_contain_text("Smoke")
    if pictures:
        page.screenshot(path=pictures / "sheet-open.png")
    new.get_by_role("button", name=re.compile("Acknowledge")).click()
    expect(new).to_contain_text("Acknowledged by vera")
    live_map.show_incidents()
    page.locator("#incident-list li").last.scroll_into_view_if_needed()
    expect(page.locator("#incident-list li").last).to_be_in_viewport()


def test_a_refusal_is_seen_though_the_sheet_is_put_away(live_site, open_page, watch, waiting, vera):
    watch.excused.append(r"WebSocket connection to|net::ERR_CONNECTION|Failed to load resource")
    page = live(open_page("/", vera, **PHONE)).page
    make.incident("Smoke", (9.5, 49.6), "HI")
    page.get_by_role("button", name="Alerts and incidents").click()
    expect(page.locator("#toasts")).to_contain_text("Smoke")
    live_site.kill()
    page.locator("#toasts").get_by_role("button", name="Acknowledge").click()
    expect(page.locator("#notice")).to_be_in_viewport()
    expect(page.locator("#notice")).to_have_text("Not acknowledged: the server cannot be reached. Try again.")


def test_the_sheet_has_three_stops(open_page, waiting, vera, pictures):
    page = live(open_page("/", vera, **PHONE, has_touch=True)).page
    panel, toggle = page.locator("aside.panel"), page.get_by_role("button", name="Alerts and incidents")
    half = box_of(panel)["height"]
    expect(page.locator(".panel-toolbar")).to_be_hidden()  # the cards need the room
    if pictures:
        page.screenshot(path=pictures / "sheet-half.png")
    page.get_by_role("button", name="More of the panel").click()
    whole = box_of(panel)["height"]
    assert whole > half + 80
    expect(page.locator(".panel-toolbar")).to_be_visible()
    if pictures:
        page.screenshot(path=pictures / "sheet-whole.png")
    page.get_by_role("button", name="Less of the panel").click()
    assert box_of(panel)["height"] == half

    def draw(by: int) -> None:
        box = box_of(toggle)
        at = (box["x"] + 40, box["y"] + box["height"] / 2)
        page.mouse.move(*at)
        page.mouse.down()
        page.mouse.move(at[0], at[1] + by, steps=6)
        page.mouse.up()

    draw(-100)
    expect(page.get_by_role("button", name="Less of the panel")).to_be_visible()
    assert box_of(panel)["height"] == whole
    draw(100)
    expect(page.get_by_role("button", name="More of the panel")).to_be_visible()
    assert box_of(panel)["height"] == half
    draw(200)
    expect(toggle).to_have_attribute("aria-expanded", "false")
    draw(-150)
    expect(toggle).to_have_attribute("aria-expanded", "true")
    toggle.click()  # a tap is no drag
    expect(toggle).to_have_attribute("aria-expanded", "false")
