"""“Until 16:08” has what is shown as 16:08: an end is as long as what it is written in."""

from datetime import UTC, datetime

import pytest
from django.test import override_settings

from tests import make
from tests.web.page import Page
from tracker.incidents.filters import Selection
from tracker.models import Alert

INCIDENTS, ALERTS = "/tracker/incident/", "/tracker/alert/"
AT = datetime(2026, 11, 30, 16, 8, 30, 500_000, tzinfo=UTC)


def names(response) -> list[str]:
    return [row.incident_name if isinstance(row, Alert) else row.name for row in response.context["object_list"]]


@pytest.fixture
def at_1608(db):
    make.area()
    make.incident("Fire", created=AT)
    Alert.objects.update(raised=AT)


@pytest.mark.parametrize(
    ("since", "until", "is_in"),
    [
        ("", "2026-11-30T16:08", True),
        ("2026-11-30T16:08", "2026-11-30T16:08", True),
        ("", "2026-11-30", True),
        ("2026-11-30", "2026-11-30", True),
        ("", "20261130", True),
        ("", "2026-11-30T16", True),
        ("", "2026-11-30 16:08", True),
        ("", "2026-11-30T16:08Z", True),
        ("", "2026-11-30T18:08+02:00", True),
        ("", "2026-11-30T16:08:30", True),
        ("", "2026-11-30T16:08:30.5", True),
        ("", "2026-11-30T16:08:30.500000", True),
        ("", "2026-11-30T16:08:30.499999", False),
        ("", "2026-11-30T16:08:29", False),
        ("", "2026-11-30T16:07", False),
        ("", "2026-11-30T15", False),
        ("", "2026-11-29", False),
        ("2026-12-01", "", False),
        ("2026-11-30T16:09", "", False),
        ("2026-11-30T16:08:31", "", False),
    ],
)
def test_an_end_is_as_long_as_it_is_written(since, until, is_in, at_1608, viewer_client):
    found = ["Fire"] if is_in else []
    assert names(viewer_client.get(INCIDENTS, {"reported_from": since, "reported_until": until})) == found
    assert names(viewer_client.get(ALERTS, {"raised_from": since, "raised_until": until})) == found
    exported = Selection({"reported_from": since, "reported_until": until}).incidents()
    assert [row.name for row in exported] == found


@override_settings(TIME_ZONE="Europe/Berlin")
def test_a_day_is_the_site_s_own(db):
    for hour in (22, 23):  # 23:30, and 0:30 of the next day
        make.incident(f"{hour}", created=datetime(2026, 11, 30, hour, 30, tzinfo=UTC))
    assert [row.name for row in Selection({"reported_until": "2026-11-30"}).incidents()] == ["22"]
    assert [row.name for row in Selection({"reported_from": "2026-12-01"}).incidents()] == ["23"]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("2026-11-30T16:08", "2026-11-30T16:08"),
        ("2026-11-30T16:08:05", "2026-11-30T16:08:05"),
        ("2026-11-30", "2026-11-30T23:59:59"),
        ("2026-11-30T18:08+02:00", "2026-11-30T16:08:59"),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_the_form_shows_what_was_asked_and_sending_it_again_asks_the_same(asked, shown, at_1608, viewer_client):
    answer = viewer_client.get(INCIDENTS, {"reported_until": asked})
    fields = Page(answer).all("input", type="datetime-local", name="reported_until")
    assert [field["value"] for field in fields] == [shown]
    assert names(viewer_client.get(INCIDENTS, {"reported_until": shown})) == names(answer)
