"""Whether what I see is still live, in every window: what the maps of two people say without a server, and after."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests import make
from tests.browser.live_map import live
from tests.browser.windows import Window, assert_fits, assert_readable, in_every_window, sentence
from tracker.models import Incident

pytestmark = pytest.mark.once

HOME = "#map=7/49.500/10.200"
NO_SERVER = r"WebSocket connection to|net::ERR_CONNECTION|Failed to load resource"
HALF_A_MINUTE_LATER = "() => { const now = Date.now; Date.now = () => now.call(Date) + 31_000; }"


@pytest.fixture
def evening(live_site):
    """An alert that waits, and an area in which another one will come."""
    make.area("Harbour", make.box(9, 49, 10, 50), "ME")
    make.area("Hill", make.box(10.5, 49, 11.5, 50), "IN")
    make.incident("Tree down", (11.4, 49.9), "LO")


@in_every_window
def test_whether_what_i_see_is_still_live(live_site, open_page, watch, evening, vera, olga, window: Window):
    watch.excused.append(NO_SERVER)
    watched, other = (live(open_page(f"/{HOME}", person, **window.options)) for person in (vera, olga))
    page, badge = watched.page, watched.badge

    def looks() -> dict[str, str]:
        return page.evaluate(
            """() => ({
                badge: getComputedStyle(document.getElementById("connection")).backgroundColor,
                map: getComputedStyle(document.getElementById("live-map")).filter,
                frame: getComputedStyle(document.querySelector(".live-map-frame"), "::after").borderTopStyle,
            })"""
        )

    with sentence("Connection badge, always visible: Live, with the round trip in its tooltip."):
        expect(badge).to_have_text("Live")
        expect(badge).to_be_in_viewport(ratio=1)
        expect(badge).to_have_attribute("title", re.compile(r"^Round trip \d+ ms$"))
        was = looks()
        assert (was["map"], was["frame"]) == ("none", "none")
        expect(page.get_by_text("What you see may be out of date.")).to_be_hidden()

    with sentence("Reconnecting (next try in 4 s)"):
        live_site.kill()
        expect(badge).to_have_text(re.compile(r"^Reconnecting \(next try in \d+ s\)$"))
        expect(badge).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("status")).to_contain_text("Connection: Reconnecting")
        expect(page.locator("#presence")).to_be_hidden()
        assert looks()["badge"] != was["badge"]
        assert_readable(badge)

    with sentence("Not live since 10:32. A page that is not live must look it."):
        page.evaluate(HALF_A_MINUTE_LATER)
        expect(badge).to_have_text(re.compile(r"^Not live since \d\d:\d\d$"))
        expect(badge).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("status")).to_contain_text(re.compile(r"Connection: Not live since \d\d:\d\d"))
        now = looks()
        assert "grayscale" in now["map"]
        assert now["frame"] == "dashed"
        assert now["badge"] != was["badge"]
        stale = page.get_by_text("What you see may be out of date.")
        expect(stale).to_be_in_viewport(ratio=1)
        assert_readable(badge, stale)
        assert_fits(page)
        watched.show_incidents()
        watched.incident_entry(Incident.objects.get(name="Tree down").feature_id).get_by_role("button").click()
        expect(page.locator(".leaflet-popup")).to_contain_text("Tree down")  # what is there can still be read

    with sentence("Signed out"):
        Session.objects.filter(session_key=page.context.cookies()[0]["value"]).delete()
        make.incident("Meanwhile", (9.8, 49.2), "UR")
        live_site.start()
        page.evaluate("dispatchEvent(new Event('online'))")
        other.page.evaluate("dispatchEvent(new Event('online'))")
        expect(badge).to_have_text("Signed out", timeout=30_000)
        expect(badge.get_by_role("link")).to_have_attribute("href", re.compile("/accounts/login/"))
        assert_readable(badge.get_by_role("link"))
        assert "grayscale" in looks()["map"]
    with sentence("Is what I see still live: the other one's page comes back by itself and has missed nothing."):
        other.wait_until_live(40)
        expect(other.page.locator("#alert-list .entry-name").first).to_have_text("Urgent: Meanwhile")
        other.assert_nothing_twice()
