"""check_alerts finds what writes behind Tracker's back have left wrong, and repairs it."""

import itertools
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests import make
from tracker.alerts import check as alert_check
from tracker.models import Alert, AlertEvent, AreaOfInterest, Incident

pytestmark = pytest.mark.django_db


def check(*arguments: str) -> tuple[int, str]:
    """The exit status and what was printed, the error included."""
    out = StringIO()
    try:
        call_command("check_alerts", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, f"{out.getvalue()}{error}"
    return 0, out.getvalue()


def repaired() -> str:
    status, text = check("--repair")
    assert status == 0
    assert check() == (0, f"{Incident.objects.filter(closed=False).count()} open incidents checked: no differences.\n")
    return text


def delete_row(row) -> None:
    """Behind the back of the signals."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE id = %s", [row.pk])


def test_nothing_to_say_about_an_empty_database():
    assert check() == (0, "0 open incidents checked: no differences.\n")


def test_what_tracker_writes_is_right():
    make.area()
    make.incident()
    make.incident(at=make.AWAY)
    make.incident(severity="IN")
    make.incident(closed=True)
    assert check() == (0, "3 open incidents checked: no differences.\n")


def test_a_missing_alert_is_found_and_raised():
    incident, area = make.incident("Fire"), make.area("Town")
    AlertEvent.objects.all().delete()
    Alert.objects.all().delete()
    before = make.newest_id()
    status, text = check()
    assert status == 1
    assert f"incident {incident.pk} “Fire” (High) lies in area {area.pk} “Town” (from High on) and has no alert" in text
    assert "1 alerts missing" in text
    assert not Alert.objects.exists()
    assert not make.recorded(before)

    assert "1 alerts raised" in repaired()
    (alert,) = Alert.objects.all()
    assert (alert.incident_id, alert.area_id, alert.state) == (incident.pk, area.pk, "unacknowledged")
    assert [message["type"] for message in make.recorded(before)] == ["alert"]


@pytest.mark.parametrize(
    ("change", "why", "reason"),
    [
        ({"closed": True}, "the incident is closed", "incident_closed"),
        ({"severity": "IN"}, "Info is below the area's threshold, High", "below_threshold"),
        ({"location": make.point(*make.AWAY)}, "the incident does not lie in the area", "left_area"),
    ],
)
def test_an_incident_updated_behind_the_back(change, why, reason):
    make.area()
    incident = make.incident()
    Incident.objects.filter(pk=incident.pk).update(**change)
    status, text = check()
    assert status == 1
    assert why in text
    assert "1 should have ended" in text
    assert "1 ended" in repaired()
    assert Alert.objects.get().reason == reason


def test_a_deleted_incident():
    make.area()
    delete_row(make.incident())
    status, text = check()
    assert (status, "the incident no longer exists" in text) == (1, True)
    repaired()
    assert Alert.objects.get().reason == "incident_deleted"


def test_a_deleted_area():
    area = make.area()
    make.area("Other")
    make.incident()
    delete_row(area)
    status, text = check()
    assert (status, "the area no longer exists" in text) == (1, True)
    before = make.newest_id()
    repaired()
    assert Alert.objects.get(area_id=area.pk).reason == "area_deleted"
    assert Alert.objects.exclude(area_id=area.pk).get().state == "unacknowledged"
    (message,) = make.recorded(before)
    assert [change["reason"] for change in message["alerts"]] == ["area_deleted"]


def test_a_moved_area():
    area = make.area()
    there = make.incident(at=make.AWAY)
    make.incident()
    AreaOfInterest.objects.filter(pk=area.pk).update(polygon=make.around(make.AWAY))
    assert check()[0] == 1
    assert "1 alerts raised, 1 ended" in repaired()
    assert Alert.objects.exclude(state="resolved").get().incident_id == there.pk


def test_a_worsening_that_nobody_heard_of():
    make.area()
    incident = make.incident(severity="HI")
    Alert.objects.update(state="acknowledged")
    Incident.objects.filter(pk=incident.pk).update(severity="UR")
    status, text = check()
    assert status == 1
    assert "1 show old values" in text
    assert "now incident “Fire”, area “Town”, Urgent" in text
    assert "1 updated" in repaired()
    alert = Alert.objects.get()
    assert (alert.severity, alert.state, alert.cause) == ("UR", "unacknowledged", "worsened")


def test_names_are_followed():
    area, incident = make.area(), make.incident()
    Incident.objects.filter(pk=incident.pk).update(name="Blaze")
    AreaOfInterest.objects.filter(pk=area.pk).update(name="City")
    assert check()[0] == 1
    repaired()
    alert = Alert.objects.get()
    assert (alert.incident_name, alert.area_name, alert.state) == ("Blaze", "City", "unacknowledged")


def test_resolved_alerts_are_left_alone():
    make.area()
    incident = make.incident()
    incident.closed = True
    incident.save()
    delete_row(incident)
    assert check()[0] == 0


def test_chunks_leave_nothing_out():
    make.area()
    incidents = [make.incident(f"Fire {n}") for n in range(11)]
    delete_row(incidents[3])
    Incident.objects.filter(pk=incidents[5].pk).update(closed=True)  # still has its alert
    quiet = make.incident(at=make.AWAY)
    expected = [incident.pk for incident in incidents] + [quiet.pk]
    for size in (1, 3, 100):
        found = list(alert_check.chunks(itertools.repeat(size).__next__))
        assert [pk for chunk in found for pk in chunk] == expected
        assert max(len(chunk) for chunk in found) <= size
