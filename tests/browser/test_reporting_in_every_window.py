"""A stranger reports, in every window, while somebody on watch looks on. Each step says which sentence of the
description of the screens it plays; the branches of the page are in test_report_page.py.
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
    box_of,
    choose_severity,
    in_every_window,
    painted,
    sentence,
)
from tracker.models import Alert, Incident

pytestmark = pytest.mark.once

BREST = {"latitude": 48.39, "longitude": -4.49, "accuracy": 60}
THUMB_PX = 44


def pin(page: Page) -> tuple[float, float]:
    texts = (page.locator(f"#id_{name}").input_value() for name in ("latitude", "longitude"))
    latitude, longitude = (float(text or "nan") for text in texts)
    return latitude, longitude


def drag_the_pin(page: Page, dx: int, dy: int) -> None:
    page.locator(".pin").scroll_into_view_if_needed()
    box = box_of(page.locator(".pin"))
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=6)
    page.mouse.up()


@in_every_window
def test_a_stranger_reports_and_the_watch_sees_it(live_site, open_page, window: Window):
    make.area("Brest", make.box(-5, 48, -4, 49), "ME")
    known = make.public_incident("Fallen tree", (-4.49, 48.3909), "LO", place="in Brest, France", description="Secret")
    make.public_incident("Flooded cellar", (-4.49, 48.40), "LO")
    watched = LiveMap(open_page("/#map=8/48.5/-4.5", live_site.make_user("vera"), **window.options))
    watched.wait_until_live()
    touch = {"has_touch": True, "is_mobile": True} if window.is_phone else {}
    page = open_page("/tracker/incident/report/", permissions=[], **window.options, **touch)
    send = page.get_by_role("button", name="Send the report")
    locate = page.get_by_role("button", name="Use my location")

    with sentence("The map without internet: with no tiles reachable it shows the vendored basemap."):
        painted(page, {"sea", "land"})
    with sentence("Made for a thumb."):
        assert_theme(page, window)
        assert_fits(page)
        boxes = [box_of(each.locator("xpath=..")) for each in page.get_by_role("radio").all()]
        boxes += [box_of(locate), box_of(send), box_of(page.get_by_label("What happened?"))]
        assert min(min(box["height"], box["width"]) for box in boxes) >= THUMB_PX - 0.5
        if window.is_phone:
            assert box_of(page.locator("#point-map"))["y"] + 100 < window.height, "some map is seen at once"
            assert box_of(send)["width"] > window.width * 0.85

    with sentence("When location is refused or fails it says so and the pin still works."):
        locate.click()
        refused = page.get_by_role("status").filter(has_text="location was refused")
        expect(refused).to_be_visible()
        assert_readable(refused.locator("#location-status"))
        page.locator("#point-map").click(position={"x": 100, "y": 60})
        expect(page.locator(".pin")).to_be_visible()

    with sentence("Or type a place."):
        search = page.get_by_role("combobox", name="Or type a place")
        search.fill("brest")
        option = page.get_by_role("option", name=re.compile("Brest.*France"))
        expect(option).to_be_visible(timeout=20_000)  # the first one to ask waits for the names to be read
        assert_readable(option.locator(".combobox-label"), option.locator(".combobox-note"))
        option.click()
        expect(page.locator("#id_latitude")).to_have_value(re.compile(r"^48\.3"))

    with sentence(
        "The nearest town fills in the place in words, offline; name and description are pre-filled from it."
    ):
        expect(page.locator("#place-words")).to_contain_text("Brest, France")
        for field in ("place", "name", "description"):
            expect(page.locator(f"#id_{field}")).to_have_value(re.compile("Brest"))
    with sentence("A packaged GeoNames extract, CC-BY, credited."):
        credit = page.locator(".credit")
        expect(credit.get_by_role("link", name="GeoNames")).to_be_visible()
        expect(credit.get_by_role("link", name="CC BY 4.0")).to_be_visible()
        assert_readable(credit)

    with sentence("My location, with its accuracy shown as a circle."):
        page.context.set_geolocation(BREST)
        page.context.grant_permissions(["geolocation"])
        locate.click()
        expect(page.locator("#location-status")).to_contain_text("±60 m")
        circle = page.locator("path.accuracy")
        expect(circle).to_be_visible()
        # At zoom 15 and 48 degrees north a pixel is 156543 * cos(48.39°) / 2^15 = 3.17 m.
        page.wait_for_function(
            "(wanted) => Math.abs(document.querySelector('path.accuracy').getBoundingClientRect().width - wanted) < 6",
            arg=120 / 3.17,
        )

    with sentence("Nearby open incidents are shown first: 'is it one of these?' Distances in m and km."):
        nearby = page.get_by_role("region", name="Is it one of these?")
        expect(nearby).to_be_visible()
        top = box_of(nearby)["y"]
        assert box_of(page.get_by_label("What happened?"))["y"] > top, "it is asked before the rest"
        expect(nearby.get_by_role("listitem").first).to_contain_text("Fallen tree")
        expect(nearby.get_by_role("listitem").first).to_contain_text(re.compile(r"Low · about \d+ m away"))
        expect(nearby.locator(".severity-icon text").first).to_have_text("L")
        assert "Secret" not in page.content()
        assert_readable(nearby.locator("strong").first, nearby.locator("p").first, nearby.get_by_role("button").first)
        expect(nearby.locator(f'[data-reference="{known.pk}"]')).to_contain_text("Yes, it is this one")
        nearby.get_by_role("button", name="No, report mine").click()
        expect(nearby).to_be_hidden()

    with sentence("Or move the pin."):
        before = pin(page)
        drag_the_pin(page, 40, -25)
        expect(page.locator("path.accuracy")).to_have_count(0)  # no device vouches for it any more
        after = pin(page)
        assert after[0] > before[0]
        assert after[1] > before[1]

    with sentence("What happened; how bad; send."):
        page.get_by_label("What happened?").fill("Tree on a <car>")
        choose_severity(page, "Urgent")
        chosen = page.locator(".severity-option", has=page.locator("input:checked"))
        expect(chosen).to_have_count(1)
        expect(chosen).to_contain_text("Urgent")
        if nearby.is_visible():  # the pin was moved: it may be asked again, and nobody has to answer
            assert_readable(nearby.get_by_role("heading"))
        assert_readable(send, chosen.locator(".severity"))
        send.click()
        page.wait_for_url(re.compile("/tracker/incident/report_success/"))
    with sentence("After sending: a thank-you with a reference."):
        incident = Incident.objects.latest("pk")
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your report has arrived.")
        expect(page.locator(".reference")).to_have_text(str(incident.pk))
        assert (incident.name, incident.severity, incident.source) == ("Tree on a <car>", "UR", "public")
        assert "Brest" in incident.place
        assert_readable(page.locator(".reference"), page.get_by_role("link", name="Report another"))
        assert_fits(page)
        assert_theme(page, window)

    with sentence("A new incident appears on the map and in the list: of those on watch, who did not do anything."):
        alert = Alert.objects.get(incident_id=incident.pk)
        expect(watched.alert_entry(alert.pk)).to_contain_text("Tree on a <car>")
        expect(watched.page.locator("#toasts")).to_contain_text("Urgent: Tree on a <car>")
        expect(watched.marker(incident.feature_id)).to_have_count(1)
