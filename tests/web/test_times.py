"""Times on pages: how long ago for what is fresh, the full time with its zone on hover, and the zone once on a page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from tests import make
from tests.web.page import Page
from tracker.models import Alert, Incident
from tracker.web.templatetags import site_time

NOW = datetime(2026, 11, 30, 16, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        ({"seconds": 0}, "just now"),
        ({"seconds": 59}, "just now"),
        ({"seconds": -30}, "just now"),
        ({"seconds": 60}, "1 min ago"),
        ({"minutes": 59, "seconds": 59}, "59 min ago"),
        ({"hours": 1}, "1 h ago"),
        ({"hours": 23, "minutes": 59}, "23 h ago"),
        ({"days": 1}, "2026-11-29 17:08"),
        ({"days": -24}, "2026-12-24 17:08"),
    ],
)
def test_what_is_fresh_says_how_long_ago(passed, words, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    at = NOW - timedelta(**passed)
    with override_settings(TIME_ZONE="Europe/Berlin"):
        (element,) = Page(f"<body>{site_time.ago(at)}").all("time")
        assert element.text == words
        assert element["title"] == f"{at.astimezone(timezone.get_current_timezone()):%Y-%m-%d %H:%M} CET"
        assert datetime.fromisoformat(element["datetime"]) == at


def test_the_seconds_are_told_where_they_are_wanted():
    with override_settings(TIME_ZONE="Europe/Berlin"):
        assert ">2026-11-30 17:08<" in site_time.moment(NOW)
        assert ">2026-11-30 17:08:30<" in site_time.moment(NOW, "seconds")


def test_pages_name_their_time_zone_once_and_not_in_each_row(viewer_client):
    area = make.area()
    for n in range(3):
        make.incident(f"Fire {n}")
    Incident.objects.update(created=timezone.now() - timedelta(days=3))
    Alert.objects.update(raised=timezone.now() - timedelta(days=3))
    incident = make.first(Incident.objects.all())
    alert = make.alerts_of(incident)[0]
    for address in (
        "/tracker/incident/",
        "/tracker/alert/",
        "/tracker/area_of_interest/",
        incident.get_absolute_url(),
        area.get_absolute_url(),
        f"/tracker/alert/{alert.pk}/",
    ):
        page = Page(viewer_client.get(address))
        times = [time for time in page.all("time") if "data-print-time" not in time.attributes]
        assert times, address
        for time in times:
            assert "UTC" not in time.text, address
            assert time["title"].endswith(" UTC"), address
        (note,) = page.all("p", class_="times-in")
        assert note.text.strip().startswith("Times are in UTC."), address
