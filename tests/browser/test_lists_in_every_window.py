"""The lists in every window: incidents, areas and alerts, sorted, filtered, turned over, and many closed at once, while
another person looks on. Each step says which sentence of the description of the screens it plays.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import LiveMap
from tests.browser.windows import (
    Window,
    assert_fits,
    assert_readable,
    assert_theme,
    in_every_window,
    painted,
    sentence,
)
from tracker.incidents import bulk
from tracker.models import Alert, Incident

pytestmark = pytest.mark.once

MANY = 27


@pytest.fixture
def busy(live_site):
    """27 open incidents, the same number of areas, and an alert for each incident."""
    make.area("All of it", make.box(8, 48, 12, 52), "IN")
    for number in range(MANY - 1):
        make.area(f"Area {number:02}", make.box(20 + number / 10, 49, 20.05 + number / 10, 49.5), "UR")
    severities = ["LO", "UR", "ME"]
    bulk.create(
        Incident,
        [
            Incident(name=f"Fire {n:02}", location=make.point(9 + n / 20, 49.5), severity=severities[n % 3])
            for n in range(MANY)
        ],
    )


def rows(page: Page):
    return page.locator("table.list tbody tr")


def sort_by(page: Page, window: Window, heading: str, option: str) -> None:
    """As people do there: by the heading of a table, on a phone by the form."""
    if window.is_phone:
        page.get_by_label("Order").select_option(option)
    else:
        page.get_by_role("columnheader").get_by_role("link", name=heading).click()
    page.wait_for_url(re.compile(rf"sort={option}"))


@in_every_window
def test_lists_of_many_and_closing_by_the_dozen(live_site, open_page, busy, window: Window):
    olga = live_site.make_user("olga", "Operator", first_name="Olga", last_name="Ortega")
    watched = LiveMap(open_page("/#map=6/49.5/9.7", live_site.make_user("vera"), **window.options))
    watched.wait_until_live()
    expect(watched.page.locator("#incident-count")).to_have_text(str(MANY))
    page = open_page("/tracker/incident/", olga, **window.options)

    for path, heading, option, query, first, left in [
        ("/tracker/area_of_interest/", "Threshold", "severity", ("Text", "all of"), "Urgent", 1),
        ("/tracker/alert/", "Incident", "incident", ("Severity", "Urgent"), "Fire 00", 9),
        ("/tracker/incident/", "Name", "name", ("Severity", "Urgent"), "Fire 00", 9),
    ]:
        page.goto(path)
        with sentence("Incidents, areas, alerts: paged by 25"):
            expect(rows(page)).to_have_count(25)
            pages = page.get_by_role("navigation", name="Pages")
            expect(pages).to_contain_text("1 to 25 of 27")
            assert_readable(*pages.locator(".page-link").all())
        with sentence("One live map beside the table."):
            expect(page.locator("#list-map :is(.incident-marker, path.area-shape)")).to_have_count(25)
            painted(page, {"sea", "land"})
        with sentence("Incidents, areas, alerts: sortable"):
            sort_by(page, window, heading, option)
            expect(rows(page).first).to_contain_text(first)
            if not window.is_phone:
                expect(page.get_by_role("columnheader", name=heading)).to_have_attribute("aria-sort", "ascending")
        page.get_by_role("link", name="Next").click()
        expect(rows(page)).to_have_count(2)
        with sentence("Incidents, areas, alerts: filterable"):
            field = page.locator("form.filters").get_by_label(query[0])
            (field.fill if query[0] == "Text" else field.select_option)(query[1])
            expect(rows(page)).to_have_count(left)
            assert re.search(rf"sort={option}", page.url), "the order is kept"
            chip = rows(page).first.locator(".severity")
            expect(chip.locator("svg text")).to_have_text(chip.inner_text()[-20:].strip()[0])
        assert_fits(page)
        assert_theme(page, window)
        assert_readable(rows(page).first.locator("a").first, rows(page).first.locator("time").first, chip)

    with sentence("With bulk close."):
        page.goto("/tracker/incident/?sort=name")
        page.get_by_label("Select all on this page").check()
        page.get_by_label("Select “Fire 03”").uncheck()
        close = page.get_by_role("button", name="Close selected")
        expect(close).to_have_text("Close selected (24)")
        assert_readable(close, rows(page).nth(1).locator("a").first)
        close.click()
        said = page.get_by_role("status").first
        expect(said).to_contain_text("24 incidents were closed.")
        assert_readable(said, said.get_by_role("button", name="Undo"))
        assert_fits(page)
        assert Incident.objects.filter(closed=False).count() == 3
        expect(watched.page.locator("#incident-count")).to_have_text("3")  # and the other one sees it
        expect(watched.page.locator("#alert-count")).to_have_text("3")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("status").first).to_contain_text("24 incidents were reopened.")
        expect(watched.page.locator("#incident-count")).to_have_text(str(MANY))

    with sentence("Alerts: many acknowledged at once, and every open map sees who did it."):
        page.goto("/tracker/alert/?sort=incident")
        page.get_by_label("Select all on this page").check()
        page.get_by_role("button", name="Acknowledge selected").click()
        expect(page.get_by_role("status").first).to_contain_text("25 alerts were acknowledged.")
        expect(watched.page).to_have_title("(2) Live map · Tracker")
        watched.page.wait_for_function(
            """() => [...document.querySelectorAll("#alert-list [data-state=acknowledged]")]
                .some((entry) => entry.textContent.includes("Acknowledged by Olga Ortega"))"""
        )
        assert Alert.objects.filter(acknowledged_by=olga).count() == 25
