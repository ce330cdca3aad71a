"""The log of notifications: recorded with the change, numbered after the commit, in order, without gaps."""

import json
import threading
import time

import pytest
from django.db import connection, connections, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.live_site import wait_until
from tests.make import AWAY, HOME
from tracker.events import log, numbering, publishing
from tracker.models import Incident, LogState, Notification

pytestmark = pytest.mark.django_db(transaction=True)


class Undo(Exception):
    """Rolls a transaction back."""


def number_of(row: Notification) -> int:
    assert row.seq is not None, "it has no number yet"
    return row.seq


def numbers() -> list[int]:
    """The numbers given so far, in their order."""
    rows = Notification.objects.exclude(seq=None).order_by("seq")
    return [number_of(row) for row in rows]


def pending() -> int:
    return Notification.objects.filter(seq=None).count()


def names() -> list[str]:
    """The names of what was announced, in the order of the log."""
    texts = [json.loads(n.text()) for n in Notification.objects.exclude(seq=None).order_by("seq")]
    return [message["feature"]["properties"]["name"] for message in texts]


def gapless(count: int) -> list[int]:
    return list(range(1, count + 1))


def in_thread(function, *args) -> threading.Thread:
    """Run *function* in a thread with database connections of its own, and close them."""

    def run():
        try:
            function(*args)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def in_threads(*functions) -> None:
    """Run these functions at once and wait for all; the first error is raised here."""
    errors: list[BaseException] = []

    def guarded(function):
        try:
            function()
        except BaseException as error:
            errors.append(error)

    threads = [in_thread(guarded, function) for function in functions]
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "a writer is stuck"
    if errors:
        raise errors[0]


class TestCommit:
    def test_every_save_gets_the_next_number(self):
        for n in range(5):
            make.incident(name=f"Fire {n}")
        assert numbers() == gapless(5)
        assert names() == [f"Fire {n}" for n in range(5)]
        assert LogState.current().last == 5

    def test_nothing_has_a_number_before_the_commit(self):
        with transaction.atomic():
            make.incident()
            assert (pending(), numbers()) == (1, [])
            assert len(connection.run_on_commit) == 1
        assert (pending(), numbers()) == (0, [1])

    def test_a_pass_in_another_process_does_not_see_what_has_not_committed(self):
        with transaction.atomic():
            make.incident()
            in_threads(publishing.publish_leftovers)
            assert numbers() == []
        assert numbers() == [1]

    def test_what_was_rolled_back_was_never_announced_and_leaves_no_gap(self):
        make.incident(name="before")
        with pytest.raises(Undo), transaction.atomic():
            make.incident(name="undone")
            raise Undo
        assert (pending(), Incident.objects.count()) == (0, 1)
        make.incident(name="after")
        assert names() == ["before", "after"]
        assert numbers() == [1, 2]

    def test_a_savepoint_that_was_rolled_back(self):
        with transaction.atomic():
            make.incident(name="before")
            with pytest.raises(Undo), transaction.atomic():
                make.incident(name="undone")
                raise Undo
            make.incident(name="after")
        assert names() == ["before", "after"]
        assert numbers() == [1, 2]

    def test_a_first_savepoint_that_was_rolled_back_takes_its_plan_along(self):
        """The plan to publish hangs on the savepoint in which it was made; what is recorded later needs its own."""
        with transaction.atomic():
            with pytest.raises(Undo), transaction.atomic():
                make.incident(name="undone")
                raise Undo
            make.incident(name="after")
        assert names() == ["after"]

    def test_a_plan_in_an_inner_savepoint_goes_when_the_outer_one_is_rolled_back(self):
        with transaction.atomic():
            with pytest.raises(Undo), transaction.atomic():
                with transaction.atomic():
                    make.incident(name="undone")
                make.incident(name="undone too")
                raise Undo
            with transaction.atomic():
                make.incident(name="after")
        assert names() == ["after"]
        assert numbers() == [1]

    def test_inner_savepoints_that_hold(self):
        with transaction.atomic():
            with transaction.atomic():
                make.incident(name="inner")
            make.incident(name="outer")
        assert names() == ["inner", "outer"]

    def test_what_one_save_records_is_one_statement(self):
        make.area()
        with CaptureQueriesContext(connection) as queries:
            make.incident(at=HOME)
        inserts = [query for query in queries if query["sql"].startswith('INSERT INTO "tracker_notification"')]
        assert len(inserts) == 1
        assert [row.type for row in Notification.objects.order_by("seq")][-2:] == ["post_save", "alert"]

    def test_what_fails_halfway_is_not_recorded_and_does_not_linger(self):
        with pytest.raises(Undo), log.batch():
            log.record("changed", {"model": "Incident", "count": 1})
            raise Undo
        make.incident(name="after")
        assert names() == ["after"]

    def test_one_in_the_other(self):
        with log.batch():
            log.record("changed", {"model": "Incident", "count": 1})
            with log.batch():
                log.record("changed", {"model": "Incident", "count": 2})
            log.record("changed", {"model": "Incident", "count": 3})
            assert Notification.objects.count() == 0
        counts = [json.loads(row.text())["count"] for row in Notification.objects.order_by("seq")]
        assert counts == [1, 2, 3]

    def test_publishing_is_planned_once_a_transaction(self):
        with transaction.atomic():
            for n in range(10):
                make.incident(name=f"Fire {n}")
            assert [entry[1] for entry in connection.run_on_commit].count(publishing.publish) == 1
        assert numbers() == gapless(10)

    def test_a_change_without_its_notification_cannot_be(self, monkeypatch):
        """If recording fails, so does the save."""

        def fail(*args, **kwargs):
            raise Undo

        monkeypatch.setattr(log, "record_all", fail)
        with pytest.raises(Undo):
            make.incident()
        assert not Incident.objects.exists()

    def test_more_than_one_piece(self):
        with transaction.atomic():
            log.record_all(("changed", {"model": "Incident", "count": n}) for n in range(1203))
        assert numbers() == gapless(1203)
        counts = [json.loads(n.body)["count"] for n in Notification.objects.order_by("seq")]
        assert counts == list(range(1203)), "in the order in which they were recorded"

    def test_nothing_recorded_plans_nothing(self):
        with transaction.atomic():
            log.record_all([])
            assert connection.run_on_commit == []


