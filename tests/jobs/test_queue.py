"""The way of a job, from the call that starts it to its end: nothing is done twice, nothing is written over."""

import threading
import time
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from tests import make
from tests.jobs.conftest import carried_out, now, swept
from tests.web.same_moment import at_the_same_moment
from tracker.jobs import queue, worker
from tracker.jobs.registry import JobFailed
from tracker.jobs.run import Run
from tracker.models import Change, Incident, Job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def vera():
    return make.person("vera")


class TestCarryingOut:
    def test_it_ends_with_what_its_function_says(self, declare, vera):
        def count(run: Run, to: int):
            for _number in run.steps(range(to), to):
                pass
            return "Counted."

        job = queue.enqueue(declare(count), by=vera, name="  Count\n them ", to=5)
        assert (job.state, job.name, job.owner, job.parameters) == ("queued", "Count them", vera, {"to": 5})
        job = carried_out(job)
        assert (job.state, job.message, job.done, job.total) == ("done", "Counted.", 5, 5)
        assert job.started <= job.finished

    def test_it_acts_in_the_name_of_its_owner(self, declare, vera):
        job = queue.enqueue(declare(lambda run: make.incident("by a job") and ""), by=vera)
        assert carried_out(job).state == "done"
        assert Change.objects.get().by == vera

    def test_a_failure_is_said_in_words_with_its_rows(self, declare, vera):
        def fail(run: Run):
            run.problem(3, "This row is wrong.")
            raise JobFailed("It cannot be done.")

        job = carried_out(queue.enqueue(declare(fail), by=vera))
        assert (job.state, job.message) == ("failed", "It cannot be done.")
        assert (job.problems, job.problem_count) == ([[3, "This row is wrong."]], 1)

    def test_an_error_of_the_program_says_no_more_than_that(self, declare, vera, caplog):
        job = carried_out(queue.enqueue(declare(lambda run: 1 / 0), by=vera))
        assert job.state == "failed"
        assert "ZeroDivision" not in job.message
        assert "ZeroDivisionError" in caplog.text

    def test_problems_are_kept_up_to_a_bound_and_counted_beyond(self, declare, vera):
        def fail_often(run: Run):
            for row in range(1_000):
                run.problem(row, "Wrong.")

        job = carried_out(queue.enqueue(declare(fail_often), by=vera))
        assert (len(job.problems), job.problem_count) == (200, 1_000)

    def test_a_kind_that_this_version_does_not_know_fails(self, vera):
        job = Job.objects.create(kind="of another version", name="?", owner=vera)
        job = carried_out(job)
        assert (job.state, "does not know" in job.message) == ("failed", True)

    def test_what_is_no_json_is_refused_at_the_call(self, declare, vera):
        kind = declare(lambda run, at: None)
        with pytest.raises(TypeError):
            queue.enqueue(kind, by=vera, at=timezone.now())
        assert not Job.objects.exists()

    def test_it_starts_only_if_the_transaction_commits(self, declare, vera, monkeypatch):
        sent = []
        monkeypatch.setattr(queue, "send", lambda *given: sent.append(given))
        with pytest.raises(RuntimeError), transaction.atomic():
            queue.enqueue(declare(lambda run: None), by=vera)
            raise RuntimeError
        assert (sent, Job.objects.count()) == ([], 0)
        with transaction.atomic():
            job = queue.enqueue(declare(lambda run: None), by=vera)
            assert sent == []
        assert sent == [(job.pk, 1)]

    def test_who_has_lost_the_permission_meanwhile_has_nothing_done(self, declare, vera):
        done = []
        kind = declare(lambda run: done.append(run), permission="tracker.view_incident")
        for take_away in (lambda: vera.groups.clear(), lambda: setattr(vera, "is_active", False) or vera.save()):
            job = queue.enqueue(kind, by=vera)
            take_away()
            job = carried_out(job)
            assert (job.state, "permission" in job.message) == ("failed", True)
        assert done == []

    @pytest.mark.parametrize("again", [False, True], ids=["waits for the first time", "is run again"])
    def test_a_job_whose_owner_is_deleted_is_not_carried_out(self, declare, vera, again):
        done = []
        kind = declare(lambda run: done.append(run) or (1 / 0 if len(done) == 1 and again else None))
        job = queue.enqueue(kind, by=vera)
        if again:
            carried_out(job)
            queue.run_again(now(job))
        before = len(done)
        vera.delete()
        job = carried_out(job)
        assert (job.state, "permission" in job.message, len(done)) == ("failed", True, before)
        assert (job.owner, job.who) == (None, "vera")

    def test_a_job_that_nobody_started_is_carried_out(self, declare):
        assert carried_out(queue.enqueue(declare(lambda run: None), by=None)).state == "done"

    @pytest.mark.parametrize("how", ["disabled", "deleted", "without the permission"])
    def test_what_runs_ends_when_its_owner_may_not_any_more(self, declare, vera, how):
        took = []

        def take_away():
            account = get_user_model().objects.get(pk=vera.pk)
            if how == "disabled":
                account.is_active = False
                account.save()
            elif how == "deleted":
                account.delete()
            else:
                account.groups.clear()
            connection.close()

        def go_on(run: Run):
            taker = threading.Thread(target=take_away)
            taker.start()
            taker.join()
            for _ in range(6_000):  # a minute
                took.append(run.sleep(0.01))

        job = carried_out(queue.enqueue(declare(go_on), by=vera))
        assert (job.state, "permission" in job.message) == ("failed", True)
        assert len(took) < 6_000

    def test_the_piece_in_which_the_permission_is_lost_is_not_saved(self, declare, vera):
        """It need not wait for the next beat of the heart."""

        def go_on(run: Run):
            for number in range(2):
                with transaction.atomic():
                    make.incident(f"{number}")
                    if number == 1:
                        vera.groups.clear()
                    run.save_checkpoint({"at": number})

        job = carried_out(queue.enqueue(declare(go_on), by=vera))
        assert (job.state, "permission" in job.message, job.checkpoint) == ("failed", True, {"at": 0})
        assert [incident.name for incident in Incident.objects.all()] == ["0"]

    def test_a_database_that_is_away_interrupts_it(self, declare, vera):
        def lose(run: Run):
            raise OperationalError("server closed the connection unexpectedly")

        job = carried_out(queue.enqueue(declare(lose), by=vera))
        assert job.state == "running", "as if its worker had died: the sweep says so"
        swept()
        assert now(job).state == "interrupted"


