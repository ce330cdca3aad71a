"""An incident and an area committed at the same moment never miss each other; without the lock they do."""

import contextlib
import random
import threading
import time

import pytest
from django.db import connections, transaction

from tests import make
from tests.make import AWAY, HOME
from tracker.alerts import lifecycle, matching
from tracker.models import Alert, AreaOfInterest, Incident, RowDeleted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs_postgis]

ROUNDS = 25


def both_at_once(first, second, start: threading.Barrier) -> None:
    """Run two writers in transactions of their own, which begin together and commit when both have written."""
    errors: list[BaseException] = []

    def run(write):
        try:
            start.wait(30)
            with transaction.atomic():
                write()
                # Time for the other to write and match as well, if the lock lets it: then neither sees the other.
                time.sleep(random.uniform(0, 0.02))
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(write,), daemon=True) for write in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "the writers block each other"
    if errors:
        raise errors[0]


def missed(rounds: int, incident_writer, area_writer) -> int:
    """In how many rounds the pair was missed."""
    count = 0
    for n in range(rounds):
        both_at_once(lambda n=n: incident_writer(n), lambda n=n: area_writer(n), threading.Barrier(2))
        incident = Incident.objects.get(name=f"Fire {n}")
        found = Alert.objects.filter(incident_id=incident.pk, area_name=f"Town {n}", resolved_at=None).count()
        assert found <= 1
        count += not found
        missing, stale = lifecycle.differences([incident.pk])
        assert (bool(missing), stale) == (not found, [])
        Incident.objects.filter(pk=incident.pk).update(closed=True)  # out of the way of the next round's area
    return count


def create_incident(n: int) -> None:
    make.incident(f"Fire {n}")


def create_area(n: int) -> None:
    make.area(f"Town {n}")


def without_lock(monkeypatch) -> None:
    monkeypatch.setattr(matching, "take_lock", lambda function: None)


def test_a_new_incident_and_a_new_area_never_miss_each_other():
    assert missed(ROUNDS, create_incident, create_area) == 0


def test_without_the_lock_they_do(monkeypatch):
    """The negative control: it is the lock that makes the test above pass."""
    without_lock(monkeypatch)
    assert missed(ROUNDS, create_incident, create_area) > 0


def prepare(n: int) -> None:
    make.incident(f"Fire {n}", at=AWAY)
    make.area(f"Town {n}", make.around((0.0, 0.0)))


def move_incident(n: int) -> None:
    incident = Incident.objects.get(name=f"Fire {n}")
    incident.location = make.point(*HOME)
    incident.save()


def widen_area(n: int) -> None:
    area = AreaOfInterest.objects.get(name=f"Town {n}")
    area.polygon = make.around(HOME)
    area.save()


def test_an_incident_that_moves_and_an_area_that_widens_never_miss_each_other():
    for n in range(ROUNDS):
        prepare(n)
    assert missed(ROUNDS, move_incident, widen_area) == 0


def test_without_the_lock_those_do_too(monkeypatch):
    for n in range(ROUNDS):
        prepare(n)
    without_lock(monkeypatch)
    assert missed(ROUNDS, move_incident, widen_area) > 0


def test_writers_of_incidents_do_not_wait_for_each_other():
    written = threading.Barrier(2)

    def write(n):
        def inside():
            create_incident(n)
            written.wait(10)  # both are inside their transactions, or this breaks

        return inside

    both_at_once(write(1), write(2), threading.Barrier(2))
    assert Incident.objects.count() == 2


