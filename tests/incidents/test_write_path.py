"""The one write path: whoever writes incidents or areas by it gets matching, history, audit and messages right."""

import gc

import pytest
from django.db import connection, transaction

from tests import make
from tracker.incidents.writing import before_delete, before_save, write
from tracker.lib.between_signals import BetweenSignals
from tracker.lib.request import current_user
from tracker.models import Alert, AreaOfInterest, AuditEntry, Change, Incident
from tracker.models.severity import Severity

pytestmark = pytest.mark.django_db(transaction=True)


def escalate(pks: list[int]) -> int:
    """A writer that knows of nothing but its own purpose."""
    with write(Incident, pks) as rows:
        mild = [pk for pk, values in rows.before.items() if values["severity"] != Severity.URGENT]
        return rows.update(mild, severity=Severity.URGENT)


def test_a_new_writer_gets_everything_right(recorded, operator):
    make.area("Town", severity=Severity.HIGH)
    mild, urgent = make.incident("Smoke", severity=Severity.LOW), make.incident("Fire", severity=Severity.URGENT)
    recorded()
    since = make.first(AuditEntry.objects.order_by("-pk")).pk
    with current_user.acting_as(operator):
        assert escalate([mild.pk, urgent.pk, 10**9]) == 1
    messages = recorded()
    assert [message["type"] for message in messages] == ["post_save", "alert"]
    assert messages[0]["feature"]["properties"]["severity"] == "Urgent"
    assert messages[0]["created"] is False
    assert (messages[1]["feature"]["id"], messages[1]["cause"]) == (f"Incident:{mild.pk}", "worsened")
    assert Alert.objects.unresolved().filter(incident=mild).count() == 1
    change = make.first(Change.objects.filter(number=mild.pk))
    assert (change.kind, change.who, change.values) == ("changed", "Olga Ortega", {"severity": ["LO", "UR"]})
    assert change.number == mild.pk
    assert not Change.objects.filter(number=urgent.pk).exclude(kind="created").exists()
    (entry,) = AuditEntry.objects.filter(pk__gt=since)
    assert (entry.action, entry.number, entry.who) == ("incident_changed", mild.pk, operator.get_username())


def test_who_writes_nothing_leaves_nothing(recorded):
    incident = make.incident("Fire", severity=Severity.URGENT)
    recorded()
    changes, updated = Change.objects.count(), incident.updated
    assert escalate([incident.pk]) == 0
    assert recorded() == []
    assert Change.objects.count() == changes
    incident.refresh_from_db()
    assert incident.updated == updated


def test_what_fails_leaves_nothing(recorded):
    make.area("Town", severity=Severity.HIGH)
    incident = make.incident("Smoke", severity=Severity.LOW)
    recorded()
    with pytest.raises(ZeroDivisionError), write(Incident, [incident.pk]) as rows:
        rows.update([incident.pk], severity=Severity.URGENT)
        rows.create([Incident(name="Fire", location=make.point(*make.HOME))])
        raise ZeroDivisionError
    assert recorded() == []
    assert list(Incident.objects.values_list("name", "severity")) == [("Smoke", "LO")]


def test_new_rows_and_old_ones_in_one_write(recorded):
    make.area("Town", severity=Severity.HIGH)
    smoke = make.incident("Smoke", severity=Severity.LOW)
    recorded()
    with write(Incident, [smoke.pk]) as rows:
        rows.create([Incident(name="Fire", severity=Severity.HIGH, location=make.point(*make.HOME))])
        rows.update([smoke.pk], severity=Severity.HIGH)
    messages = recorded()
    assert [(m["type"], m["feature"]["properties"]["name"]) for m in messages] == [
        ("post_save", "Fire"),
        ("post_save", "Smoke"),
        ("alert", "Smoke"),
        ("alert", "Fire"),
    ]
    assert [m["cause"] for m in messages[2:]] == ["worsened", "created"]
    entries = AuditEntry.objects.order_by("pk").values_list("action", "name")
    assert list(entries)[-2:] == [("incident_created", "Fire"), ("incident_changed", "Smoke")]


def test_an_area_that_is_only_renamed_alerts_nobody_again(recorded):
    area = make.area("Town")
    make.incident()
    recorded()
    with write(AreaOfInterest, [area.pk]) as rows:
        rows.update([area.pk], name="City")
    assert [message["type"] for message in recorded()] == ["post_save"]
    assert Alert.objects.unresolved().get().area_name == "City"


# --- between the signals -------------------------------------------------------------------------------------------


def test_nothing_hangs_on_the_instance_and_nothing_is_kept():
    incident = make.incident()
    fields = {field.attname for field in Incident._meta.fields} | {"_state"}
    incident.name = "Flood"
    incident.save()
    assert set(vars(incident)) <= fields
    incident.delete()
    assert set(vars(incident)) <= fields
    assert not before_save.kept
    assert not before_delete.kept


def test_what_was_put_goes_with_its_instance():
    between: BetweenSignals[int] = BetweenSignals()
    row = Incident()
    between.put(row, 1)
    between.put(row, 2)
    assert between.take(row) == 2
    assert between.take(row) is None
    between.put(row, 3)
    del row
    gc.collect()
    assert not between.kept


# --- the order of the locks ----------------------------------------------------------------------------------------


@pytest.mark.needs_postgis
def test_a_writer_that_locks_the_row_first_is_refused():
    incident = make.incident()
    with pytest.raises(AssertionError, match="before the lock of matching"):
        Incident.objects.update_or_create(pk=incident.pk, defaults={"name": "Flood"})
    with pytest.raises(AssertionError, match="before the lock of matching"), transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(name="Flood")
        incident.save()


@pytest.mark.needs_postgis
def test_who_only_reads_and_locks_is_not_refused():
    incident = make.incident()
    with transaction.atomic():
        list(Incident.objects.select_for_update().filter(pk=incident.pk))
    assert connection.in_atomic_block is False
