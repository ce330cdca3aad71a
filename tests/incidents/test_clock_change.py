"""Filters by time in the nights in which clocks are changed: nothing of the time that was asked for is missing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings

from tests import make
from tracker.incidents.filters import Selection
from tracker.models import Incident


def found(**asked: str) -> list[str]:
    with override_settings(TIME_ZONE="Europe/Berlin"):
        return sorted(incident.name for incident in Selection(asked).incidents(Incident.objects.all()))


@pytest.fixture
def every_half_hour(db):
    """From 00:00 UTC on, named by it: a quarter past, and a quarter to."""

    def report(year: int, month: int, day: int) -> None:
        for number in range(4):
            at = datetime(year, month, day, tzinfo=UTC) + timedelta(minutes=15 + 30 * number)
            incident = make.incident(f"{at:%H:%M}")
            Incident.objects.filter(pk=incident.pk).update(created=at)

    return report


def test_an_hour_that_comes_twice_is_in_it_whole(every_half_hour):
    every_half_hour(2026, 10, 25)  # 02:15, 02:45, and after the clock was put back 02:15 and 02:45 again
    assert found(reported_until="2026-10-25T02:30") == ["00:15", "00:45", "01:15"]
    assert found(reported_from="2026-10-25T02:30") == ["00:45", "01:15", "01:45"]
    assert found(reported_until="2026-10-25T02:30+02:00") == ["00:15"], "an offset says which one"


def test_an_hour_that_does_not_come_leaves_nothing_out(every_half_hour):
    every_half_hour(2026, 3, 29)  # 01:15, 01:45, and then 03:15 and 03:45
    assert found(reported_until="2026-03-29T02:30") == ["00:15", "00:45", "01:15"]
    assert found(reported_from="2026-03-29T02:30") == ["00:45", "01:15", "01:45"]


@pytest.mark.parametrize("text", ["2026-07-01T02:30", "2026-12-01T02:30"])
def test_any_other_time_is_one(text, every_half_hour):
    year, month, day = (int(part) for part in text[:10].split("-"))
    every_half_hour(year, month, day)
    assert found(reported_from=text, reported_until=text) == []
    assert len(found(reported_from=text)) + len(found(reported_until=text)) == 4
