"""demo fills an empty database with a town, all of it or nothing."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpRequest
from django.test import override_settings
from django.utils import timezone

from tests import make
from tests.rollback import taken_back
from tracker.management.demo import town
from tracker.models import Alert, AlertEvent, AreaOfInterest, Incident, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo_allowed(settings):
    settings.DEMO = True


def demo(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="class")
def merrin(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The town, made once, and what was said of it; what a test does to it is taken back."""
    with override_settings(DEMO=True), taken_back(django_db_blocker):
        yield demo()


@pytest.fixture
def _merrin(merrin, db) -> None:
    """The order matters: what the test does to the town is taken back, and then the town."""


@pytest.mark.usefixtures("_merrin")
class TestTheTown:
    def test_a_believable_town(self, merrin):
        assert AreaOfInterest.objects.count() >= 30
        assert Incident.objects.count() >= 300
        assert Incident.objects.filter(closed=False).count() == 40
        assert f"{Incident.objects.count()} incidents (40 open)" in merrin
        assert set(AreaOfInterest.objects.values_list("severity", flat=True)) == {"UR", "HI", "ME", "LO", "IN"}
        assert set(Incident.objects.values_list("severity", flat=True)) == {"UR", "HI", "ME", "LO", "IN"}
        assert all(area.polygon.valid for area in AreaOfInterest.objects.all())
        assert len(set(AreaOfInterest.objects.values_list("name", flat=True))) == AreaOfInterest.objects.count()
        assert not Incident.objects.filter(place="").exists()
        assert not Incident.objects.filter(description="").exists()

    def test_times_are_in_order_and_in_the_past(self):
        now = timezone.now()
        incidents = list(Incident.objects.order_by("pk"))
        assert [i.created for i in incidents] == sorted(i.created for i in incidents)
        assert now - timedelta(days=93) < incidents[0].created < now - timedelta(days=80)
        assert all(i.created <= i.updated <= now for i in incidents)
        assert all(i.updated > i.created for i in incidents if i.closed)
        assert not AreaOfInterest.objects.filter(updated__gt=now - timedelta(hours=1)).exists()
        alerts = list(Alert.objects.order_by("pk"))
        for alert in alerts:
            assert alert.raised <= now
            assert alert.acknowledged_at is None or alert.raised <= alert.acknowledged_at <= now
            assert (alert.resolved_at is not None) == (alert.state == "resolved") == bool(alert.reason)
            assert alert.resolved_at is None or alert.raised < alert.resolved_at <= now
        events = list(AlertEvent.objects.order_by("pk"))
        assert [event.at for event in events] == sorted(event.at for event in events)

    def test_alerts_have_a_history(self):
        assert set(Alert.objects.values_list("state", flat=True)) == {"unacknowledged", "acknowledged", "resolved"}
        assert {"created", "worsened", "area"} <= set(Alert.objects.values_list("cause", flat=True))
        assert {"incident_closed", "below_threshold", "left_area"} <= set(
            Alert.objects.values_list("reason", flat=True)
        )
        assert Alert.objects.filter(acknowledged_by__username="operator").exists()
        for alert in Alert.objects.all():
            kinds = list(alert.events.order_by("at", "pk").values_list("kind", flat=True))
            assert kinds[0] == "raised"
            assert ("resolved" in kinds[-1:]) == (alert.state == "resolved")
            assert (kinds[-1] == "acknowledged") == (alert.state == "acknowledged")

    def test_the_unresolved_alerts_are_exactly_right(self):
        out = StringIO()
        call_command("check_alerts", stdout=out)
        assert out.getvalue() == "40 open incidents checked: no differences.\n"

    def test_the_log_tells_open_maps_to_reload(self):
        assert [(m["type"], m["model"]) for m in make.recorded()] == [
            ("changed", "AreaOfInterest"),
            ("changed", "Incident"),
        ]

    def test_accounts(self):
        for name, staff, superuser, groups in [
            ("admin", True, True, {"Viewer"}),
            ("operator", True, False, {"Viewer", "Operator"}),
            ("viewer", False, False, {"Viewer"}),
        ]:
            user = authenticate(HttpRequest(), username=name, password=name)
            assert user is not None
            assert (user.is_staff, user.is_superuser) == (staff, superuser)
            assert set(user.groups.values_list("name", flat=True)) == groups

    def test_the_same_town_every_time(self):
        def all_rows():
            return list(Incident.objects.order_by("pk").values_list("name", "severity", "closed", "place"))

        first = all_rows()
        for model in (AlertEvent, Alert, Incident, AreaOfInterest):
            model.objects.all().delete()
        demo()
        assert sorted(all_rows()) == sorted(first)

    def test_twice_is_refused_and_changes_nothing(self):
        before = (
            Incident.objects.count(),
            AreaOfInterest.objects.count(),
            Alert.objects.count(),
            Notification.objects.count(),
        )
        with pytest.raises(CommandError, match="already"):
            demo()
        assert "already" in demo("--if-empty")
        after = (
            Incident.objects.count(),
            AreaOfInterest.objects.count(),
            Alert.objects.count(),
            Notification.objects.count(),
        )
        assert after == before


def test_the_harbour_is_at_the_coast():
    """Left of the coastline is land, right of it sea; districts are on land, the anchorage is not."""
    (west, south), (east, north) = town.COAST

    def is_land(position):
        return (east - west) * (position.y - south) - (north - south) * (position.x - west) > 0

    shapes = {name: shape for name, _severity, shape in town.areas()}
    assert all(
        is_land(shapes[name].centroid) for name in ("Old Town", "Kirkton", "Merrin Airfield", "Northshore Academy")
    )
    assert not any(is_land(shapes[name].centroid) for name in ("South Anchorage", "Skerry Wind Farm"))


def test_an_account_that_was_there_keeps_its_password():
    get_user_model().objects.create_user("admin", password="a secret one")
    assert "keep their passwords: admin" in demo()
    assert authenticate(HttpRequest(), username="admin", password="admin") is None
    assert not get_user_model().objects.get(username="admin").is_superuser


@pytest.mark.parametrize("make_row", [make.incident, make.area])
def test_data_is_left_alone(make_row):
    make_row()
    with pytest.raises(CommandError, match="already"):
        demo()
    demo("--if-empty")
    assert Incident.objects.count() + AreaOfInterest.objects.count() == 1
    assert not get_user_model().objects.exists()


def test_refused_without_debug_or_demo(settings):
    settings.DEMO = settings.DEBUG = False
    for arguments in ([], ["--if-empty"]):
        with pytest.raises(CommandError, match="DEMO=1"):
            demo(*arguments)
    assert not Incident.objects.exists()
    assert not get_user_model().objects.exists()
    settings.DEBUG = True
    assert demo()


@pytest.mark.django_db(transaction=True)
def test_a_demo_that_is_killed_leaves_nothing_behind():
    def killed(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "tracker_alertevent"'):
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    with pytest.raises(KeyboardInterrupt), connection.execute_wrapper(killed):
        demo()
    assert not Incident.objects.exists()
    assert not AreaOfInterest.objects.exists()
    assert not get_user_model().objects.exists()
    assert "Port Merrin" in demo("--if-empty")
