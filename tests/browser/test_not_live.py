"""A live map that is not live any more says so behind other windows, too: in its title, its icon, and by a sound."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import LiveMap, live
from tests.browser.test_live_map_attention import LISTEN

pytestmark = pytest.mark.once

ICON = "document.querySelector('link[rel=icon]').href"


@pytest.fixture
def console(open_page, vera, live_site) -> Page:
    make.area("Harbour", make.box(9.0, 49.0, 10.0, 50.0), "IN")
    make.incident("Crane", (9.5, 49.5), "HI")
    page = open_page("/", vera)
    page.context.add_init_script(LISTEN)
    page.reload()
    return live(page).page


def switch_sound_on(page: Page) -> None:
    page.get_by_text("Calls me:").click()
    page.locator("#sound-switch").click()
    expect(page.locator("#sound-switch")).to_have_text("Sound: On")
    page.wait_for_function("() => window.sounds.splice(0).length")


def test_signed_out(console, vera):
    switch_sound_on(console)
    expect(console).to_have_title(re.compile(r"^\(1\) Live map"))
    live_icon = console.evaluate(ICON)
    Session.objects.filter(session_key=console.context.cookies()[0]["value"]).delete()
    expect(LiveMap(console).badge).to_have_text("Signed out", timeout=60_000)
    expect(console).to_have_title(re.compile(r"^Signed out · \(1\) Live map"))
    assert console.evaluate(ICON) != live_icon
    assert "not-live" in console.evaluate(ICON)
    console.wait_for_function("() => window.sounds.length === 3")
    assert console.evaluate("window.sounds") == sorted(console.evaluate("window.sounds"), reverse=True), "it falls"


def test_who_has_no_sound_hears_none(console):
    Session.objects.filter(session_key=console.context.cookies()[0]["value"]).delete()
    expect(LiveMap(console).badge).to_have_text("Signed out", timeout=60_000)
    assert console.evaluate("window.sounds") == []


def test_a_page_under_another_name_says_so_and_leads_to_the_right_one(live_site, open_page, watch, vera):
    watch.excused += [r"WebSocket connection to", r"Failed to load resource", r"a request left the machine", "CSP"]
    page = open_page("/", vera)
    live(page)
    other = page.context.new_page()
    other.add_init_script(
        "Object.defineProperty(window, 'WebSocket', { value: class { constructor() {"
        " setTimeout(() => this.onclose?.({ code: 1006 }), 10); } close() {} } });"
    )
    other.route(
        re.compile(r"/$"),
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=answer.text()
            .replace('"origins": ["', '"origins": ["https://tracker.example", "')
            .replace(live_site.url, "https://tracker.example"),
        ),
    )
    other.goto("/")
    expect(LiveMap(other).badge).to_have_text("Not live under this name", timeout=30_000)
    expect(other.locator("#name-note")).to_contain_text("This page was opened by another name than")
    expect(other).to_have_title(re.compile("^Not live · "))
    assert other.locator("#name-note a").get_attribute("href")


def test_a_watch_in_use_is_prolonged(live_site, console):
    key = console.context.cookies()[0]["value"]
    soon = timezone.now() + timedelta(hours=1)
    Session.objects.filter(session_key=key).update(expire_date=soon)
    with console.expect_response("**/tracker/watch/session/") as answered:
        console.reload()
    assert answered.value.ok
    assert Session.objects.get(session_key=key).expire_date > soon + timedelta(days=10)
    expect(console.locator("#session-note")).to_be_hidden()


def test_its_end_is_said_in_time(console):
    console.route(
        "**/tracker/watch/session/",
        lambda route: route.fulfill(
            json={
                "now": "2026-12-01T10:00:00.000Z",
                "ends": "2026-12-01T10:09:00.000Z",
                "last": "2026-12-01T10:09:00.000Z",
            }
        ),
    )
    console.reload()
    note = console.locator("#session-note")
    expect(note).to_contain_text(re.compile(r"You will be signed out at \d\d:\d\d"))
    note.get_by_role("link", name="Sign in again now").click()
    expect(console.get_by_label("Password")).to_be_visible()
