"""What processes report of their sockets, and what follows: who is on watch, since when nobody is, what was shown."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from tests import make
from tracker.accounts import presence
from tracker.accounts.presence import Presence, Receipt
from tracker.models import AlertReceipt, WatchGap, WatchReport

pytestmark = pytest.mark.django_db
RAISED = datetime(2026, 11, 21, 2, 14, 5, 123000, tzinfo=UTC)


def row(process: str, sockets: dict[int, int], **ago: float) -> datetime:
    seen_at = timezone.now() - timedelta(**ago)
    WatchReport.objects.create(process=process, sockets=sockets, seen_at=seen_at)
    return seen_at


def gaps() -> list[tuple[datetime, datetime]]:
    return list(WatchGap.objects.order_by("since").values_list("since", "until"))


# --- who is there --------------------------------------------------------------------------------------------------


def test_nobody_ever():
    assert presence.presence() == Presence(0, 0, None)


def test_what_processes_report_is_added_up_and_a_person_counts_once():
    presence.report("one", {1: 2, 2: 1})
    presence.report("two", {2: 3})
    people, consoles, last = presence.presence()
    assert (people, consoles) == (2, 6)
    assert last
    assert timezone.now() - last < timedelta(seconds=30)


def test_a_report_replaces_the_one_before_it():
    presence.report("one", {1: 2, 2: 1})
    presence.report("one", {3: 1})
    assert presence.presence()[:2] == (1, 1)


def test_who_has_left_is_not_there_and_was_until_now():
    row("one", {1: 1}, seconds=10)
    before = timezone.now()
    presence.report("one", {})
    people, consoles, last = presence.presence()
    assert (people, consoles) == (0, 0)
    assert last
    assert last >= before


def test_others_are_those_that_have_reported_lately():
    presence.report("mine", {1: 1})
    row("there", {2: 1}, seconds=44)
    row("gone", {3: 1}, seconds=46)
    assert [report.sockets for report in presence.read_others("mine")] == [{2: 1}]


def test_rows_of_processes_that_are_gone_are_removed_but_not_the_newest_of_all():
    row("long gone", {1: 1}, days=2)
    last = row("gone", {1: 1}, hours=2)
    presence.read_others("mine")
    assert list(WatchReport.objects.values_list("process", flat=True)) == ["gone"]
    assert presence.last_watched() == last
    presence.report("mine", {1: 1})
    presence.read_others("mine")
    assert list(WatchReport.objects.values_list("process", flat=True)) == ["mine"]


def test_reporting_takes_one_statement_and_looking_another(django_assert_num_queries):
    row("other", {2: 1}, seconds=1)
    presence.report("mine", {1: 1})
    with django_assert_num_queries(3):  # with the savepoint of the test's own transaction around the one
        presence.report("mine", dict.fromkeys(range(1000), 1))
    with django_assert_num_queries(1):
        presence.read_others("mine")


# --- when nobody was -----------------------------------------------------------------------------------------------


def test_who_comes_after_nobody_was_there_notes_the_gap():
    since = row("killed", {1: 1}, hours=5)
    row("earlier", {}, hours=6)
    before = timezone.now()
    presence.report("new", {1: 1}, arrived=True)
    ((noted, until),) = gaps()
    assert noted == since
    assert before <= until <= timezone.now()


def test_the_first_of_all_ends_no_gap():
    presence.report("new", {1: 1}, arrived=True)
    assert gaps() == []


def test_a_short_absence_is_no_gap():
    row("new", {}, seconds=55)
    presence.report("new", {1: 1}, arrived=True)
    assert gaps() == []


def test_who_comes_where_others_are_on_watch_ends_no_gap():
    row("gone", {1: 1}, hours=5)
    row("other", {2: 1}, seconds=14)
    presence.report("new", {1: 1}, arrived=True)
    assert gaps() == []


def test_a_process_that_could_not_report_for_long_had_people_all_the_time():
    row("mine", {1: 1}, minutes=10)
    presence.report("mine", {1: 1})
    assert gaps() == []


def test_two_that_see_the_end_of_one_gap_make_one_of_it():
    since, now = row("killed", {1: 1}, hours=5), timezone.now()
    presence.note_gap(since, now)
    presence.report("new", {1: 1}, arrived=True)
    assert [each[0] for each in gaps()] == [since]
    assert gaps()[0][1] > now


def test_what_was_read_stays_read_when_its_end_is_noted_again():
    since, now = row("killed", {1: 1}, hours=5), timezone.now()
    vera, olga = make.person("vera"), make.person("olga")
    WatchGap.objects.create(since=since, until=now)
    presence.mark_read(since, vera)
    presence.report("new", {1: 1}, arrived=True)
    assert presence.unread_gaps(vera) == []
    assert [gap.since for gap in presence.unread_gaps(olga)] == [since]


# --- what was shown ------------------------------------------------------------------------------------------------


def shown() -> dict[int, tuple[int, datetime]]:
    return {row.alert_id: (row.consoles, row.raised) for row in AlertReceipt.objects.all()}


def test_consoles_of_several_processes_add_up():
    presence.report("one", {1: 1}, shown=[Receipt(5, RAISED, 2), Receipt(6, RAISED, 1)])
    presence.report("two", {1: 1}, shown=[Receipt(5, RAISED, 3)])
    assert shown() == {5: (5, RAISED), 6: (1, RAISED)}


def test_an_alert_raised_again_is_counted_anew_and_late_ones_of_the_first_time_are_not():
    again = RAISED + timedelta(minutes=1)
    presence.add_receipts([Receipt(5, RAISED, 2)])
    presence.add_receipts([Receipt(5, again, 1)])
    presence.add_receipts([Receipt(5, RAISED, 7)])
    presence.add_receipts([Receipt(5, again, 1)])
    assert shown() == {5: (2, again)}


def test_one_report_may_name_an_alert_several_times():
    again = RAISED + timedelta(minutes=1)
    presence.add_receipts(
        [
            Receipt(5, RAISED, 2),
            Receipt(6, RAISED, 1),
            Receipt(5, again, 1),
            Receipt(5, RAISED, 1),
            Receipt(5, again, 3),
        ]
    )
    assert shown() == {5: (4, again), 6: (1, RAISED)}


def test_thousands_at_once():
    presence.add_receipts(Receipt(alert, RAISED, 1) for alert in range(2000, 0, -1))
    presence.add_receipts(Receipt(alert, RAISED, 2) for alert in range(1, 2001))
    assert set(shown().values()) == {(3, RAISED)}
    assert len(shown()) == 2000


# --- several processes at the same time ----------------------------------------------------------------------------


def at_once(*functions) -> None:
    """Call these at the same moment, each in a thread with a connection of its own."""
    failed: list[Exception] = []
    start = threading.Barrier(len(functions))

    def run(function) -> None:
        try:
            start.wait(10)
            function()
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[function]) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_nothing_is_lost_and_nobody_waits_for_each_other(self):
        def counting(process: str, alerts: list[int]):
            def count() -> None:
                for _ in range(20):
                    presence.report(process, {1: 1}, shown=[Receipt(alert, RAISED, 1) for alert in alerts])

            return count

        alerts = list(range(1, 2 * presence.ROWS_AT_ONCE + 1))
        at_once(counting("one", alerts), counting("two", alerts[::-1]), counting("three", alerts))
        assert set(shown().values()) == {(60, RAISED)}

    def test_two_that_come_at_the_same_moment_end_one_gap(self):
        for round in range(5):
            WatchReport.objects.all().delete()
            WatchGap.objects.all().delete()
            since = row("killed", {1: 1}, hours=5)
            at_once(*[lambda n=n, r=round: presence.report(f"{r} {n}", {n: 1}, arrived=True) for n in range(4)])
            assert [each[0] for each in gaps()] == [since]