def test_saving_and_deleting_the_same_incident_from_both_sides_does_not_deadlock():
    """Incident, area and alert rows are locked in one order by everybody."""
    make.area("Town")
    make.incident("Fire")

    def save(n):
        for i in range(8):
            incident = Incident.objects.get(name="Fire")
            incident.severity = ["HI", "UR"][(n + i) % 2]
            incident.save()

    def redraw(n):
        for i in range(8):
            area = AreaOfInterest.objects.get(name="Town")
            area.polygon = make.around(HOME, 1 + (i + n) % 3)
            area.save()

    def acknowledge(n):
        user = make.person(f"person {n}")
        for _ in range(8):
            lifecycle.acknowledge(Alert.objects.values_list("pk", flat=True), user)

    threads_failed: list[BaseException] = []

    def guarded(function, n):
        try:
            function(n)
        except BaseException as error:
            threads_failed.append(error)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=guarded, args=(f, n), daemon=True) for f in (save, redraw, acknowledge) for n in (0, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert threads_failed == []
    assert lifecycle.differences(Incident.objects.values_list("pk", flat=True)) == ([], [])


def test_deleting_and_acknowledging_the_same_alerts_come_to_them_in_one_order(monkeypatch):
    """Django tells of several deleted rows from the last to the first; the alerts are locked before, from the first."""
    make.area("Town")
    for n in range(2):
        make.incident(f"Fire {n}")
    viewer = make.person("vera")
    first_is_resolved, go_on = threading.Event(), threading.Event()
    resolve = lifecycle.resolve

    def resolve_and_wait(*given):
        resolve(*given)
        first_is_resolved.set()
        assert go_on.wait(30)

    errors: list[BaseException] = []

    def guarded(step):
        try:
            step()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    numbers = list(Alert.objects.unresolved().values_list("pk", flat=True))
    deleting = threading.Thread(target=guarded, args=(lambda: Incident.objects.all().delete(),), daemon=True)
    with monkeypatch.context() as paused:
        paused.setattr(lifecycle, "resolve", resolve_and_wait)
        deleting.start()
        assert first_is_resolved.wait(30)
    acknowledging = threading.Thread(
        target=guarded, args=(lambda: lifecycle.acknowledge(numbers, viewer),), daemon=True
    )
    acknowledging.start()
    time.sleep(0.5)  # it has come to the alerts, and waits there
    go_on.set()
    for thread in (deleting, acknowledging):
        thread.join(30)
        assert not thread.is_alive(), "the writers block each other"
    assert errors == []
    assert not Alert.objects.unresolved().exists()


def test_acknowledging_area_writers_and_bulk_deletes_do_not_deadlock():
    """Whoever changes several alerts comes to them in one order, or waits for the others at the lock."""
    for n in range(6):
        make.area(f"Town {n}")
        make.incident(f"Fire {n}")
    viewer = make.person("vera")
    until = time.monotonic() + 6

    errors: list[BaseException] = []

    def repeat(step):
        try:
            while time.monotonic() < until:
                step()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    def acknowledge():
        numbers = list(Alert.objects.unresolved().values_list("pk", flat=True))
        lifecycle.acknowledge(reversed(numbers), viewer)

    def rename_and_redraw():
        for area in AreaOfInterest.objects.order_by("-pk"):
            with contextlib.suppress(RowDeleted):
                area.name = f"Town {random.random()}"
                area.save()
                area.polygon = make.around(HOME, random.uniform(0.5, 2))
                area.save()

    def delete_and_report():
        Incident.objects.filter(name__startswith="Fire").delete()
        for n in range(6):
            make.incident(f"Fire {n}")

    def worsen():
        for incident in Incident.objects.order_by("-pk"):
            incident.severity = random.choice(["UR", "HI", "LO"])
            with contextlib.suppress(RowDeleted):
                incident.save()

    def delete_and_draw():
        AreaOfInterest.objects.filter(name__startswith="Town").order_by("pk")[:1].get().delete()
        make.area("Town again")

    steps = [acknowledge, acknowledge, rename_and_redraw, delete_and_report, worsen, delete_and_draw]
    threads = [threading.Thread(target=repeat, args=(step,), daemon=True) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "the writers block each other"
    assert errors == []
    assert not any(lifecycle.differences(Incident.objects.values_list("pk", flat=True)))