class TestOnce:
    def test_of_two_workers_one_gets_it(self, declare, vera):
        done = []
        job = queue.enqueue(declare(lambda run: done.append(run)), by=vera)
        assert carried_out(job).state == "done"
        worker.carry_out(job.pk, 1)  # the message came twice
        assert len(done) == 1

    def test_an_attempt_that_is_over_is_not_carried_out(self, declare, vera):
        done = []
        job = queue.enqueue(declare(lambda run: done.append(run) or 1 / 0), by=vera)
        carried_out(job)
        queue.run_again(now(job))
        worker.carry_out(job.pk, 1)  # the old message, late
        assert (len(done), now(job).state) == (1, "queued")
        worker.carry_out(job.pk, 2)
        assert len(done) == 2

    def test_a_worker_that_was_taken_for_dead_writes_nothing(self, declare, vera):
        def go_on(run: Run):
            queue.step(run.job.pk, queue.running(run.job.pk, 1), state="interrupted", message="Given up.")
            with transaction.atomic():
                make.incident("too late")
                run.save_checkpoint({"at": 1})

        job = carried_out(queue.enqueue(declare(go_on), by=vera))
        assert (job.state, job.message, job.checkpoint) == ("interrupted", "Given up.", None)
        assert not Incident.objects.exists()


class TestCancelling:
    def test_what_waits_is_cancelled_at_once_and_never_begins(self, declare, vera):
        done = []
        job = queue.enqueue(declare(lambda run: done.append(run)), by=vera)
        assert queue.cancel(job)
        assert carried_out(job).state == "cancelled"
        assert done == []

    def test_what_runs_ends_within_a_second(self, declare, vera):
        kind = declare(lambda run: [run.sleep(0.01) for _ in range(3_000)])
        job = queue.enqueue(kind, by=vera)

        def cancel():
            while now(job).state != "running":
                time.sleep(0.02)
            assert queue.cancel(job)
            connection.close()

        canceller = threading.Thread(target=cancel)
        canceller.start()
        job = carried_out(job)
        canceller.join()
        assert (job.state, job.message) == ("cancelled", "Cancelled.")
        assert job.finished - job.started < timedelta(seconds=5)  # a minute without; the second is the browser test's

    def test_what_has_ended_cannot_be_cancelled(self, declare, vera):
        job = carried_out(queue.enqueue(declare(lambda run: None), by=vera))
        assert not queue.cancel(job)
        assert now(job).state == "done"


