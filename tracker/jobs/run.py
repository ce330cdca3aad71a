"""What the function of a job has in its hands while it runs: to say how far it is, and to hear that it must stop."""

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.db import OperationalError, connection
from django.db.models import Q
from django.utils import timezone

from tracker.jobs import queue
from tracker.jobs.partial_file import unfinished_file
from tracker.jobs.permission import still_permitted
from tracker.models import Job

logger = logging.getLogger(__name__)

PACE_S = 0.25  # at most so often is progress written, and told, for a job
PROBLEMS_KEPT = 200  # the others are only counted


class Cancelled(Exception):
    """Somebody has cancelled the job."""


class NotPermitted(Exception):
    """Who started the job may not have this done any more, or has no account here."""


class Superseded(Exception):
    """This attempt is not the job's any more: its worker was taken for dead."""


class Run:
    """One attempt of a job."""

    def __init__(self, job: Job):
        self.job = job
        self.done = 0
        self.total: int | None = None
        self.message = ""
        self.problems: list[list] = list(job.problems)  # what an attempt has found that was cut off
        self.problem_count = job.problem_count
        self.fails_again = False
        self.written_at = 0.0
        self.stop = threading.Event()  # set by the heart (worker.py)
        self.why_stop: type[Exception] = Cancelled

    @property
    def checkpoint(self) -> Any:
        """What the attempt before saved last; None if there was none."""
        return self.job.checkpoint

    def go_on(self) -> None:
        """Return, unless the job must stop: then raise what ends it, which a job should let pass."""
        if self.stop.is_set():
            raise self.why_stop

    def ask_permission(self) -> None:
        """Raise what ends the job, if who started it may not have this done any more."""
        if not still_permitted(self.job):
            raise NotPermitted

    def progress(self, done: int | None = None, total: int | None = None, message: str | None = None) -> None:
        """Say how far the job is, as often as it likes: it is written four times a second. Ends what was cancelled."""
        if done is not None:
            self.done = done
        if total is not None:
            self.total = total
        if message is not None:
            self.message = message
        self.go_on()
        if time.monotonic() - self.written_at >= PACE_S:
            self.write()

    def steps(self, things: Iterable, total: int | None = None) -> Iterator:
        """Go through these, and say how far one is."""
        self.progress(0, total)
        for count, thing in enumerate(things, 1):
            yield thing
            self.progress(count)

    def sleep(self, seconds: float) -> None:
        """Wait, but not for longer than the job goes on."""
        self.stop.wait(seconds)
        self.go_on()

    def problem(self, row: int | None, sentence: str) -> None:
        """Something that this row (of the person's file, counted from 1) is the reason of; the job goes on."""
        self.problem_count += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append([row, sentence])

    def state(self) -> dict[str, Any]:
        """The values of the row that a run writes."""
        return {
            "done": self.done,
            "total": self.total,
            "message": self.message,
            "problems": self.problems,
            "problem_count": self.problem_count,
        }

    def write(self) -> None:
        """Write progress now; if the database is busy, or away for a moment, later. It is only progress."""
        self.written_at = time.monotonic()
        try:
            alive = {"beat": timezone.now(), **self.state()}
            is_ours = queue.step(self.job.pk, queue.running(self.job.pk, self.job.attempt), **alive)
        except OperationalError as error:
            if connection.in_atomic_block:
                raise
            logger.info("The progress of job %d could not be written: %r", self.job.pk, error)
            connection.close()
            return
        if not is_ours:
            raise Superseded

    def save_checkpoint(self, value: Any) -> None:
        """In a transaction that does a piece of the work: with it stands or falls what the next attempt goes on from.

        Raises Superseded, so that the transaction fails, if this attempt is not the job's any more, and NotPermitted
        if who started it may not have this done any more.
        """
        self.ask_permission()
        condition: Q = queue.running(self.job.pk, self.job.attempt)
        # With a sign of life: on SQLite the heart could give none while this transaction was open.
        if not Job.objects.filter(condition).update(checkpoint=value, beat=timezone.now(), **self.state()):
            raise Superseded
        self.job.checkpoint = value

    @contextmanager
    def result(self, name: str) -> Iterator[IO[bytes]]:
        """A file to write bytes to; when it is finished it is the job's result, to be downloaded under this name."""
        with unfinished_file(self.job) as unfinished:
            yield unfinished.file
            self.go_on()
            unfinished.flush()
            old = self.job.result.name  # of an attempt that was cut off behind this step
            self.job.result.save(name, unfinished, save=False)
            values = {"result": self.job.result.name, "result_name": name}
            if not queue.step(self.job.pk, queue.running(self.job.pk, self.job.attempt), **values):
                self.job.result.delete(save=False)
                raise Superseded
            if old:
                self.job.result.storage.delete(old)
