"""Who is on watch, as one process sees it: what it tells its sockets, reports to the others, and whom it lets go.

Each ``Process`` is what the hub of a server process has; here they share a loop, and time and events are ours. What
goes through real servers is in test_on_watch.py.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import DataError, OperationalError, connection
from django.utils import timezone

from tests.live.alert_messages import alert_message
from tests.live.watch_process import Process, processes
from tests.processes import wait_until
from tracker.accounts import presence as watch
from tracker.live import presence
from tracker.live.replay import Item
from tracker.models import AlertReceipt, WatchGap, WatchReport

ANNA, BERT = 1, 2


@pytest.fixture
def process(transactional_db, monkeypatch) -> Iterator[Callable[[str], Process]]:
    """``process("one")``: one more process."""
    with processes(monkeypatch) as begin:
        yield begin


class TestPresence:
    def test_the_sockets_are_told_when_the_numbers_change_and_only_then(self, process):
        one = process("one").come(ANNA, ANNA)
        assert one.watch.message is None
        one.round()
        assert one.told == [{"type": "presence", "people": 1, "consoles": 2, "who": []}]
        assert one.watch.message is not None
        assert json.loads(one.watch.message) == one.told[-1]
        one.round()
        one.go(ANNA)
        one.come(ANNA)
        one.round()
        assert len(one.told) == 1, "a page that was loaded again changes nothing"
        one.go(ANNA)
        one.come(BERT)
        one.round()
        assert one.newest() == (2, 2)

    def test_a_process_sees_the_others_come_and_go(self, process):
        one, two = process("one").come(ANNA), process("two").come(ANNA, BERT)
        one.round()
        assert one.newest() == (1, 1)
        two.round()
        assert two.newest() == (2, 3)
        one.round()
        assert one.newest() == (2, 3)
        two.go(ANNA, BERT)
        two.round()
        one.round()
        assert one.newest() == (1, 1)

    def test_a_process_that_was_killed_falls_out(self, process):
        one, two = process("one").come(ANNA), process("two").come(BERT)
        two.round()
        one.round()
        assert one.newest() == (2, 2)
        WatchReport.objects.filter(process="two").update(seen_at=timezone.now() - watch.GONE_AFTER)
        one.round()
        assert one.newest() == (1, 1)
        assert not WatchReport.objects.filter(process="two").exists()

    def test_one_that_ends_orderly_is_gone_at_once(self, process):
        one, two = process("one").come(ANNA), process("two").come(BERT)
        two.round()
        two.end()
        one.round()
        assert one.newest() == (1, 1)

    def test_where_nobody_is_nothing_is_done_and_nothing_old_is_said(self, process):
        one, two = process("one").come(ANNA), process("two").come(BERT)
        two.round()
        one.round()
        one.go(ANNA)
        assert one.watch.message is None
        one.round()
        with pytest.raises(TimeoutError):
            one.runner.run(asyncio.wait_for(one.watch.step(), 0.2))
        told = len(one.told)
        one.come(ANNA)
        one.round()
        assert len(one.told) == told + 1

    def test_it_reports_anyway_before_it_would_be_taken_for_gone(self, process):
        one = process("one").come(ANNA)
        one.round()
        before = WatchReport.objects.get().seen_at
        one.round()
        assert WatchReport.objects.get().seen_at == before, "nothing changed, and it is not due"
        one.watch.reported_at -= timedelta(seconds=watch.REPORT_S)
        one.round()
        assert WatchReport.objects.get().seen_at > before
        assert timedelta(seconds=watch.REPORT_S + presence.LOOK_S + presence.PACE_S) < watch.GONE_AFTER


class TestFailures:
    @pytest.fixture
    def failing(self, monkeypatch):
        """The database does not take reports until ``failing.undo()``."""

        def fail(*args):
            raise OperationalError("the database is away")

        with monkeypatch.context() as patch:
            patch.setattr(watch, "report", fail)
            yield patch

    def test_what_could_not_be_reported_is_reported_later(self, process, failing):
        since = timezone.now() - timedelta(hours=5)
        WatchReport.objects.create(process="killed", sockets={BERT: 1}, seen_at=since)
        one = process("one").come(ANNA)
        for seq in (1, 2):
            one.watch.sent(Item(seq, None, alert_message(seq, 70 + seq), type="alert"))
            one.watch.acknowledged(seq - 1, seq)
            with pytest.raises(OperationalError):
                one.round()
        failing.undo()
        one.round()
        assert dict(AlertReceipt.objects.values_list("alert_id", "consoles")) == {71: 1, 72: 1}
        assert WatchGap.objects.get().since == since
        one.watch.acknowledged(0, 2)
        one.round()
        assert dict(AlertReceipt.objects.values_list("alert_id", "consoles")) == {71: 2, 72: 2}

    def test_a_count_that_the_database_refuses_keeps_nobody_from_being_on_watch(self, process):
        one = process("one").come(ANNA)
        one.watch.sent(Item(1, None, alert_message(1, 1 << 70), type="alert"))  # a number that no column has room for
        one.watch.sent(Item(2, None, alert_message(2, 71), type="alert"))
        one.watch.acknowledged(0, 2)
        with pytest.raises((DataError, OverflowError)):
            one.round()
        one.round()
        assert WatchReport.objects.get().sockets == {str(ANNA): 1}

    def test_an_alert_that_cannot_be_counted_is_passed_on_all_the_same(self, process):
        one = process("one").come(ANNA)
        for seq, text in enumerate(['{"type":"alert",', '{"type":"alert","seq":2}', alert_message(3, 1, at="x")], 1):
            one.watch.sent(Item(seq, None, text, type="alert"))
        one.watch.sent(Item(4, None, alert_message(4, 70), type="alert"))
        one.watch.acknowledged(0, 4)
        one.round()
        assert dict(AlertReceipt.objects.values_list("alert_id", "consoles")) == {70: 1}

    def test_ending_does_not_fail(self, process, failing):
        one = process("one").come(ANNA)
        one.end()
        failing.undo()

    def test_people_who_stayed_while_the_database_was_away_left_no_gap(self, process):
        one = process("one").come(ANNA)
        one.round()
        WatchReport.objects.update(seen_at=timezone.now() - timedelta(minutes=10))
        one.come(BERT)
        one.round()
        assert not WatchGap.objects.exists()


class TestShown:
    def test_what_consoles_acknowledge_is_in_the_database_after_the_next_round(self, process):
        one, two = process("one").come(ANNA, ANNA), process("two").come(BERT)
        for each in (one, two):
            each.watch.sent(Item(11, None, alert_message(11, 70, 71), type="alert"))
            each.round()
        one.watch.acknowledged(10, 11)
        one.watch.acknowledged(10, 12)
        two.watch.acknowledged(9, 11)
        one.round()
        two.round()
        assert dict(AlertReceipt.objects.values_list("alert_id", "consoles")) == {70: 3, 71: 3}

    def test_acknowledgements_of_anything_else_cost_no_round(self, process):
        one = process("one").come(ANNA)
        one.round()
        one.watch.sent(Item(11, None, '{"type":"post_save","seq":11}', type="post_save"))
        one.watch.acknowledged(10, 11)
        assert not one.watch.changed.is_set()


class TestSocketsOfAPerson:
    @pytest.fixture(autouse=True)
    def limit(self, settings):
        settings.SOCKETS_PER_USER = 3

    def report_later(self, process: Process) -> None:
        """Have a process report, as it does every quarter of a minute."""
        process.watch.reported_at -= timedelta(seconds=watch.REPORT_S)
        process.round()

    def test_who_has_too_many_on_two_processes_loses_the_newest(self, process):
        one, two = process("one").come(ANNA, ANNA, BERT), process("two")
        one.round()
        two.come(ANNA, ANNA, ANNA)
        two.round()
        assert two.refused == [], "nobody knows yet whether the other process is still there"
        self.report_later(one)
        two.round()
        assert two.refused == [(ANNA, 2)]
        two.round()
        self.report_later(one)
        assert one.refused == [], "who was there before stays"
        assert len(two.refused) == 1
        assert one.watch.sockets[ANNA] + two.watch.sockets[ANNA] == 3

    def test_who_comes_back_from_a_process_that_died_is_let_in(self, process):
        died, two = process("died").come(*[ANNA] * 3), process("two")
        died.round()
        two.come(ANNA)
        two.round()
        two.come(ANNA, ANNA)
        two.round()
        died.watch.sockets.clear()  # so that ending the test says nothing of it
        WatchReport.objects.filter(process="died").update(seen_at=timezone.now() - watch.GONE_AFTER)
        two.round()
        two.round()
        assert two.refused == []
        assert two.watch.newcomers == {}

    def test_who_came_while_the_other_was_alive_counts_and_who_came_after_does_not(self, process):
        """The other process reports once more after the first has come here, and dies; its consoles come here too."""
        died, two = process("died").come(*[ANNA] * 2), process("two")
        died.round()
        two.come(ANNA)
        two.round()
        self.report_later(died)
        died.watch.sockets.clear()
        two.come(ANNA, ANNA)
        two.round()
        assert two.refused == []

    def test_both_at_the_same_moment_are_not_both_let_in(self, process):
        one, two = process("one").come(ANNA, ANNA), process("two").come(ANNA, ANNA)
        one.round()
        two.round()
        self.report_later(one)
        self.report_later(two)
        self.report_later(one)
        assert one.watch.sockets[ANNA] + two.watch.sockets[ANNA] == 3

    def test_without_a_limit_nothing_is_counted(self, process, settings):
        settings.SOCKETS_PER_USER = 0
        one, two = process("one").come(*[ANNA] * 9), process("two").come(*[ANNA] * 9)
        one.round()
        two.round()
        self.report_later(one)
        self.report_later(two)
        assert (one.refused, two.refused) == ([], [])
        assert one.watch.newcomers == {}


def test_its_thread_ends_and_leaves_no_connection(process, on_postgis):
    def threads() -> int:
        return sum(thread.name.startswith("watch") for thread in threading.enumerate())

    def connections() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return cursor.fetchone()[0]

    before = connections() if on_postgis else 0
    for number in range(10):
        each = process(f"number {number}").come(ANNA)
        each.round()
        each.end()
    wait_until(lambda: not threads(), "its thread goes on")
    if on_postgis:
        assert connections() <= before + 1, "one is kept for whoever connects next"
