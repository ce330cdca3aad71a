"""The way of a job, from the call that starts it to its end: nothing is done twice, nothing is written over."""

import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from tests import make
from tests.jobs.conftest import carried_out, now, swept
from tracker.jobs import queue, worker
from tracker.jobs.registry import JobFailed
from tracker.jobs.run import Run
from tracker.models import Change, Incident, Job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def vera():
    return make.person("vera")


def how_long(job: Job) -> timedelta:
    """From its start to its end."""
    assert job.started is not None
    assert job.finished is not None
    return job.finished - job.started


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
        assert how_long(job) >= timedelta(0)

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

        def disable() -> None:
            vera.is_active = False
            vera.save()

        for take_away in (vera.groups.clear, disable):
            job = queue.enqueue(kind, by=vera)
            take_away()
            job = carried_out(job)
            assert (job.state, "permission" in job.message) == ("failed", True)
        assert done == []

    @pytest.mark.parametrize("again", [False, True], ids=["waits for the first time", "is run again"])
    def test_a_job_whose_owner_is_deleted_is_not_carried_out(self, declare, vera, again):
        done = []

        def do(run: Run) -> None:
            done.append(run)
            if again and len(done) == 1:
                raise ValueError("broken")

        kind = declare(do)
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
        steps = 0

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
            nonlocal steps
            taker = threading.Thread(target=take_away)
            taker.start()
            taker.join()
            for _ in range(6_000):  # a minute
                run.sleep(0.01)
                steps += 1

        job = carried_out(queue.enqueue(declare(go_on), by=vera))
        assert (job.state, "permission" in job.message) == ("failed", True)
        assert steps < 6_000

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

        def fail(run: Run) -> None:
            done.append(run)
            raise ValueError("broken")

        job = queue.enqueue(declare(fail), by=vera)
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
        assert how_long(job) < timedelta(seconds=5)  # a minute without; the second is the browser test's

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
