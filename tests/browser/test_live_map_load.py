"""The live map under load: thousands of open incidents, and a burst of alerts. No task of the page's main thread takes
over 200 ms, by Chromium's own account (PerformanceObserver, ``longtask``: every task over 50 ms).

A machine that is busy with something else makes any task long, so the best of three attempts counts.
"""

import random
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import LiveMap
from tests.browser.windows import box_of
from tracker.events import log, publishing
from tracker.incidents import bulk
from tracker.models import Alert, Incident

pytestmark = [pytest.mark.once, pytest.mark.alone]

LONGEST_MS = 200
FIRST_SHOWN_MS = 2000
ATTEMPTS = 3
MANY = 5000
BURST = 200
PIECE = 20

OBSERVE = """() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) window.longTasks.push(duration);
    }).observe({ type: "longtask" });
}"""
SHOWN_AT = """(count) => {
    let shown = document.querySelectorAll(".incident-marker").length;
    for (const cluster of document.querySelectorAll(".incident-cluster")) shown += Number(cluster.textContent.slice(1));
    return shown >= count && performance.now();
}"""


def some_incidents(count: int, seed: int) -> list[Incident]:
    """Most of them in a few towns, as it is; one in ten urgent."""
    chance = random.Random(seed)
    towns = [(chance.uniform(6, 14), chance.uniform(48, 54)) for _ in range(12)]
    found = []
    for number in range(count):
        longitude, latitude = chance.choice(towns)
        at = (chance.gauss(longitude, 0.15), chance.gauss(latitude, 0.1))
        severity = chance.choices(["UR", "HI", "ME", "LO", "IN"], [10, 15, 30, 30, 15])[0]
        found.append(Incident(name=f"Incident {number}", location=make.point(*at), severity=severity))
    return found


@pytest.fixture
def many(live_site):
    make.area("West", make.box(6, 47, 10, 55), "UR")
    incidents = some_incidents(MANY, seed=5)
    for start in range(0, MANY, log.PIECE):
        bulk.create(Incident, incidents[start : start + log.PIECE], announce=False)
    publishing.publish()
    return incidents


def longest_task_ms(page: Page, action: Callable[[], None]) -> float:
    page.evaluate("window.longTasks.length = 0")
    action()
    page.wait_for_timeout(400)  # the observer is told later
    return page.evaluate("Math.max(0, ...window.longTasks)")


def best_of(attempt: Callable[[int], float], limit: float, what: str) -> None:
    found = []
    for number in range(ATTEMPTS):
        found.append(attempt(number))
        print(f"{what}: {found[-1]:.0f} ms")
        if found[-1] < limit:
            return
    pytest.fail(f"{what}: {', '.join(f'{ms:.0f}' for ms in found)} ms, and {limit} ms are allowed")


def look_around(page: Page, view: str) -> None:
    """Drag the map, zoom in by the wheel to the single incidents of a town, and out by the button."""
    page.evaluate("(hash) => { location.hash = hash; }", view)
    box = box_of(page.locator("#live-map"))
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for dx, dy in [(-250, 80), (300, -180), (-50, 100)]:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + dx, y + dy, steps=12)
        page.mouse.up()
        page.wait_for_timeout(250)
    page.evaluate("(hash) => { location.hash = hash; }", view)
    page.wait_for_timeout(500)
    page.mouse.move(x, y)
    singles = []
    for _ in range(7):
        page.mouse.wheel(0, -80)
        page.wait_for_timeout(450)
        singles.append(page.locator(".incident-marker").count())
    assert max(singles) > 50, f"it is close enough for single incidents: {singles}"
    page.mouse.down()
    page.mouse.move(x - 300, y + 100, steps=12)
    page.mouse.up()
    for _ in range(7):
        page.get_by_role("button", name="Zoom out").click()
        page.wait_for_timeout(450)


def filter_and_back(page: Page) -> None:
    page.evaluate("() => { document.querySelector('#panel-filters details').open = true; }")
    urgent = Incident.objects.filter(severity="UR").count()
    page.locator("#panel-filters [name=severity]").select_option("UR")
    expect(page.locator("#map-note")).to_have_text(f"Filtered: {urgent} of {MANY} incidents shown")
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Show all").click()
    page.wait_for_function(SHOWN_AT, arg=MANY)


def test_thousands_are_shown_soon_and_the_map_follows_the_hand(live_site, open_page, many):
    page = open_page("/tracker/alert/", live_site.make_user("vera"))

    longitude, latitude = many[0].location.coords
    view = f"#map=5/{latitude}/{longitude}"

    def open_the_map(_) -> float:
        page.goto(f"/{view}")
        return page.wait_for_function(SHOWN_AT, arg=MANY).json_value()

    best_of(open_the_map, FIRST_SHOWN_MS, f"{MANY} incidents are on the map")
    live_map = LiveMap(page)
    live_map.wait_until_live()
    live_map.assert_nothing_twice()
    page.evaluate(OBSERVE)
    page.wait_for_timeout(1000)
    best_of(
        lambda _: longest_task_ms(page, lambda: look_around(page, view)),
        LONGEST_MS,
        "the longest task of panning and zooming",
    )
    page.evaluate("(hash) => { location.hash = hash; }", view)
    best_of(
        lambda _: longest_task_ms(page, lambda: filter_and_back(page)),
        LONGEST_MS,
        "the longest task of a filter and its end",
    )


def test_a_burst_of_alerts_is_one_toast_and_none_is_lost(live_site, open_page, many):
    make.area("East", make.box(10, 47, 15, 55), "IN")
    live_map = LiveMap(open_page("/", live_site.make_user("vera")))
    live_map.wait_until_live()
    page = live_map.page
    page.wait_for_function(SHOWN_AT, arg=MANY)
    page.evaluate(OBSERVE)
    page.wait_for_timeout(1000)
    view = page.evaluate("location.hash")
    chance = random.Random(9)
    toasts = page.locator("#toasts section")

    def burst(number: int) -> float:
        before = Alert.objects.count()

        def write() -> None:
            places = [(chance.uniform(10.5, 14), chance.uniform(48, 54)) for _ in range(BURST)]
            incidents = [
                Incident(name=f"Burst {number} {n}", location=make.point(*at), severity="HI")
                for n, at in enumerate(places)
            ]
            began = time.monotonic()
            for start in range(0, BURST, PIECE):
                bulk.create(Incident, incidents[start : start + PIECE])
            print(f"written in {time.monotonic() - began:.2f} s")
            expect(page.locator("#toasts")).to_contain_text(f"{BURST} new alerts", timeout=15_000)
            expect(toasts).to_have_count(1)

        longest = longest_task_ms(page, write)
        assert Alert.objects.count() == before + BURST
        toasts.get_by_role("button", name="Dismiss").click()
        expect(toasts).to_have_count(0)
        return longest

    best_of(burst, LONGEST_MS, f"the longest task of {BURST} alerts")
    assert page.evaluate("location.hash") == view, "the view has moved"
    total = Alert.objects.unresolved().count()
    expect(page.locator("#alert-count")).to_have_text(str(total))
    expect(page).to_have_title(f"({total}) Live map · Tracker")
    show_more = page.locator("#alert-list ~ .entries-more").first
    while show_more.is_visible():
        show_more.click()
    shown = page.locator("#alert-list > li").evaluate_all("(entries) => entries.map((e) => Number(e.dataset.alert))")
    assert sorted(shown) == sorted(Alert.objects.unresolved().values_list("pk", flat=True))
