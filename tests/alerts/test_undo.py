"""Taking back what was a mistake: an acknowledgement, or a closing. Nothing got worse, so nobody is called."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests import make
from tests.alerting import change, kinds, the_alert
from tracker.alerts import lifecycle
from tracker.incidents import bulk
from tracker.lib.request.current_user import acting_as
from tracker.models import Alert, AlertEvent, AuditEntry

pytestmark = pytest.mark.django_db
State, Kind = Alert.State, AlertEvent.Kind


class TestTakenBack:
    def test_the_alert_waits_again_as_it_was_raised(self, recorded, operator):
        make.area()
        alert = the_alert(make.incident())
        lifecycle.acknowledge([alert.pk], operator)
        recorded()
        assert lifecycle.take_back([alert.pk], operator) == [alert]
        after = Alert.objects.get(pk=alert.pk)
        assert (after.state, after.raised) == (State.UNACKNOWLEDGED, alert.raised)
        assert (after.acknowledged_by, after.acknowledged_who, after.acknowledged_at) == (None, "", None)
        (message,) = recorded()
        (entry,) = message["alerts"]
        assert (message["type"], entry["state"], entry["by"]) == ("alert_state", "unacknowledged", None)
        assert kinds(alert) == [Kind.RAISED, Kind.ACKNOWLEDGED, Kind.TAKEN_BACK]
        assert make.first(alert.events.order_by("-pk")).by == operator
        entry = make.first(AuditEntry.objects.filter(action="alert_taken_back"))
        assert (entry.who, entry.number) == (operator.get_username(), alert.pk)

    def test_only_by_who_has_acknowledged(self, recorded, operator, second_operator):
        make.area()
        alert = the_alert(make.incident())
        lifecycle.acknowledge([alert.pk], operator)
        recorded()
        assert lifecycle.take_back([alert.pk], second_operator) == []
        assert the_alert(alert.incident).acknowledged_by == operator
        assert recorded() == []

    def test_what_a_colleague_had_stays_theirs(self, operator, second_operator):
        make.area("A")
        make.area("B")
        first, second = make.alerts_of(make.incident())
        lifecycle.acknowledge([first.pk], second_operator)
        assert lifecycle.acknowledge([first.pk, second.pk], operator) == [second]
        assert lifecycle.take_back([first.pk, second.pk], operator) == [second]
        first.refresh_from_db()
        assert first.acknowledged_by == second_operator

    def test_not_long_afterwards_and_not_when_it_has_ended(self, recorded, operator):
        make.area()
        old, ended = (the_alert(make.incident(name)) for name in ("Old", "Ended"))
        lifecycle.acknowledge([old.pk, ended.pk], operator)
        long_ago = timezone.now() - lifecycle.TAKEN_BACK_WITHIN - timedelta(seconds=1)
        Alert.objects.filter(pk=old.pk).update(acknowledged_at=long_ago)
        change(ended.incident, closed=True)
        recorded()
        assert lifecycle.take_back([old.pk, ended.pk, 999_999], operator) == []
        assert recorded() == []


def states(incident) -> list[tuple[int, str, str]]:
    return [(alert.pk, alert.state, alert.acknowledged_who) for alert in make.alerts_of(incident)]


class TestClosingUndone:
    def close(self, user, *incidents):
        with acting_as(user):
            return bulk.close_undoably([incident.pk for incident in incidents])[1]

    def test_the_alerts_are_as_they_were(self, recorded, operator, second_operator):
        for name in ("A", "B"):
            make.area(name)
        fire, flood = make.incident("Fire"), make.incident("Flood")
        lifecycle.acknowledge([make.alerts_of(fire)[0].pk], second_operator)
        before = states(fire), states(flood)
        raised = list(Alert.objects.order_by("pk").values_list("raised", "acknowledged_at"))
        at = self.close(operator, fire, flood)
        recorded()
        assert bulk.undo_closing(operator, at) == (2, 0)
        assert (states(fire), states(flood)) == before
        assert list(Alert.objects.order_by("pk").values_list("raised", "acknowledged_at")) == raised
        messages = recorded()
        assert [message["type"] for message in messages] == ["alert_restored", "post_save", "post_save"]
        assert [(e["alert"], e["state"], e["by"] or "") for e in messages[0]["alerts"]] == [*before[0], *before[1]]
        assert kinds(make.alerts_of(fire)[0]) == [Kind.RAISED, Kind.ACKNOWLEDGED, Kind.RESOLVED, Kind.RESTORED]

    def test_what_ended_for_another_reason_stays_ended(self, operator):
        area = make.area("Left")
        make.area("Kept")
        fire = make.incident()
        area.delete()
        at = self.close(operator, fire)
        bulk.undo_closing(operator, at)
        assert [alert.area_name for alert in Alert.objects.unresolved()] == ["Kept"]

    def test_an_earlier_closing_is_not_undone_with_it(self, operator):
        make.area()
        fire = make.incident()
        self.close(operator, fire)
        bulk.reopen_incidents([fire.pk])  # meant: a new alert
        at = self.close(operator, fire)
        bulk.undo_closing(operator, at)
        assert [state for _pk, state, _who in states(fire)] == ["resolved", "unacknowledged"]

    def test_areas_have_gone_on_meanwhile(self, recorded, operator):
        renamed, moved, gone = (make.area(name) for name in ("Renamed", "Moved", "Gone"))
        fire = make.incident()
        at = self.close(operator, fire)
        change(renamed, name="New name")
        change(moved, polygon=make.around(make.AWAY))
        gone.delete()
        make.area("Drawn meanwhile")
        recorded()
        bulk.undo_closing(operator, at)
        open_now = {alert.area_name: alert.cause for alert in Alert.objects.unresolved()}
        assert open_now == {"New name": "created", "Drawn meanwhile": "reopened"}
        (raised,) = recorded("alert")
        assert [area["name"] for area in raised["areas_of_interest"]] == ["Drawn meanwhile"]

    def test_reopening_that_is_meant_alerts_again(self, recorded, operator):
        make.area()
        fire = make.incident()
        self.close(operator, fire)
        recorded()
        bulk.reopen_incidents([fire.pk])
        assert [message["cause"] for message in recorded("alert")] == ["reopened"]

    def test_many_take_few_statements(self, operator, django_assert_max_num_queries):
        make.area()
        some = [make.incident(f"Fire {n}") for n in range(40)]
        at = self.close(operator, *some)
        with transaction.atomic(), django_assert_max_num_queries(8):
            lifecycle.restore([fire.pk for fire in some], at)
        assert Alert.objects.unresolved().count() == 40