class TestRunningAgain:
    def test_it_goes_on_from_the_last_checkpoint(self, declare, vera):
        seen = []

        def go(run: Run):
            seen.append(run.checkpoint)
            with transaction.atomic():
                run.save_checkpoint({"at": len(seen)})
            if len(seen) < 2:
                raise JobFailed("Not yet.")

        job = carried_out(queue.enqueue(declare(go), by=vera))
        assert queue.run_again(job)
        job = carried_out(job)
        assert (job.state, job.attempt, job.message, seen) == ("done", 2, "", [None, {"at": 1}])

    @pytest.mark.parametrize("state", ["queued", "running", "done"])
    def test_what_has_not_failed_is_not_run_again(self, vera, state):
        job = Job.objects.create(kind="try_it", name="?", owner=vera, state=state)
        assert not queue.run_again(job)
        assert (now(job).state, now(job).attempt) == (state, 1)


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
            Job.objects.filter(pk=job.pk).update(beat=now(job).beat + timedelta(seconds=2))
        assert now(job).state == "interrupted", "the time between two sweeps is counted, here none"
        job = self.lost(vera, declare(lambda run: None))
        queue.sweep()
        queue.sweep()
        assert now(job).state == "running", "seen for less than the time"

    def test_a_process_does_not_take_what_it_carries_out_for_dead(self, declare, vera):
        """Whatever keeps its heart from writing: a busy database, above all."""
        job = carried_out(queue.enqueue(declare(lambda run: swept() or run.write()), by=vera))
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


class TestBounds:
    def test_a_person_has_so_many_jobs_waiting(self, declare, vera, monkeypatch):
        monkeypatch.setattr(queue, "WAITING_AT_MOST", 2)
        kind = declare(lambda run: None)
        first = queue.enqueue(kind, by=vera)
        queue.enqueue(kind, by=vera)
        with pytest.raises(queue.Refused, match="2 jobs"):
            queue.enqueue(kind, by=vera)
        queue.enqueue(kind, by=make.person("otto"))
        carried_out(first)
        queue.enqueue(kind, by=vera)

    @pytest.mark.needs_postgis
    def test_those_that_are_asked_for_at_one_moment_are_bounded_too(self, vera, monkeypatch):
        vera.is_superuser = True
        vera.save()
        monkeypatch.setattr(queue, "NAMED_AT_MOST", 3)

        def start() -> str:
            try:
                return queue.start_by_name("try_it", None, vera).state
            except queue.Refused:
                return "refused"

        assert Counter(at_the_same_moment(*[start] * 12)) == {"queued": 3, "refused": 9}

    def test_running_again_is_bounded_too(self, declare, vera, monkeypatch):
        failing = carried_out(queue.enqueue(declare(lambda run: 1 / 0), by=vera))
        monkeypatch.setattr(queue, "WAITING_AT_MOST", 1)
        queue.enqueue(declare(lambda run: None), by=vera)
        with pytest.raises(queue.Refused, match="1 jobs"):
            queue.run_again(failing)

    def test_a_thousand_jobs_of_one_person_keep_nobody_else_waiting(self, declare, vera):
        kind = declare(lambda run: None)
        first, second = queue.enqueue(kind, by=vera), queue.enqueue(kind, by=vera)
        theirs = queue.enqueue(kind, by=make.person("otto"))
        assert queue.next_waiting() == (first.pk, 1)
        queue.claim(first.pk, 1, "a worker")
        assert queue.next_waiting() == (theirs.pk, 1)
        queue.claim(theirs.pk, 1, "another")
        assert queue.next_waiting() == (second.pk, 1)

    def test_what_was_given_goes_when_it_is_done_and_of_results_so_many_stay(self, declare, vera, monkeypatch):
        def make_a_file(run: Run):
            with run.result("it.txt") as file:
                file.write(b"made")

        monkeypatch.setattr(queue, "RESULTS_KEPT", 1)
        kind = declare(make_a_file)
        old = queue.enqueue(kind, by=vera, upload=ContentFile(b"given", "g.txt"))
        given, old = Path(old.upload.path), carried_out(old)
        made = Path(old.result.path)
        assert now(old).upload == ""
        assert (given.exists(), made.exists()) == (False, True)
        new = carried_out(queue.enqueue(kind, by=vera))
        assert (now(old).result, made.exists()) == ("", False)
        assert Path(new.result.path).exists()

    @pytest.mark.parametrize(
        ("code", "name", "why"),
        [
            ("no such kind", "", "no job of that kind"),
            (["try_it"], "", "no job of that kind"),
            (None, "", "no job of that kind"),
            ("import_incidents", "", "no job of that kind"),
            ("try_it", 7, "is a text"),
            ("try_it", "x" * 151, "at most 150"),
            ("check_alerts", "", "permission"),
        ],
    )
    def test_what_a_socket_may_not_start(self, vera, code, name, why):
        with pytest.raises(queue.Refused, match=why):
            queue.start_by_name(code, name, vera)
        assert not Job.objects.exists()

    def test_old_jobs_go_with_their_files(self, declare, vera):
        def make_a_file(run: Run):
            with run.result("it.txt") as file:
                file.write(b"made")

        kind = declare(make_a_file)
        old, young = (carried_out(queue.enqueue(kind, by=vera)) for _ in range(2))
        failed = queue.enqueue(declare(lambda run: 1 / 0), by=vera, upload=ContentFile(b"given", "g.txt"))
        failed = carried_out(failed)
        files = [Path(file.path) for file in (old.result, failed.upload, young.result)]
        assert [file.read_bytes() for file in files] == [b"made", b"given", b"made"]
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
        long_ago = timezone.now() - timedelta(days=settings.JOB_RETENTION_DAYS + 1)
        Job.objects.exclude(pk=young.pk).update(finished=long_ago)
        assert queue.prune() == 2
        assert [file.exists() for file in files] == [False, False, True]
        assert list(Job.objects.all()) == [young]


