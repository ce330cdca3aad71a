"""When an alert is resolved, what becomes of it when its rows are deleted, and acknowledging (design.md, 5)."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.alerting import Recorded, change, kinds, the_alert
from tests.make import AWAY, HOME
from tracker.alerts import lifecycle
from tracker.incidents import bulk
from tracker.lib.strict_json import iso_time
from tracker.models import Alert, AlertEvent, AreaOfInterest, Incident
from tracker.models.severity import Severity

pytestmark = pytest.mark.django_db

State, Cause, Reason, Kind = Alert.State, Alert.Cause, Alert.Reason, AlertEvent.Kind
HIGH, URGENT, LOW = Severity.HIGH, Severity.URGENT, Severity.LOW


class TestResolved:
    @pytest.fixture
    def area(self):
        return make.area()

    @pytest.fixture
    def incident(self, area):
        return make.incident()

    def check(self, alert: Alert, reason: str, recorded: Recorded, others: tuple[str, ...]) -> None:
        after = Alert.objects.get(pk=alert.pk)
        assert (after.state, after.reason) == (State.RESOLVED, reason)
        assert after.resolved_at is not None
        assert (after.incident_name, after.area_name) == ("Fire", "Town")
        assert [(e.kind, e.note) for e in after.events.order_by("pk")] == [("raised", "created"), ("resolved", reason)]
        messages = recorded()
        assert [m["type"] for m in messages] == [*others, "alert_state"]
        (entry,) = messages[-1]["alerts"]
        assert entry["at"].endswith("Z")
        assert entry | {"at": ""} == {
            "alert": alert.pk,
            "incident": f"Incident:{alert.incident_id}",
            "area": f"AreaOfInterest:{alert.area_id}",
            "state": "resolved",
            "by": None,
            "at": "",
            "reason": reason,
        }

    def test_incident_closed(self, area, incident, recorded):
        alert = the_alert(incident)
        change(incident, closed=True)
        self.check(alert, "incident_closed", recorded, ("post_save",))

    def test_incident_deleted(self, area, incident, recorded):
        alert = the_alert(incident)
        incident.delete()
        self.check(alert, "incident_deleted", recorded, ("post_delete",))

    def test_left_area(self, area, incident, recorded):
        alert = the_alert(incident)
        change(incident, location=make.point(*AWAY))
        self.check(alert, "left_area", recorded, ("post_save",))

    def test_below_threshold(self, area, incident, recorded):
        alert = the_alert(incident)
        change(incident, severity=LOW)
        self.check(alert, "below_threshold", recorded, ("post_save",))

    def test_area_moved_away(self, area, incident, recorded):
        alert = the_alert(incident)
        change(area, polygon=make.around(AWAY))
        self.check(alert, "area_changed", recorded, ("post_save",))

    def test_threshold_raised(self, area, incident, recorded):
        alert = the_alert(incident)
        change(area, severity=URGENT)
        self.check(alert, "area_changed", recorded, ("post_save",))

    def test_area_deleted(self, area, incident, recorded):
        alert = the_alert(incident)
        area.delete()
        self.check(alert, "area_deleted", recorded, ("post_delete",))

    def test_closed_by_the_many(self, area, incident, recorded):
        alert = the_alert(incident)
        assert bulk.close_incidents([incident.pk]) == 1
        assert Incident.objects.get(pk=incident.pk).closed
        self.check(alert, "incident_closed", recorded, ("post_save",))
        assert bulk.close_incidents([incident.pk]) == 0, "it is closed already"
        assert recorded() == []

    def test_an_acknowledged_alert_ends_too_and_keeps_who(self, area, incident, viewer):
        lifecycle.acknowledge([the_alert(incident).pk], viewer)
        change(incident, closed=True)
        alert = the_alert(incident)
        assert (alert.state, alert.acknowledged_by) == (State.RESOLVED, viewer)

    def test_closing_and_moving_at_once_counts_as_closed(self, area, incident):
        change(incident, closed=True, location=make.point(*AWAY))
        assert the_alert(incident).reason == Reason.INCIDENT_CLOSED

    def test_many_areas_resolve_in_one_message(self, area, incident, recorded):
        make.area("Second")
        recorded()
        change(incident, closed=True)
        (message,) = recorded("alert_state")
        assert len(message["alerts"]) == 2

    def test_raising_again_is_a_new_row(self, area, incident, viewer):
        lifecycle.acknowledge([the_alert(incident).pk], viewer)
        for place in (AWAY, HOME, AWAY, HOME):
            change(incident, location=make.point(*place))
        first, second, third = make.alerts_of(incident)
        assert [a.state for a in (first, second, third)] == ["resolved", "resolved", "unacknowledged"]
        assert first.acknowledged_by == viewer, "no acknowledgement is ever erased"

    def test_no_two_unresolved_for_one_pair(self, area, incident):
        twin = Alert(incident=incident, area=area, incident_name="a", area_name="b", severity=HIGH, cause=Cause.CREATED)
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save()
        change(incident, closed=True)
        twin.save()  # the first is resolved, so there is room for another


class TestDeleted:
    def test_many_at_once(self, recorded):
        make.area()
        incidents = [make.incident(name=f"Fire {n}") for n in range(3)]
        ids = {incident.feature_id for incident in incidents}
        recorded()
        Incident.objects.filter(name__startswith="Fire").delete()
        assert {a.reason for a in Alert.objects.all()} == {Reason.INCIDENT_DELETED}
        messages = recorded()
        assert {m["feature"]["id"] for m in messages if m["type"] == "post_delete"} == ids
        assert [len(m["alerts"]) for m in messages if m["type"] == "alert_state"] == [1, 1, 1]

    def test_many_areas_at_once(self, recorded):
        incident = make.incident()
        make.area("First"), make.area("Second")
        AreaOfInterest.objects.all().delete()
        assert [a.reason for a in make.alerts_of(incident)] == [Reason.AREA_DELETED] * 2

    def test_the_message_shows_the_incident_as_it_was(self, recorded):
        incident = make.incident(description="Smoke.")
        (saved,) = recorded()
        incident.delete()
        (deleted,) = recorded()
        assert deleted["feature"] == saved["feature"]

    def test_both_gone_the_alert_stays_with_their_names(self):
        area, incident = make.area(), make.incident()
        pk = the_alert(incident).pk
        area.delete()
        incident.delete()
        alert = Alert.objects.get(pk=pk)
        assert str(alert) == "Fire – Town"
        assert alert.reason == Reason.AREA_DELETED, "what ended it first"

    def test_deleting_what_another_has_deleted_says_nothing(self, recorded):
        for row in (make.incident(), make.area()):
            stale = type(row).objects.get(pk=row.pk)
            row.delete()
            recorded()
            stale.delete()
            assert recorded() == []

    def test_deleting_a_person_keeps_the_alert(self, viewer):
        make.area()
        incident = make.incident(reported_by=viewer)
        lifecycle.acknowledge([the_alert(incident).pk], viewer)
        viewer.delete()
        alert = the_alert(incident)
        assert (alert.state, alert.acknowledged_by) == (State.ACKNOWLEDGED, None)
        assert Incident.objects.get(pk=incident.pk).reported_by is None


def test_all_alerts_of_an_area_are_written_in_a_few_short_statements(viewer):
    """While an area ends its alerts everybody else who saves has to wait, so of each only its number is written."""
    make.area(severity=Severity.INFO)
    bulk.create(Incident, [Incident(name="Fire", location=make.point(*HOME)) for _ in range(1_200)])
    pks = list(Alert.objects.values_list("pk", flat=True))
    for write in (
        lambda: lifecycle.acknowledge(pks, viewer),
        lambda: change(AreaOfInterest.objects.get(), name="Renamed", polygon=make.around(HOME, 2)),
        lambda: AreaOfInterest.objects.get().delete(),
    ):
        with CaptureQueriesContext(connection) as captured:
            write()
        updates = [query["sql"] for query in captured if query["sql"].startswith('UPDATE "tracker_alert"')]
        assert 1 <= len(updates) <= 3
        assert sum(map(len, updates)) < 20 * len(pks)
    assert not Alert.objects.unresolved().exists()
    ended = Alert.objects.filter(acknowledged_by=viewer, reason=Reason.AREA_DELETED, area_name="Renamed")
    assert ended.count() == len(pks) == 1_200


class TestAcknowledge:
    def test_by_a_person(self, recorded, operator):
        make.area()
        alert = the_alert(make.incident())
        recorded()
        assert lifecycle.acknowledge([alert.pk], operator) == [alert]
        alert.refresh_from_db()
        assert (alert.state, alert.acknowledged_by) == (State.ACKNOWLEDGED, operator)
        (message,) = recorded()
        (entry,) = message["alerts"]
        assert (message["type"], entry["alert"], entry["state"]) == ("alert_state", alert.pk, "acknowledged")
        assert entry["by"] == "Olga Ortega"
        assert alert.acknowledged_at is not None
        assert entry["at"] == iso_time(alert.acknowledged_at)
        event = make.first(alert.events.order_by("-pk"))
        assert (event.kind, event.by) == (Kind.ACKNOWLEDGED, operator)

    def test_a_person_without_a_full_name(self, recorded, viewer):
        make.area()
        lifecycle.acknowledge([the_alert(make.incident()).pk], viewer)
        (message,) = recorded("alert_state")
        assert message["alerts"][0]["by"] == "vera"

    def test_the_second_changes_nothing(self, recorded, operator, second_operator):
        make.area()
        alert = the_alert(make.incident())
        lifecycle.acknowledge([alert.pk], operator)
        first = Alert.objects.get(pk=alert.pk)
        recorded()
        assert lifecycle.acknowledge([alert.pk], second_operator) == []
        alert.refresh_from_db()
        assert (alert.acknowledged_by, alert.acknowledged_at) == (operator, first.acknowledged_at)
        assert kinds(alert) == [Kind.RAISED, Kind.ACKNOWLEDGED]
        assert recorded() == []

    def test_a_resolved_alert_stays_resolved(self, recorded, operator):
        make.area()
        incident = make.incident()
        change(incident, closed=True)
        recorded()
        assert lifecycle.acknowledge([the_alert(incident).pk], operator) == []
        assert the_alert(incident).state == State.RESOLVED
        assert recorded() == []

    def test_only_those_that_nobody_has(self, recorded, operator, second_operator):
        make.area(), make.area("Second"), make.area("Third")
        given = make.alerts_of(make.incident())
        lifecycle.acknowledge([given[0].pk], operator)
        recorded()
        assert lifecycle.acknowledge([a.pk for a in given], second_operator) == given[1:]
        (message,) = recorded()
        assert [e["alert"] for e in message["alerts"]] == [a.pk for a in given[1:]]

    def test_what_is_not_there(self, recorded, operator):
        assert lifecycle.acknowledge([987654321], operator) == []
        assert lifecycle.acknowledge([], operator) == []
        assert recorded() == []
