"""Who comes back with a number gets what was missed, once and in order, or is told to load anew."""

import uuid

import pytest

from tests import make
from tracker.events import log, messages
from tracker.models import LogState, Notification


class TestReplay:
    def test_from_a_number_on(self, live_site, vera):
        start = live_site.log_position()
        for n in range(8):
            make.incident(f"Fire {n}")
        expected = live_site.log_since(start)
        assert len(expected) == 8
        for missed in (8, 3, 1):
            since = start + 8 - missed
            listener = live_site.socket(vera, since=since, log=LogState.current().log_id)
            assert listener.next()["type"] == "hello"
            assert listener.up_to(start + 8) == expected[-missed:]
            assert listener.ping() == []

    def test_more_than_one_piece_of_the_log(self, live_site, vera):
        start = live_site.log_position()
        count = log.PIECE * 2 + 7
        log.record_all(("changed", {"model": "Incident", "count": n}) for n in range(count))
        listener = live_site.socket(vera, since=start)
        listener.next()
        got = listener.up_to(start + count)
        assert [m["seq"] for m in got] == list(range(start + 1, start + count + 1))

    def test_and_live_from_there_on_without_gap_or_repetition(self, live_site, vera):
        """Sockets that come while others write get each message once, whether the log or the hub brings it."""
        start = live_site.log_position()
        make.incident("first")
        listeners = []
        for n in range(15):
            listeners.append(live_site.socket(vera, since=start))
            make.incident(f"Fire {n}")
        end = start + 16
        for listener in listeners:
            assert [m["seq"] for m in listener.up_to(end)] == list(range(start + 1, end + 1))

    def test_a_number_that_the_hub_has_not_reached_is_not_the_future(self, live_site, vera):
        """The page reads the log's number from the database, and may be quicker than the hub."""
        live_site.on_watch(vera)
        log = LogState.current().log_id
        for n in range(5):
            make.incident(f"Fire {n}")
            position = live_site.log_position()
            listener = live_site.socket(vera, since=position, log=log)
            hello = listener.next()
            assert hello["seq"] >= position
            assert listener.ping() == []

    @pytest.mark.parametrize("since", ["999999999", "-1", "1.5", "", "x", "0x10", "٣", "9" * 40, "1 ", "%00", "null"])
    def test_a_number_of_no_use_is_a_reset(self, live_site, vera, since):
        listener = live_site.socket(vera, since=since)
        hello = listener.next()
        if since == "":
            return  # an empty parameter is none
        reset = listener.next()
        assert reset["type"] == "reset"
        assert reset["seq"] == hello["seq"], "continue from here"
        assert reset["why"]
        make.incident("Fire")
        assert listener.next_of("post_save")["seq"] > reset["seq"], "and it goes on"

    def test_another_log_is_a_reset(self, live_site, vera):
        listener = live_site.socket(vera, since=live_site.log_position(), log="f" * 32)
        assert [listener.next()["type"], listener.next()["type"]] == ["hello", "reset"]

    def test_a_number_older_than_the_log_keeps_is_a_reset(self, live_site, vera):
        watch = live_site.on_watch(vera)
        start = live_site.log_position()
        for n in range(4):
            make.incident(f"Fire {n}")
        watch.up_to(start + 4)
        state = LogState.current()
        try:
            Notification.objects.filter(seq__lte=start + 2).delete()
            LogState.objects.filter(pk=1).update(floor=start + 3)
            live_site.stop()  # what a process has at hand it can still replay
            live_site.start()
            old = live_site.socket(vera, since=start + 1, log=state.log_id)
            assert [old.next()["type"], old.next()["type"]] == ["hello", "reset"], "never a silent hole"
            new = live_site.socket(vera, since=start + 2, log=state.log_id)
            assert new.next()["type"] == "hello"
            assert [m["seq"] for m in new.up_to(start + 4)] == [start + 3, start + 4]
        finally:
            LogState.objects.filter(pk=1).update(floor=1)

    def test_when_a_backup_is_restored_everybody_comes_back_and_reloads(self, live_site, vera):
        watch = live_site.on_watch(vera)
        old = LogState.current().log_id
        LogState.objects.filter(pk=1).update(log_id=uuid.uuid4().hex)
        assert watch.close_code(5) == messages.FELL_BEHIND, "the code that means: come back with your number"
        again = live_site.socket(vera, since=live_site.log_position(), log=old)
        assert again.next()["log"] == LogState.current().log_id
        assert again.next()["type"] == "reset"