def test_the_same_form_sent_twice_starts_one_job(declare, vera):
    kind, key = declare(lambda run: None), uuid.uuid4()
    first = queue.enqueue(kind, by=vera, submission=key, upload=ContentFile(b"given", "g.txt"))
    again = queue.enqueue(kind, by=vera, submission=key, upload=ContentFile(b"given", "g.txt"))
    assert (again, Job.objects.count()) == (first, 1)
    assert now(first).upload.read() == b"given"


def test_the_same_form_with_something_else_in_it_starts_another_job(declare, vera):
    """A form has its old key after “back”, and when the answer to it was opened in another tab."""
    kind, key = declare(lambda run, **parameters: 1 / 0), uuid.uuid4()

    def send(contents: bytes = b"broken", **asked):
        file = ContentFile(contents, "g.txt")
        return queue.enqueue(kind, **{"by": vera, "submission": key, "upload": file, **asked})

    first = send()
    assert carried_out(first).state == "failed"
    others = [send(b"mended"), send(name="Named"), send(to=5), send(by=make.person("otto"))]
    assert len({job.pk for job in [first, *others]}) == 5
    assert now(others[0]).upload.read() == b"mended"
    assert [send(b"mended"), send(to=5)] == [others[0], others[2]], "each of them once"
    assert send() == first, "whose page offers to run it again"


def test_what_waits_or_runs_is_active_and_what_has_ended_is_not(declare, vera):
    """By the time of its end, which every step keeps in line with the state."""

    def assert_active(*jobs: Job) -> None:
        assert set(Job.objects.active()) == set(jobs) == {job for job in Job.objects.all() if job.is_active}

    waiting, cancelled, asked, lost = (queue.enqueue(declare(lambda run: None), by=vera) for _ in range(4))
    moving_on = queue.enqueue(declare(lambda run: None, resumes=True), by=vera)
    assert_active(*Job.objects.all())
    for job in (asked, lost, moving_on):
        queue.claim(job.pk, 1, "a worker")
    assert_active(*Job.objects.all())
    queue.cancel(cancelled)
    queue.cancel(asked)
    done = carried_out(queue.enqueue(declare(lambda run: None), by=vera))
    failed = carried_out(queue.enqueue(declare(lambda run: 1 / 0), by=vera))
    assert done.state == "done"
    swept()
    ended = {job.pk: job.state for job in Job.objects.exclude(finished=None)}
    assert [ended.get(job.pk) for job in (cancelled, asked, lost)] == ["cancelled", "cancelled", "interrupted"]
    assert_active(*Job.objects.filter(state="queued"))
    assert now(moving_on).attempt == 2
    for job in (failed, cancelled, lost):
        assert queue.run_again(now(job))
    assert_active(*Job.objects.exclude(pk__in=[done.pk, asked.pk]))
    assert waiting in Job.objects.active()
