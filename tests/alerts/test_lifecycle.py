"""When an alert is raised, and raised again, and that nothing else does it (design.md, 5)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.alerting import change, kinds, the_alert
from tests.make import AWAY, HOME
from tracker.alerts import lifecycle
from tracker.models import Alert, AlertEvent, AreaOfInterest, Incident
from tracker.models.severity import Severity

pytestmark = pytest.mark.django_db

State, Cause, Reason, Kind = Alert.State, Alert.Cause, Alert.Reason, AlertEvent.Kind
HIGH, URGENT, MEDIUM, LOW = Severity.HIGH, Severity.URGENT, Severity.MEDIUM, Severity.LOW


class TestThreshold:
    @pytest.mark.parametrize("threshold", list(Severity))
    @pytest.mark.parametrize("severity", list(Severity))
    def test_an_incident_alerts_when_it_is_at_least_as_severe(self, severity, threshold):
        expected = list(Severity).index(severity) <= list(Severity).index(threshold)
        area = make.area(severity=threshold)
        incident = make.incident(severity=severity)
        assert bool(make.alerts_of(incident)) is expected
        assert severity.meets(threshold) is expected
        area.delete()
        Alert.objects.all().delete()
        make.area(severity=threshold)  # the other direction is another query
        assert bool(make.alerts_of(incident)) is expected


class TestRaised:
    def test_by_a_new_incident(self, recorded):
        area = make.area()
        recorded()
        incident = make.incident()
        alert = the_alert(incident)
        assert (alert.state, alert.cause, alert.severity) == (State.UNACKNOWLEDGED, Cause.CREATED, HIGH)
        assert (alert.incident_name, alert.area_name) == ("Fire", "Town")
        assert kinds(alert) == [Kind.RAISED]
        saved, message = recorded()
        assert (saved["type"], message["type"]) == ("post_save", "alert"), "the incident comes before its alert"
        assert message["feature"] == saved["feature"]
        assert message["cause"] == "created"
        assert message["areas_of_interest"] == [
            {
                "id": area.feature_id,
                "name": "Town",
                "severity": "High",
                "severity_code": "HI",
                "url": area.get_absolute_url(),
                "alert": alert.pk,
            }
        ]

    def test_by_a_new_area(self, recorded):
        incident = make.incident()
        recorded()
        area = make.area()
        assert the_alert(incident).cause == Cause.AREA
        saved, message = recorded()
        assert (saved["feature"]["id"], message["feature"]["id"]) == (area.feature_id, incident.feature_id)
        assert message["cause"] == "area"

    def test_a_new_area_alerts_every_incident_in_it_and_no_other(self, recorded):
        inside = [make.incident(at=(HOME[0] + n / 10, HOME[1])) for n in range(3)]
        make.incident(at=AWAY)
        make.incident(closed=True)
        make.incident(severity=LOW)
        recorded()
        make.area()
        assert {alert.incident_id for alert in Alert.objects.all()} == {incident.pk for incident in inside}
        assert {m["feature"]["id"] for m in recorded("alert")} == {incident.feature_id for incident in inside}

    def test_several_areas_make_one_message(self, recorded):
        areas = [make.area(name=f"Ring {n}", polygon=make.around(HOME, n)) for n in (1, 2, 3)]
        make.area(name="Elsewhere", polygon=make.around(AWAY))
        make.area(name="Urgent only", severity=URGENT)
        recorded()
        incident = make.incident()
        (message,) = recorded("alert")
        assert [a["id"] for a in message["areas_of_interest"]] == [area.feature_id for area in areas]
        assert [a["alert"] for a in message["areas_of_interest"]] == [alert.pk for alert in make.alerts_of(incident)]

    def test_by_widening_an_area(self, recorded):
        incident = make.incident()
        area = make.area(polygon=make.around(AWAY))
        recorded()
        change(area, polygon=make.boxes(make.around(AWAY).extent, make.around(HOME).extent))
        assert the_alert(incident).cause == Cause.AREA
        assert [m["cause"] for m in recorded("alert")] == ["area"]

    def test_by_lowering_a_threshold(self, recorded):
        incident = make.incident(severity=MEDIUM)
        area = make.area()
        recorded()
        change(area, severity=MEDIUM)
        assert the_alert(incident).cause == Cause.AREA
        assert len(recorded("alert")) == 1

    def test_by_moving_into_an_area(self, recorded):
        make.area()
        incident = make.incident(at=AWAY)
        recorded()
        change(incident, location=make.point(*HOME))
        assert the_alert(incident).cause == Cause.MOVED
        assert [m["cause"] for m in recorded("alert")] == ["moved"]

    def test_by_moving_into_another_area(self, recorded):
        first, second = make.area("First"), make.area("Second", make.around(AWAY))
        incident = make.incident()
        recorded()
        change(incident, location=make.point(*AWAY))
        left, entered = make.alerts_of(incident)
        assert (left.area_id, left.state, left.reason) == (first.pk, State.RESOLVED, Reason.LEFT_AREA)
        assert (entered.area_id, entered.state, entered.cause) == (second.pk, State.UNACKNOWLEDGED, Cause.MOVED)
        (message,) = recorded("alert")
        assert [a["id"] for a in message["areas_of_interest"]] == [second.feature_id], "not the one it left"

    def test_moving_on_into_an_overlap_alerts_only_the_new_area(self, recorded):
        make.area("Wide", make.around(HOME, 10))
        inner = make.area("Inner", make.around((HOME[0] + 5, HOME[1])))
        incident = make.incident()
        recorded()
        change(incident, location=make.point(HOME[0] + 5, HOME[1]))
        (message,) = recorded("alert")
        assert [a["id"] for a in message["areas_of_interest"]] == [inner.feature_id]
        assert not recorded("alert_state")

    def test_by_rising_to_the_threshold(self, recorded):
        make.area()
        incident = make.incident(severity=LOW)
        assert not make.alerts_of(incident)
        change(incident, severity=HIGH)
        assert the_alert(incident).cause == Cause.WORSENED
        assert [m["cause"] for m in recorded("alert")] == ["worsened"]

    def test_a_new_incident_has_no_alerts_that_anybody_would_look_for(self):
        make.area()
        with CaptureQueriesContext(connection) as queries:
            make.incident(at=AWAY)
        assert [query["sql"] for query in queries if "tracker_alert" in query["sql"]] == []

    def test_a_closed_incident_alerts_nobody(self, recorded):
        make.area()
        incident = make.incident(closed=True)
        change(incident, severity=URGENT)
        make.area("Second")
        assert not make.alerts_of(incident)
        assert not recorded("alert")


class TestNothingRelevant:
    """The 2016 tracker alerted on every save; people stop reading such alerts."""

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"name": "Fire in the mill"},
            {"description": "Smoke."},
            {"place": "Mill Street"},
            {"accuracy_m": 12.5},
            {"location": make.point(HOME[0] + 0.1, HOME[1])},
            {"severity": MEDIUM},
        ],
        ids=lambda fields: " ".join(fields) or "nothing",
    )
    def test_of_an_incident(self, recorded, fields):
        make.area(severity=LOW)
        incident = make.incident()
        lifecycle.acknowledge([the_alert(incident).pk], make.person("vera"))
        recorded()
        change(incident, **fields)
        alert = the_alert(incident)
        assert alert.state == State.ACKNOWLEDGED, "the acknowledgement stays"
        assert kinds(alert) == [Kind.RAISED, Kind.ACKNOWLEDGED]
        assert [m["type"] for m in recorded()] == ["post_save"], "the screen follows, and nobody is alerted"

    @pytest.mark.parametrize("fields", [{}, {"name": "City"}], ids=["nothing", "name"])
    def test_of_an_area(self, recorded, fields):
        area, incident = make.area(), make.incident()
        recorded()
        change(area, **fields)
        assert kinds(the_alert(incident)) == [Kind.RAISED]
        assert [m["type"] for m in recorded()] == ["post_save"]

    @pytest.mark.parametrize(
        "fields",
        [{"polygon": make.around(HOME, 2)}, {"polygon": make.around(HOME, 0.5)}, {"severity": LOW}],
        ids=["wider", "narrower", "threshold"],
    )
    def test_of_an_area_that_changes_around_an_incident(self, recorded, fields):
        area, incident = make.area(), make.incident()
        recorded()
        change(area, **fields)
        assert the_alert(incident).state == State.UNACKNOWLEDGED
        assert [m["type"] for m in recorded()] == ["post_save"]

    def test_names_follow_in_alerts_that_are_open(self):
        area, incident = make.area(), make.incident()
        change(incident, name="Fire in the mill")
        change(area, name="City")
        alert = the_alert(incident)
        assert (alert.incident_name, alert.area_name) == ("Fire in the mill", "City")

    def test_a_name_follows_in_the_alerts_of_its_own_area_only(self):
        area, _other = make.area(), make.area("Village")
        incident = make.incident()
        change(area, name="City")
        assert [alert.area_name for alert in make.alerts_of(incident)] == ["City", "Village"]

    def test_names_stay_in_alerts_that_are_resolved(self):
        area, incident = make.area(), make.incident()
        change(incident, closed=True)
        change(incident, name="Fire in the mill")
        change(area, name="City")
        alert = the_alert(incident)
        assert (alert.incident_name, alert.area_name) == ("Fire", "Town")

    def test_a_fixture_alerts_nobody(self, tmp_path, recorded):
        """loaddata brings alerts along; its saves are raw."""
        from django.core import serializers
        from django.core.management import call_command

        text = serializers.serialize("json", [make.area(), make.incident(at=AWAY)])
        AreaOfInterest.objects.all().delete()
        Incident.objects.all().delete()
        (tmp_path / "rows.json").write_text(text)
        recorded()
        call_command("loaddata", str(tmp_path / "rows.json"), verbosity=0)
        assert Incident.objects.count() == 1
        assert recorded() == []


class TestWorse:
    def test_an_open_alert_goes_back_to_unacknowledged(self, recorded, viewer):
        area, incident = make.area(), make.incident()
        before = the_alert(incident)
        lifecycle.acknowledge([before.pk], viewer)
        recorded()
        change(incident, severity=URGENT)
        alert = the_alert(incident)
        assert (alert.pk, alert.state, alert.cause) == (before.pk, State.UNACKNOWLEDGED, Cause.WORSENED)
        assert (alert.severity, alert.acknowledged_by, alert.acknowledged_at) == (URGENT, None, None)
        assert alert.raised >= before.raised
        (message,) = recorded("alert")
        assert message["cause"] == "worsened"
        assert [(a["id"], a["alert"]) for a in message["areas_of_interest"]] == [(area.feature_id, alert.pk)]

    def test_the_acknowledgement_that_was_is_kept(self, viewer):
        make.area()
        incident = make.incident()
        lifecycle.acknowledge([the_alert(incident).pk], viewer)
        change(incident, severity=URGENT)
        events = [(e.kind, e.by, e.severity) for e in the_alert(incident).events.order_by("pk")]
        assert events == [
            (Kind.RAISED, None, HIGH),
            (Kind.ACKNOWLEDGED, viewer, HIGH),
            (Kind.WORSENED, None, URGENT),
        ]

    def test_milder_and_worse_again_alerts_again(self, recorded):
        make.area(severity=LOW)
        incident = make.incident(severity=HIGH)
        change(incident, severity=MEDIUM)
        assert the_alert(incident).severity == MEDIUM
        recorded()
        change(incident, severity=HIGH)
        assert len(recorded("alert")) == 1
        assert kinds(the_alert(incident)) == [Kind.RAISED, Kind.WORSENED]

    def test_worse_reaches_areas_that_were_above_it_too_in_one_message(self, recorded):
        make.area("Town", severity=HIGH)
        make.area("Hospital", severity=URGENT)
        incident = make.incident()
        recorded()
        change(incident, severity=URGENT)
        (message,) = recorded("alert")
        assert {a["name"] for a in message["areas_of_interest"]} == {"Town", "Hospital"}

    def test_reopening(self, recorded):
        make.area()
        incident = make.incident()
        change(incident, closed=True)
        recorded()
        change(incident, closed=False)
        first, second = make.alerts_of(incident)
        assert (first.state, first.reason) == (State.RESOLVED, Reason.INCIDENT_CLOSED)
        assert (second.state, second.cause) == (State.UNACKNOWLEDGED, Cause.REOPENED)
        assert [m["cause"] for m in recorded("alert")] == ["reopened"]