class TestWhoDied:
    """A process that dies between its commit and its numbering loses nothing."""

    def test_the_next_save_finishes_its_work(self, monkeypatch):
        with monkeypatch.context() as crash:
            crash.setattr(numbering, "number_pending", list)
            make.incident(name="orphan")
        assert (pending(), numbers()) == (1, [])
        make.incident(name="next")
        assert names() == ["orphan", "next"]

    def test_any_process_may_finish_it(self, monkeypatch):
        with monkeypatch.context() as crash:
            crash.setattr(numbering, "number_pending", list)
            make.incident()
        in_threads(publishing.publish)
        assert numbers() == [1]

    def test_a_pass_with_nothing_to_do_takes_no_lock(self, django_assert_num_queries):
        make.incident()
        with django_assert_num_queries(1):
            publishing.publish_leftovers()

    def test_what_is_left_is_published(self, monkeypatch):
        with monkeypatch.context() as crash:
            crash.setattr(numbering, "number_pending", list)
            make.incident()
        publishing.publish_leftovers()
        assert numbers() == [1]

    def test_numbers_go_on_after_the_old_rows_were_removed(self):
        for _ in range(3):
            make.incident()
        Notification.objects.all().delete()
        make.incident()
        assert numbers() == [4], "max(seq) + 1 would have started again"


class TestPass:
    """What one pass of numbering takes, and in what order."""

    @pytest.fixture
    def orphans(self):
        """Rows that nobody has numbered yet, the newest first on the disk, as PostgreSQL comes to them."""
        rows = [Notification(id=n, type="changed", body=f'{{"count":{n}}}') for n in range(12, 0, -1)]
        return Notification.objects.bulk_create(rows)

    def test_it_numbers_in_the_order_of_the_ids(self, orphans):
        assert [(row.id, row.seq) for row in numbering.number_pending()] == [(n, n) for n in range(1, 13)]
        assert list(Notification.objects.order_by("id").values_list("seq", flat=True)) == gapless(12)

    def test_it_takes_one_piece_at_most_and_the_oldest_first(self, orphans, monkeypatch):
        monkeypatch.setattr(numbering, "PIECE", 5)
        passes = [[row.id for row in numbering.number_pending()] for _ in range(4)]
        assert passes == [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12], []]

    def test_one_that_was_not_full_is_the_last(self, orphans):
        with CaptureQueriesContext(connection) as queries:
            publishing.publish()
        assert sum("row_number()" in query["sql"] for query in queries) == 1

    def test_the_first_makes_the_state_as_everybody_else_would(self):
        LogState.objects.all().delete()
        assert numbering.number_pending() == []
        made, asked_for = LogState.objects.get(), LogState(pk=1)
        assert (made.pk, made.last, made.floor) == (asked_for.pk, asked_for.last, asked_for.floor)
        assert len(made.log_id) == len(asked_for.log_id)

    @pytest.mark.needs_postgis
    def test_one_that_finds_nothing_writes_nothing(self):
        make.incident()

        def written_by() -> str:
            return str(numbering.answer_to("SELECT xmin FROM tracker_logstate"))

        before = written_by()
        assert numbering.number_pending() == []
        assert written_by() == before


