"""The public report page as the tests use it: on a phone, in Brest."""

import re
from typing import Any

from playwright.sync_api import expect

from tracker.models import Incident

PHONE: dict[str, Any] = {"width": 360, "height": 640, "has_touch": True, "is_mobile": True}
BREST = {"latitude": 48.39, "longitude": -4.49, "accuracy": 25}
SEND = "Send the report"
COUNT_TAPS = "window.taps = 0; addEventListener('click', (event) => { taps += event.detail > 0; }, true);"
NEVER_LOCATED = "() => { navigator.geolocation.getCurrentPosition = (found, failed) => failed({ code: %d }); }"


def sent(page) -> Incident:
    page.wait_for_url(re.compile("/tracker/incident/report_success/"))
    incident = Incident.objects.get()
    expect(page.locator(".reference")).to_have_text(str(incident.pk))
    return incident


def use_my_location(page):
    return page.get_by_role("button", name="Use my location")


def set_the_pin(page) -> None:
    page.locator("#point-map").tap(position={"x": 120, "y": 100})
    expect(page.locator("#id_latitude")).not_to_have_value("")
