"""One clock: scripts are told the site's time zone, and what it is called, as the pages of the server show it."""

import json

import pytest
from django.test import override_settings
from django.utils.dateformat import format as formatted
from django.utils.timezone import get_current_timezone, now

from tests.web.page import Element, Page


def of_page(response) -> Element:
    (html,) = Page(response).all("html")
    return html


@pytest.mark.parametrize(
    ("zone", "names"),
    [
        ("UTC", {"0": "UTC"}),
        ("Europe/Berlin", {"60": "CET", "120": "CEST"}),
        ("America/Sao_Paulo", {"-180": "-03"}),
        ("Asia/Kathmandu", {"345": "+0545"}),
    ],
)
def test_every_page_names_the_zone_as_it_writes_it(zone, names, stranger_client, viewer_client):
    with override_settings(TIME_ZONE=zone):
        for response in (viewer_client.get("/"), stranger_client.get("/tracker/incident/report/")):
            html = of_page(response)
            assert html["data-time-zone"] == zone
            assert json.loads(html["data-zone-names"]) == names
        assert formatted(now().astimezone(get_current_timezone()), "T") in names.values()
