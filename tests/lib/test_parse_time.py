"""What is taken for a time, and that the database can be asked about each that is."""

from datetime import UTC, datetime

import pytest
from django.test import override_settings

from tracker.lib.request.parse import parse_time
from tracker.models import Incident

OFFSETS = ["+15:59", "-15:59", "+16:00", "-16:00", "+23:59", "-23:59", "+23:59:59.999999", "+00:00:30", "Z"]
TIMES = ["1900-01-01T00:00:00", "2026-11-01T12:30:00.5", "2900-12-31T23:59:59"]


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("time", TIMES)
def test_the_database_can_be_asked_about_any_time_with_any_offset(time, offset, db):
    found = parse_time(time + offset)
    assert found == datetime.fromisoformat(time + offset)
    assert Incident.objects.filter(created__gte=found, created__lte=found).count() == 0


@override_settings(TIME_ZONE="Europe/Berlin")
@pytest.mark.parametrize("time", TIMES)
def test_without_an_offset_it_is_the_site_s_time(time, db):
    found = parse_time(time)
    assert found is not None
    assert found.tzinfo is UTC
    assert Incident.objects.filter(created__gte=found).count() == 0
    assert parse_time("2026-11-01T12:00") == datetime(2026, 11, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "\0", "2026-13-01", "0001-01-01", "1899-12-31", "2901-01-01", "9999-12-31T23:59-12:00", "٢٠٢٦-01-01",
        "2026-01-01T00:00+24:00", "2026-01-01T00:00+99:99",
    ],
)  # fmt: skip
def test_anything_else_is_none(text):
    assert parse_time(text) is None
