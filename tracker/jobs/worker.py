"""Carrying out one job, wherever that is: in a thread of the web process, or in a worker of Celery."""

import logging
import os
import socket
import threading
import time

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.jobs import queue
from tracker.jobs.permission import still_permitted
from tracker.jobs.registry import JOB_TYPES, JobFailed
from tracker.jobs.run import Cancelled, NotPermitted, Run, Superseded
from tracker.lib.request import current_user, log_context, root_path
from tracker.models import Job

logger = logging.getLogger(__name__)

BEAT_S = 2.0  # how often a worker says that its jobs are alive
LISTEN_S = 0.4  # how often it asks whether one of them was cancelled
ENDINGS = 5  # times that the end of a job is written until the database takes it
AGAIN_S = 1.0


def carry_out(pk: int, attempt: int) -> None:
    """Do this attempt of a job, unless another worker has it. What goes wrong stands in the job's row."""
    root_path.use()
    job = queue.claim(pk, attempt, worker_name())
    if job is not None:
        with log_context.of_job(pk, job.owner_id):
            carry_out_claimed(job)


def carry_out_claimed(job: Job) -> None:
    run = Run(job)
    heart.take(run)
    try:
        state, message = outcome(run)
    except Superseded:
        logger.warning("Job %d was taken for dead, and goes on elsewhere or not at all.", job.pk)
        return
    except (OperationalError, InterfaceError) as error:
        logger.warning("Job %d lost the database, and is as one that has lost its worker: %r", job.pk, error)
        connection.close()
        return  # it gives no sign of life any more: the next sweep has it go on, or says that it was interrupted
    finally:
        heart.drop(run)
    for _attempt in range(ENDINGS):
        try:
            ended = run.state() | {"message": message, "fails_again": run.fails_again}
            if queue.finish(job, state, **ended) and state == Job.State.DONE:
                queue.tidy_files(job)
            return
        except DatabaseError as error:
            logger.warning("The end of job %d could not be written: %r", job.pk, error)
            connection.close()
            time.sleep(AGAIN_S)


def outcome(run: Run) -> tuple[str, str]:
    """Call the job's function; the state that it ends in, and the message."""
    job = run.job
    kind = JOB_TYPES.get(job.kind)
    if kind is None:
        return Job.State.FAILED, _("This version of the site does not know this kind of job.")
    try:
        run.ask_permission()
        with current_user.acting_as(job.owner):
            message = kind.function(run, **job.parameters)
    except NotPermitted:
        return Job.State.FAILED, _("Who started it does not have the permission for this any more.")
    except Cancelled:
        return Job.State.CANCELLED, _("Cancelled.")
    except (Superseded, OperationalError, InterfaceError):
        raise
    except JobFailed as error:
        run.fails_again = error.fails_again
        return Job.State.FAILED, str(error)
    except Exception:
        logger.exception("Job %d (%s) failed.", job.pk, job.kind)
        return Job.State.FAILED, _("The job ended by an error of the program. The site's log has the details.")
    return Job.State.DONE, str(message or run.message)


def worker_name() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{threading.current_thread().name}"[:100]


class Heart:
    """One thread a process, while it has jobs: says that they are alive, and hears that they must stop.

    That is when somebody has cancelled them, or who started them may not have this done any more.
    """

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None

    def take(self, run: Run) -> None:
        with self.lock:
            self.runs.append(run)
            queue.carried_out_here.add((run.job.pk, run.job.attempt))
            if self.thread is None:
                self.thread = threading.Thread(target=self.beat, name="heart of the jobs", daemon=True)
                self.thread.start()

    def drop(self, run: Run) -> None:
        with self.lock:
            self.runs.remove(run)
            queue.carried_out_here.discard((run.job.pk, run.job.attempt))

    def beat(self) -> None:
        beaten_at = time.monotonic()
        while True:
            time.sleep(LISTEN_S)
            with self.lock:
                runs = list(self.runs)
                if not runs:
                    self.thread = None
                    break
            try:
                self.listen(runs)
                if time.monotonic() - beaten_at >= BEAT_S:
                    self.ask_permission(runs)
                    self.say_alive(runs)
                    beaten_at = time.monotonic()
            except Exception as error:
                logger.warning("The jobs of this process could not be looked at: %r", error)
                connection.close()
        connection.close()

    def listen(self, runs: list[Run]) -> None:
        close_old_connections()
        found = Job.objects.filter(pk__in=[run.job.pk for run in runs], state=Job.State.RUNNING)
        rows = {pk: (attempt, asked) for pk, attempt, asked in found.values_list("pk", "attempt", "cancel_asked")}
        for run in runs:
            attempt, asked = rows.get(run.job.pk, (0, False))
            if attempt != run.job.attempt:
                run.why_stop = Superseded
            if asked or attempt != run.job.attempt:
                run.stop.set()

    def ask_permission(self, runs: list[Run]) -> None:
        for run in runs:
            if not run.stop.is_set() and not still_permitted(run.job):
                run.why_stop = NotPermitted
                run.stop.set()

    def say_alive(self, runs: list[Run]) -> None:
        """No version, and no message: nobody is told of it."""
        these = Q()
        for run in runs:
            these |= queue.running(run.job.pk, run.job.attempt)
        Job.objects.filter(these).update(beat=timezone.now())


heart = Heart()


def forget() -> None:
    """In a forked child: the thread and its jobs stayed with the parent."""
    global heart
    heart = Heart()
    queue.carried_out_here.clear()


os.register_at_fork(after_in_child=forget)
