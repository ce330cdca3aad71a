"""Alerts follow what is stored: after saves of old instances, of many rows at once, and behind the signals' back."""

import pytest
from django.db import transaction

from tests import make
from tests.alerting import change, the_alert
from tests.make import AWAY, HOME
from tracker.alerts import lifecycle
from tracker.incidents import bulk
from tracker.models import Alert, AreaOfInterest, Incident, RowDeleted
from tracker.models.severity import Severity

pytestmark = pytest.mark.django_db

Cause, Reason = Alert.Cause, Alert.Reason
HIGH, URGENT, MEDIUM, LOW = Severity.HIGH, Severity.URGENT, Severity.MEDIUM, Severity.LOW


class TestStaleInstances:
    """What counts is what is stored, not what an instance, loaded long ago, believes."""

    def test_an_old_instance_that_puts_the_severity_back_worsens(self, recorded):
        make.area(severity=LOW)
        incident = make.incident()
        stale = Incident.objects.get(pk=incident.pk)
        change(incident, severity=MEDIUM)
        recorded()
        stale.save()  # High again
        assert [m["cause"] for m in recorded("alert")] == ["worsened"]

    def test_an_old_instance_that_reopens(self, recorded):
        make.area()
        incident = make.incident()
        stale = Incident.objects.get(pk=incident.pk)
        change(incident, closed=True)
        recorded()
        stale.save()
        assert [m["cause"] for m in recorded("alert")] == ["reopened"]

    def test_only_the_named_fields_count(self, recorded):
        make.area(severity=LOW)
        incident = make.incident(at=AWAY)
        stale = Incident.objects.get(pk=incident.pk)
        change(incident, severity=MEDIUM)
        stale.location = make.point(*HOME)
        recorded()
        stale.save(update_fields=["location"])  # it believes in High, and does not write it
        saved, alert = recorded()
        assert saved["feature"]["properties"]["severity_code"] == "ME"
        assert alert["cause"] == "moved"
        assert the_alert(incident).severity == MEDIUM

    def test_a_severity_in_memory_that_is_not_saved_alerts_nobody(self, recorded):
        make.area()
        incident = make.incident()
        recorded()
        incident.severity, incident.name = URGENT, "Big fire"
        incident.save(update_fields=["name"])
        assert [m["type"] for m in recorded()] == ["post_save"]
        assert the_alert(incident).severity == HIGH

    def test_update_fields_that_matter(self, recorded):
        make.area()
        incident = make.incident()
        incident.severity = URGENT
        recorded()
        incident.save(update_fields=["severity"])
        assert [m["cause"] for m in recorded("alert")] == ["worsened"]
        incident.closed = True
        incident.save(update_fields=["closed"])
        assert the_alert(incident).reason == Reason.INCIDENT_CLOSED

    def test_an_area_renamed_by_another_keeps_its_new_name(self):
        area, incident = make.area(), make.incident()
        stale = AreaOfInterest.objects.get(pk=area.pk)
        change(area, name="City")
        stale.severity = HIGH
        stale.save(update_fields=["severity"])
        assert the_alert(incident).area_name == "City"

    @pytest.mark.parametrize("fields", [None, ["severity"]])
    def test_a_row_that_was_deleted_meanwhile_is_not_made_again(self, fields, recorded):
        area, incident = make.area(), make.incident()
        for row in (incident, area):
            stale = type(row).objects.get(pk=row.pk)
            row.delete()
            recorded()
            with pytest.raises(RowDeleted), transaction.atomic():
                stale.save(update_fields=fields)
            assert recorded() == []
            assert not type(row).objects.exists()

    def test_saving_twice_what_was_made_once(self, recorded):
        make.area()
        incident = make.incident()
        recorded()
        incident.save()
        incident.save()
        assert [m["type"] for m in recorded()] == ["post_save", "post_save"]
        incident.severity = URGENT
        incident.save()
        incident.save()
        assert len(recorded("alert")) == 1


class TestMany:
    """Writing many at once does what as many single saves do."""

    def test_incidents(self, recorded):
        make.area()
        recorded()
        places = [HOME, AWAY, HOME]
        rows = [Incident(name=f"Fire {n}", location=make.point(*p), severity=HIGH) for n, p in enumerate(places)]
        bulk.create(Incident, rows)
        messages = recorded()
        assert [m["type"] for m in messages] == ["post_save"] * 3 + ["alert"] * 2
        assert [m["feature"]["properties"]["name"] for m in messages[:3]] == ["Fire 0", "Fire 1", "Fire 2"]
        assert all(m["created"] for m in messages[:3])
        assert Alert.objects.count() == 2

    def test_areas(self, recorded):
        incident = make.incident()
        recorded()
        bulk.create(
            AreaOfInterest, [AreaOfInterest(name=str(n), polygon=make.around(HOME), severity=HIGH) for n in "ab"]
        )
        messages = recorded()
        assert [m["type"] for m in messages] == ["post_save"] * 2 + ["alert"]
        assert [a["name"] for a in messages[-1]["areas_of_interest"]] == ["a", "b"]
        assert [a.cause for a in make.alerts_of(incident)] == [Cause.AREA, Cause.AREA]

    def test_quietly_alerts_are_sent_all_the_same(self, recorded):
        make.area()
        recorded()
        bulk.create(Incident, [Incident(name="Fire", location=make.point(*HOME), severity=HIGH)], announce=False)
        assert [m["type"] for m in recorded()] == ["alert"]

    def test_geometry_is_brought_into_its_stored_form(self):
        bulk.create(Incident, [Incident(name="Quake", location=make.point(-190, 10))])
        bulk.create(AreaOfInterest, [AreaOfInterest(name="Fiji", polygon=make.box(176, -21, 182, -15))])
        assert Incident.objects.get().location.x == 170
        assert AreaOfInterest.objects.get().polygon.extent == (-180, -21, 180, -15)


class TestCheck:
    """``check_alerts`` compares with what ``differences`` finds; it sees what went past the signals."""

    def test_nothing_differs_after_saves(self):
        make.area()
        incident = make.incident()
        assert lifecycle.differences([incident.pk]) == ([], [])

    def test_an_incident_moved_behind_the_back_of_the_signals(self):
        area, away = make.area(), make.area("Away", make.around(AWAY))
        incident = make.incident()
        Incident.objects.filter(pk=incident.pk).update(location=make.point(*AWAY))
        missing, stale = lifecycle.differences([incident.pk])
        assert [(pair.incident, pair.area) for pair in missing] == [(incident.pk, away.pk)]
        assert [(alert.incident_id, alert.area_id) for alert in stale] == [(incident.pk, area.pk)]
        lifecycle.match_incidents({incident.pk: Cause.MOVED})
        assert lifecycle.differences([incident.pk]) == ([], [])
