"""When an alert is raised, raised again, acknowledged and resolved, and that nothing else does it (design.md, 5)."""

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.make import AWAY, HOME
from tracker import alerts, bulk_writes
from tracker.models import Alert, AlertEvent, AreaOfInterest, Incident, RowGone
from tracker.severity import Severity

pytestmark = pytest.mark.django_db

State, Cause, Reason, Kind = Alert.State, Alert.Cause, Alert.Reason, AlertEvent.Kind
HIGH, URGENT, MEDIUM, LOW, INFO = Severity.HIGH, Severity.URGENT, Severity.MEDIUM, Severity.LOW, Severity.INFO


class Recorded:
    """What was recorded since the last look."""

    def __init__(self):
        self.after = make.newest_id()

    def __call__(self, *types: str) -> list[dict]:
        found = make.recorded(self.after, types)
        self.after = make.newest_id()
        return found


@pytest.fixture
def recorded() -> Recorded:
    return Recorded()


def the_alert(incident) -> Alert:
    (alert,) = make.alerts_of(incident)
    return alert


def kinds(alert) -> list[str]:
    return [event.kind for event in alert.events.order_by("pk")]


def change(row, **fields):
    """Save a row as a form does: load it fresh, change it, save all of it."""
    fresh = type(row).objects.get(pk=row.pk)
    for name, value in fields.items():
        setattr(fresh, name, value)
    fresh.save()
    return fresh


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
        alerts.acknowledge([the_alert(incident).pk], make.person("vera"))
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
        alerts.acknowledge([before.pk], viewer)
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
        alerts.acknowledge([the_alert(incident).pk], viewer)
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
        assert bulk_writes.close_incidents([incident.pk]) == 1
        assert Incident.objects.get(pk=incident.pk).closed
        self.check(alert, "incident_closed", recorded, ("post_save",))
        assert bulk_writes.close_incidents([incident.pk]) == 0, "it is closed already"
        assert recorded() == []

    def test_an_acknowledged_alert_ends_too_and_keeps_who(self, area, incident, viewer):
        alerts.acknowledge([the_alert(incident).pk], viewer)
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
        alerts.acknowledge([the_alert(incident).pk], viewer)
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
        alerts.acknowledge([the_alert(incident).pk], viewer)
        viewer.delete()
        alert = the_alert(incident)
        assert (alert.state, alert.acknowledged_by) == (State.ACKNOWLEDGED, None)
        assert Incident.objects.get(pk=incident.pk).reported_by is None


class TestAcknowledge:
    def test_by_a_person(self, recorded, operator):
        make.area()
        alert = the_alert(make.incident())
        recorded()
        assert alerts.acknowledge([alert.pk], operator) == [alert]
        alert.refresh_from_db()
        assert (alert.state, alert.acknowledged_by) == (State.ACKNOWLEDGED, operator)
        (message,) = recorded()
        (entry,) = message["alerts"]
        assert (message["type"], entry["alert"], entry["state"]) == ("alert_state", alert.pk, "acknowledged")
        assert entry["by"] == "Olga Ortega"
        assert entry["at"] == alerts.iso(alert.acknowledged_at)
        event = alert.events.order_by("-pk").first()
        assert (event.kind, event.by) == (Kind.ACKNOWLEDGED, operator)

    def test_a_person_without_a_full_name(self, recorded, viewer):
        make.area()
        alerts.acknowledge([the_alert(make.incident()).pk], viewer)
        (message,) = recorded("alert_state")
        assert message["alerts"][0]["by"] == "vera"

    def test_the_second_changes_nothing(self, recorded, operator, second_operator):
        make.area()
        alert = the_alert(make.incident())
        alerts.acknowledge([alert.pk], operator)
        first = Alert.objects.get(pk=alert.pk)
        recorded()
        assert alerts.acknowledge([alert.pk], second_operator) == []
        alert.refresh_from_db()
        assert (alert.acknowledged_by, alert.acknowledged_at) == (operator, first.acknowledged_at)
        assert kinds(alert) == [Kind.RAISED, Kind.ACKNOWLEDGED]
        assert recorded() == []

    def test_a_resolved_alert_stays_resolved(self, recorded, operator):
        make.area()
        incident = make.incident()
        change(incident, closed=True)
        recorded()
        assert alerts.acknowledge([the_alert(incident).pk], operator) == []
        assert the_alert(incident).state == State.RESOLVED
        assert recorded() == []

    def test_only_those_that_nobody_has(self, recorded, operator, second_operator):
        make.area(), make.area("Second"), make.area("Third")
        given = make.alerts_of(make.incident())
        alerts.acknowledge([given[0].pk], operator)
        recorded()
        assert alerts.acknowledge([a.pk for a in given], second_operator) == given[1:]
        (message,) = recorded()
        assert [e["alert"] for e in message["alerts"]] == [a.pk for a in given[1:]]

    def test_what_is_not_there(self, recorded, operator):
        assert alerts.acknowledge([987654321], operator) == []
        assert alerts.acknowledge([], operator) == []
        assert recorded() == []


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
            with pytest.raises(RowGone), transaction.atomic():
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
        bulk_writes.create_incidents(rows)
        messages = recorded()
        assert [m["type"] for m in messages] == ["post_save"] * 3 + ["alert"] * 2
        assert [m["feature"]["properties"]["name"] for m in messages[:3]] == ["Fire 0", "Fire 1", "Fire 2"]
        assert all(m["created"] for m in messages[:3])
        assert Alert.objects.count() == 2

    def test_areas(self, recorded):
        incident = make.incident()
        recorded()
        bulk_writes.create_areas([AreaOfInterest(name=str(n), polygon=make.around(HOME), severity=HIGH) for n in "ab"])
        messages = recorded()
        assert [m["type"] for m in messages] == ["post_save"] * 2 + ["alert"]
        assert [a["name"] for a in messages[-1]["areas_of_interest"]] == ["a", "b"]
        assert [a.cause for a in make.alerts_of(incident)] == [Cause.AREA, Cause.AREA]

    def test_quietly_alerts_are_sent_all_the_same(self, recorded):
        make.area()
        recorded()
        bulk_writes.create_incidents([Incident(name="Fire", location=make.point(*HOME), severity=HIGH)], announce=False)
        assert [m["type"] for m in recorded()] == ["alert"]

    def test_geometry_is_brought_into_its_stored_form(self):
        bulk_writes.create_incidents([Incident(name="Quake", location=make.point(-190, 10))])
        bulk_writes.create_areas([AreaOfInterest(name="Fiji", polygon=make.box(176, -21, 182, -15))])
        assert Incident.objects.get().location.x == 170
        assert AreaOfInterest.objects.get().polygon.extent == (-180, -21, 180, -15)


class TestCheck:
    """``check_alerts`` compares with what ``differences`` finds; it sees what went past the signals."""

    def test_nothing_differs_after_saves(self):
        make.area()
        incident = make.incident()
        assert alerts.differences([incident.pk]) == ([], [])

    def test_an_incident_moved_behind_the_back_of_the_signals(self):
        area, away = make.area(), make.area("Away", make.around(AWAY))
        incident = make.incident()
        Incident.objects.filter(pk=incident.pk).update(location=make.point(*AWAY))
        missing, stale = alerts.differences([incident.pk])
        assert [(pair.incident, pair.area) for pair in missing] == [(incident.pk, away.pk)]
        assert [(alert.incident_id, alert.area_id) for alert in stale] == [(incident.pk, area.pk)]
        alerts.match_incidents([incident.pk], Cause.MOVED)
        assert alerts.differences([incident.pk]) == ([], [])