class TestManyWriters:
    WRITERS, EACH = 4, 15

    def test_numbers_are_unique_and_without_gaps(self):
        def write(n):
            for i in range(self.EACH):
                with transaction.atomic():
                    make.incident(name=f"{n}-{i}", at=AWAY)

        in_threads(*[lambda n=n: write(n) for n in range(self.WRITERS)])
        publishing.publish()
        assert numbers() == gapless(self.WRITERS * self.EACH)
        for n in range(self.WRITERS):
            own = [name for name in names() if name.startswith(f"{n}-")]
            assert own == [f"{n}-{i}" for i in range(self.EACH)], "each writer's in the order of its commits"

    @pytest.mark.parametrize("nth", range(10))
    def test_the_first_passes_of_all_at_once(self, nth):
        """A new database has no state of the log: they make it, and only then is there something to lock."""
        Notification.objects.bulk_create(Notification(type="changed", body="{}") for _ in range(1500))
        LogState.objects.all().delete()
        seen: list[int] = []
        in_threads(*[lambda: seen.extend(number_of(row) for row in numbering.number_pending()) for _ in range(6)])
        assert numbers() == gapless(1500)
        assert sorted(seen) == gapless(1500), "none was sent by two, and none by nobody"

    def test_several_passes_at_once(self, monkeypatch):
        with monkeypatch.context() as crash:
            crash.setattr(numbering, "number_pending", list)
            for _ in range(3):
                log.record_all(("changed", {"model": "Incident", "count": n}) for n in range(500))
        seen: list[int] = []
        publish = [lambda: seen.extend(number_of(row) for row in numbering.number_pending()) for _ in range(3)]
        in_threads(*publish, *publish)
        assert numbers() == gapless(1500)
        assert sorted(seen) == gapless(1500), "no number was sent by two"

    def test_a_reader_never_sees_a_number_before_a_smaller_one(self):
        """A reader that goes on from its last number, while many write, receives every number in order."""
        stop, got = threading.Event(), []

        def read():
            position = 0
            while not (stop.is_set() and position == LogState.current().last):
                for row in log.read(position):
                    position = number_of(row)
                    got.append(position)
                time.sleep(0.002)  # a reader that spins would hold up the writers of this process

        reader = in_thread(read)

        def write():
            for _ in range(self.EACH):
                make.incident(at=AWAY)

        in_threads(write, write, write)
        publishing.publish()
        stop.set()
        reader.join(30)
        assert got == gapless(3 * self.EACH)

    @pytest.mark.needs_postgis
    def test_a_slow_transaction_commits_late_and_is_not_skipped(self):
        """Its row has a smaller id than rows that were read long before; an auto-increment cursor would skip it."""
        recorded, go_on = threading.Event(), threading.Event()

        def slow():
            with transaction.atomic():
                make.incident(name="slow")
                recorded.set()
                assert go_on.wait(30)

        writer = in_thread(slow)
        assert recorded.wait(30)
        make.incident(name="quick")
        assert names() == ["quick"]
        position = LogState.current().last
        go_on.set()
        writer.join(30)
        late = log.read(position)
        assert [json.loads(row.text())["feature"]["properties"]["name"] for row in late] == ["slow"]
        slow_row, quick_row = Notification.objects.order_by("id")
        assert number_of(slow_row) > number_of(quick_row), (
            "ids are in the order of writing, numbers in the order of commits"
        )


class TestLayer:
    """The layer is only the fast path: saving neither waits for it nor fails with it."""

    @pytest.mark.parametrize(
        "host",
        ["redis://127.0.0.1:1/0", "unix:///nowhere/redis.sock", "redis://10.255.255.1:6379/0"],
        ids=["refused", "no socket", "no answer"],
    )
    @pytest.mark.parametrize("layer", ["pubsub.RedisPubSubChannelLayer", "core.RedisChannelLayer"])
    def test_saving_works_when_redis_is_away(self, layer, host, caplog):
        gone = {"default": {"BACKEND": f"channels_redis.{layer}", "CONFIG": {"hosts": [host]}}}
        with override_settings(CHANNEL_LAYERS=gone):
            started = time.monotonic()
            make.incident()
            took_s = time.monotonic() - started
        assert numbers() == [1]
        assert took_s < 1
        wait_until(lambda: "did not take a notification" in caplog.text, "the sender does not give up")
