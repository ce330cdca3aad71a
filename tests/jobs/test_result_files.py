"""The file that a job makes: written once, private from its first byte on, and gone if it comes to nothing."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from tests import make
from tests.jobs.conftest import carried_out, now
from tracker.jobs import queue
from tracker.jobs.partial_file import prefix
from tracker.jobs.run import Cancelled, Run
from tracker.models import Job

pytestmark = pytest.mark.django_db(transaction=True)  # a job's heart beats in a thread, which must see the job


@pytest.fixture(autouse=True)
def folder(tmp_path, settings, monkeypatch) -> Path:
    """A folder of the jobs' files that is not there yet."""
    settings.JOB_FILES = tmp_path / "files" / "of jobs"
    files = Job._meta.get_field("result").storage
    monkeypatch.setattr(files, "location", str(settings.JOB_FILES))
    return settings.JOB_FILES


@pytest.fixture
def vera(db):
    return make.person("vera", "Viewer")


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_what_was_written_is_what_is_kept_and_nobody_else_can_read_it(declare, vera, folder):
    written: dict[str, int] = {}

    def make_a_file(run: Run):
        with run.result("it.txt") as file:
            file.write(b"made")
            [unfinished] = files_in(folder)
            written.update(inode=os.fstat(file.fileno()).st_ino, mode=mode(unfinished))

    before = os.umask(0o022)
    try:
        job = carried_out(queue.enqueue(declare(make_a_file), by=vera))
    finally:
        os.umask(before)
    path = Path(job.result.path)
    assert files_in(folder) == [path]
    assert path.read_bytes() == b"made"
    assert path.stat().st_ino == written["inode"], "moved, and not copied"
    assert (written["mode"], mode(path)) == (0o600, 0o600)
    assert {mode(each) for each in (folder, path.parent, path.parent.parent)} == {0o700}


@pytest.mark.parametrize("error", [ValueError("broken"), Cancelled()])
def test_of_a_job_that_ends_in_the_middle_nothing_is_left(declare, vera, folder, error):
    def fail(run: Run):
        with run.result("it.txt") as file:
            file.write(b"half")
            raise error

    job = carried_out(queue.enqueue(declare(fail), by=vera))
    assert (job.state in {"failed", "cancelled"}, job.result.name) == (True, "")
    assert files_in(folder) == []


def test_of_an_attempt_that_was_taken_for_dead_nothing_is_left(declare, vera, folder):
    def too_late(run: Run):
        with run.result("it.txt") as file:
            file.write(b"late")
            Job.objects.filter(pk=run.job.pk).update(attempt=2)

    job = carried_out(queue.enqueue(declare(too_late), by=vera))
    assert (job.state, job.attempt, job.result.name) == ("running", 2, "")
    assert files_in(folder) == []


def test_a_result_that_is_made_anew_replaces_the_one_before(declare, vera, folder):
    def make_two(run: Run):
        for text in (b"first", b"second"):
            with run.result("it.txt") as file:
                file.write(text)

    job = carried_out(queue.enqueue(declare(make_two), by=vera))
    assert [path.read_bytes() for path in files_in(folder)] == [b"second"]
    assert job.result.path == str(files_in(folder)[0])


class TestWhatAKilledWorkerLeft:
    """It had no time to tidy up."""

    @pytest.fixture
    def left(self, folder):
        def leave(job: Job) -> Path:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{prefix(job)}x7"
            path.write_bytes(b"half")
            return path

        return leave

    def test_goes_when_the_job_is_done(self, declare, vera, left):
        jobs = [queue.enqueue(declare(lambda run: None), by=vera) for _ in range(2)]
        files = [left(job) for job in jobs]
        carried_out(jobs[0])
        assert [file.exists() for file in files] == [False, True]

    def test_or_with_the_job(self, declare, vera, left):
        jobs = [carried_out(queue.enqueue(declare(lambda run: 1 / 0), by=vera)) for _ in range(2)]
        files = [left(job) for job in jobs]
        long_ago = timezone.now() - timedelta(days=settings.JOB_RETENTION_DAYS + 1)
        Job.objects.filter(pk=jobs[0].pk).update(finished=long_ago)
        queue.prune()
        assert [file.exists() for file in files] == [False, True]
        assert now(jobs[1]) == jobs[1]
