"""A console whose clock is set, or stops while the machine sleeps: sound, acknowledgements and badge go on."""

import json
import time

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.live_map import LiveMap

pytestmark = pytest.mark.once

# The wall clock as a test sets it, how the monotonic one stops in a sleep, and what goes to the loudspeaker.
CLOCKS = """
window.sounds = 0;
const { start } = OscillatorNode.prototype;
OscillatorNode.prototype.start = function (...given) { window.sounds += 1; return start.apply(this, given); };
const real = { wall: Date.now, monotonic: performance.now.bind(performance) };
window.set = { wall: 0, monotonic: 0 };
Date.now = () => real.wall() + window.set.wall;
performance.now = () => real.monotonic() + window.set.monotonic;
// What a network has forgotten: nothing reaches the page through it any more, and nothing says so. The next one works.
const sockets = new Set(), forgotten = new Set();
window.forget = () => sockets.forEach((socket) => forgotten.add(socket));
const RealSocket = window.WebSocket;
window.WebSocket = class extends RealSocket {
    constructor(...given) { super(...given); sockets.add(this); }
    set onmessage(take) { super.onmessage = (event) => { if (!forgotten.has(this)) take(event); }; }
};
"""
HOUR_MS = 3_600_000


@pytest.fixture
def area(live_site):
    return make.area("Harbour", make.box(9.0, 49.0, 10.0, 50.0), "IN")


@pytest.fixture
def console(open_page, area, vera) -> Page:
    page = open_page("/", vera)
    page.context.add_init_script(CLOCKS)
    page.said, page.opened = [], []
    page.on("websocket", lambda socket: socket.on("framesent", lambda text: page.said.append((time.monotonic(), text))))
    page.reload()
    LiveMap(page).wait_until_live()
    page.on("websocket", lambda socket: page.opened.append(socket))
    page.get_by_text("Calls me:").click()
    page.locator("#sound-switch").click()
    expect(page.locator("#sound-switch")).to_have_text("Sound: On")
    return page


def high(name: str) -> None:
    make.incident(name, (9.5, 49.5), "HI")


def sounds_of(page: Page, name: str) -> int:
    page.evaluate("window.sounds = 0")
    high(name)
    expect(page.locator("#alert-list")).to_contain_text(name)
    page.wait_for_timeout(300)
    return page.evaluate("window.sounds")


def acknowledged_within(page: Page, name: str) -> float:
    """After how many seconds the page acknowledges a new alert."""
    page.said.clear()  # type: ignore[attr-defined]
    before = time.monotonic()
    high(name)
    for _ in range(50):
        page.wait_for_timeout(100)
        acks = [at for at, text in page.said if json.loads(text)["type"] == "ack"]  # type: ignore[attr-defined]
        if acks:
            return acks[0] - before
    raise AssertionError("nothing was acknowledged")


@pytest.mark.parametrize("hours", [-1, 1, -24], ids=["back", "forward", "a day back"])
def test_the_clock_is_set(console, hours):
    assert sounds_of(console, "Before") == 3
    console.wait_for_timeout(3200)
    console.evaluate(f"window.set.wall = {hours * HOUR_MS}")
    for name in ("First", "Second"):
        assert sounds_of(console, name) == 3
        console.wait_for_timeout(3200)
    assert acknowledged_within(console, "Third") < 2.5
    expect(LiveMap(console).badge).to_have_text("Live")
    note = console.locator("#clock-note")
    expect(note).to_contain_text("ahead of" if hours > 0 else "behind")
    console.evaluate("window.set.wall = 0")
    expect(note).to_be_hidden()
    expect(LiveMap(console).badge).to_have_text("Live")


def opened_again_within(page: Page, seconds: int) -> bool:
    """Whether the page opens another socket."""
    for _ in range(seconds * 10):
        if page.opened:  # type: ignore[attr-defined]
            return True
        page.wait_for_timeout(100)
    return False


def test_a_dead_line_is_noticed_though_the_clock_was_set_back(console):
    console.evaluate(f"window.set.wall = {-HOUR_MS}; window.forget()")
    assert opened_again_within(console, 40)


def test_after_a_sleep_the_line_is_looked_at_at_once(console):
    high("Before the night")
    expect(console.locator("#alert-list")).to_contain_text("Before the night")
    # The monotonic clock stood still, the wall clock did not; a socket that the network has forgotten says nothing.
    console.evaluate(f"window.forget(); window.set.wall += {8 * HOUR_MS}")
    assert opened_again_within(console, 20)
    console.evaluate("window.set.wall = 0")
    LiveMap(console).wait_until_live(30)
    assert sounds_of(console, "In the morning") == 3


def test_after_a_sleep_a_line_that_lives_stays(console):
    console.evaluate(f"window.set.wall += {8 * HOUR_MS}; window.set.monotonic += {8 * HOUR_MS}")
    console.wait_for_timeout(8000)
    expect(LiveMap(console).badge).to_have_text("Live")
    assert console.evaluate("document.querySelector('.map-stale').checkVisibility()") is False
    assert sounds_of(console, "In the morning") == 3
