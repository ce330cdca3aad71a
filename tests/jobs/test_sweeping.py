"""Jobs whose workers are gone are found, and go on or are said to be interrupted; what was not sent is sent."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from tests import make
from tests.jobs.conftest import carried_out, now, swept
from tracker.jobs import queue, worker
from tracker.jobs.run import Run
from tracker.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def vera():
    return make.person("vera")


class TestSweeping:
    def lost(self, vera, kind, **fields) -> Job:
        old = timezone.now() - timedelta(seconds=queue.DEAD_AFTER_S + 1)
        fields = {"state": "running", "started": old, "beat": old, "done": 3, "total": 9} | fields
        return Job.objects.create(kind=kind.code, name="Lost", owner=vera, **fields)

    def test_a_job_without_its_worker_was_interrupted(self, declare, vera):
        job = self.lost(vera, declare(lambda run: None))
        swept()
        job = now(job)
        assert (job.state, job.may_run_again) == ("interrupted", True)
        assert "3 of 9" in job.message

    def test_one_that_can_goes_on_by_itself_but_not_for_ever(self, declare, vera):
        kind = declare(lambda run: None, resumes=True)
        job = self.lost(vera, kind, checkpoint={"at": 3})
        swept()
        assert (now(job).state, now(job).attempt, now(job).checkpoint) == ("queued", 2, {"at": 3})
        last = self.lost(vera, kind, attempt=queue.ATTEMPTS)
        swept()
        assert now(last).state == "interrupted"

    def test_one_that_was_to_be_cancelled_is(self, declare, vera):
        job = self.lost(vera, declare(lambda run: None, resumes=True), cancel_asked=True)
        swept()
        assert now(job).state == "cancelled"

    def test_one_whose_worker_lives_is_left_alone_whatever_the_clocks_say(self, declare, vera):
        """After a pause of the machine, or on one whose clock is slow, every beat is old."""
        job = self.lost(vera, declare(lambda run: None))
        for _sweep in range(3):
            swept()
            if now(job).state != "running":
                break
            Job.objects.filter(pk=job.pk).update(beat=F("beat") + timedelta(seconds=2))
        assert now(job).state == "interrupted", "the time between two sweeps is counted, here none"
        job = self.lost(vera, declare(lambda run: None))
        queue.sweep()
        queue.sweep()
        assert now(job).state == "running", "seen for less than the time"

    def test_a_process_does_not_take_what_it_carries_out_for_dead(self, declare, vera):
        """Whatever keeps its heart from writing: a busy database, above all."""

        def sweep_meanwhile(run: Run) -> None:
            swept()
            run.write()

        job = carried_out(queue.enqueue(declare(sweep_meanwhile), by=vera))
        assert job.state == "done"

    @pytest.mark.needs_sqlite
    def test_nor_does_another_one_while_the_job_itself_keeps_the_heart_from_writing(self, declare, vera, monkeypatch):
        """SQLite has one writer. Who sweeps waits for it as the heart does, and is perhaps the first to have it."""
        monkeypatch.setattr(worker, "BEAT_S", 3_600.0)  # the heart comes last
        give_up, swept_by_others, decided = queue.give_up, None, threading.Event()

        def decide(lost: Job) -> None:
            decided.set()
            give_up(lost)

        def sweep() -> None:
            queue.sweep()
            connection.close()

        def write_for_long(run: Run):
            nonlocal swept_by_others
            monkeypatch.setattr(queue, "carried_out_here", set(), raising=False)  # as in another process
            monkeypatch.setattr(queue, "DEAD_AFTER_S", 0.0)
            monkeypatch.setattr(queue, "give_up", decide)
            with transaction.atomic():
                make.incident("a piece")
                swept_by_others = threading.Thread(target=sweep)
                swept_by_others.start()
                assert decided.wait(30)
                run.save_checkpoint({"at": 1})
            swept_by_others.join()
            run.write()

        assert carried_out(queue.enqueue(declare(write_for_long), by=vera)).state == "done"

    def test_a_job_that_was_not_sent_is_sent(self, vera, monkeypatch):
        sent = []

        def take(pk: int, attempt: int) -> None:
            sent.append((pk, attempt))
            queue.note_sent(pk, attempt)

        monkeypatch.setattr(queue, "backend", lambda: take)
        long_ago = timezone.now() - timedelta(seconds=queue.UNSENT_AFTER_S + 1)
        job = Job.objects.create(kind="try_it", name="?", owner=vera, created=long_ago)
        Job.objects.create(kind="try_it", name="just now", owner=vera)
        queue.sweep()
        assert sent == [(job.pk, 1)]
        queue.sweep()
        assert len(sent) == 1

    def test_workers_that_cannot_be_reached_keep_nobody_from_starting_a_job(self, declare, vera, monkeypatch, caplog):
        def unreachable():
            raise ConnectionError("no Redis")

        monkeypatch.setattr(queue, "backend", unreachable)
        job = queue.enqueue(declare(lambda run: None), by=vera)
        assert (now(job).state, now(job).sent) == ("queued", None)
        assert "will be sent again" in caplog.text
