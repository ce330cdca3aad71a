"""From signing in to acknowledging an alert and closing the incident, without ever touching the mouse."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import make
from tests.browser.live_map import LiveMap
from tests.browser.windows import AA_SHAPE, COLOURS, Window, in_every_window
from tests.live_site import PASSWORD
from tracker.models import Alert, Incident

pytestmark = pytest.mark.once

FAR = 120  # stops of the Tab key after which we are lost
FOCUSED = """() => {
    const node = document.activeElement;
    return (node.getAttribute("aria-label") || node.textContent || node.value || "").replace(/\\s+/g, " ").trim();
}"""


def contrast_of_outline(focused: Locator) -> float:
    """With what lies around the element."""
    return focused.evaluate(
        f"""(node) => {{ {COLOURS}
            return ratio(parts(getComputedStyle(node).outlineColor).rgb, background(node.parentElement));
        }}"""
    )


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus is called like this, and can be seen to have it."""
    for _ in range(FAR):
        page.keyboard.press("Tab")
        if re.search(name, page.evaluate(FOCUSED)):
            focused = page.locator(":focus")
            expect(focused).to_be_in_viewport()
            outline = focused.evaluate("(node) => getComputedStyle(node).outlineStyle")
            assert outline != "none", f"nobody sees that “{name}” has the focus"
            assert contrast_of_outline(focused) >= AA_SHAPE
            return
    pytest.fail(f"the Tab key never comes to “{name}”")


@in_every_window
def test_from_signing_in_to_closing_the_incident(live_site, open_page, window: Window):
    live_site.make_user("olga", "Operator")
    make.area("Harbour")
    incident = make.incident("Fire at the quay")
    alert = Alert.objects.get()
    page = open_page("/accounts/login/", **window.options)
    tab_to(page, r"^Skip to the content$")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("olga")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    live_map = LiveMap(page)
    live_map.wait_until_live()

    tab_to(page, r"^Acknowledge.*Fire at the quay")
    page.keyboard.press("Enter")
    expect(live_map.alert_entry(alert.pk)).to_contain_text("Acknowledged by olga")
    assert Alert.objects.get(acknowledged_by__username="olga") == alert

    tab_to(page, r"^Details: Fire at the quay")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/tracker/incident/{incident.pk}/$"))
    tab_to(page, r"^Close")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("closed")
    assert Incident.objects.get().closed
    assert Alert.objects.get().state == Alert.State.RESOLVED
