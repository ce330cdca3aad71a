"""The way of a job: queued, running, and then done, failed, cancelled or interrupted; perhaps queued again.

Every step is one ``UPDATE`` that names the state, and the attempt, that it leads on from. So of two workers one gets a
job, what was cancelled does not begin, and a worker that was only slow to answer, and was taken for dead, cannot write
over what came after it. Each step is told to whoever may see the job.
"""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tracker.models import Job

from . import row
from .kinds import KINDS, Kind

logger = logging.getLogger(__name__)

WAITING_AT_MOST = 1_000  # jobs of one person
DEAD_AFTER_S = 15.0  # without a sign of life of a worker that gives one every two seconds
UNSENT_AFTER_S = 5.0  # a job that should be with the workers by now: whoever was to send it has died, or Redis was away
SEND_AGAIN_S = 300.0  # one that was sent and waits still may be lost, too; a second sending does no harm
AT_ONCE = 500  # rows that a sweep or pruning takes
ATTEMPTS = 3  # after which a job that lost its worker each time does not go on by itself
NAME_LENGTH = Job._meta.get_field("name").max_length or 0


class Refused(Exception):
    """What was asked for cannot be; the text is a sentence that says why."""


def backend() -> Callable[[int, int], None]:
    """What hands the attempt of a job to those who carry jobs out: ``(pk, attempt)``."""
    return import_string(settings.JOB_BACKEND)


# --- what people ask for -------------------------------------------------------------------------------------------


def enqueue(
    kind: Kind,
    *,
    by=None,
    name: str = "",
    upload: File | None = None,
    submission: UUID | None = None,
    **parameters: Any,
) -> Job:
    """Have this done in the background, for *by*; it is sent to a worker when the open transaction has committed.

    *parameters* must be values of JSON; *upload* is a file that the job is about. With the *submission* of
    a job that there is already, it is that one. Raises Refused.
    """
    json.dumps(parameters, allow_nan=False)  # what is no JSON is the programmer's mistake, and shows here
    name = " ".join(name.replace("\0", "").split()) or str(kind.title)
    if len(name) > NAME_LENGTH:
        raise Refused(_("A job's name has at most %(count)d characters.") % {"count": NAME_LENGTH})
    try:
        return insert(Job(kind=kind.code, name=name, owner=by, parameters=parameters, submission=submission), upload)
    except IntegrityError:  # the form's key is taken
        job = Job.objects.filter(submission=submission, owner=by).first()
        if job is None:
            raise Refused(_("Load the form again.")) from None
        return job


def insert(job: Job, upload: File | None) -> Job:
    by = job.owner
    with transaction.atomic():
        if by is not None and Job.objects.active().filter(owner=by).count() >= WAITING_AT_MOST:
            raise Refused(
                _("You have %(count)d jobs that are not done yet. Wait for some of them.") % {"count": WAITING_AT_MOST}
            )
        job.save(force_insert=True)
        if upload is not None:  # after the row, which may not be taken
            job.upload.save(upload.name or "upload", upload, save=False)
            Job.objects.filter(pk=job.pk).update(upload=job.upload.name)
        row.announce_on_commit(job)
        transaction.on_commit(lambda: send(job.pk, job.attempt), robust=True)
    return job


def start_by_name(code: object, name: object, by) -> Job:
    """What the socket's ``job_start`` asks for. Raises Refused."""
    kind = KINDS.get(code) if isinstance(code, str) else None
    if kind is None or not kind.by_name:
        raise Refused(_("There is no job of that kind to be started by its name."))
    if name is not None and not isinstance(name, str):
        raise Refused(_("A job's name is a text."))
    if not by.has_perm(kind.permission):
        raise Refused(_("You do not have the permission for this."))
    return enqueue(kind, by=by, name=name or "")


def visible_to(user):
    """The jobs that this person may see: their own."""
    return Job.objects.filter(owner=user.pk)


def cancel(job: Job) -> bool:
    """Cancel what waits, at once, or ask what runs to stop; whether it was either."""
    message = _("Cancelled before it began.")
    cancelled = step(
        job.pk, Q(state=Job.State.QUEUED), state=Job.State.CANCELLED, finished=timezone.now(), message=message
    )
    return cancelled or step(job.pk, Q(state=Job.State.RUNNING), cancel_asked=True)


def run_again(job: Job) -> bool:
    """Have what failed, was cancelled or interrupted done again, from its last checkpoint; whether it was one."""
    return requeue(job.pk, Q(state__in=Job.MAY_RUN_AGAIN), message="", problems=[], problem_count=0)


# --- what workers do -----------------------------------------------------------------------------------------------


def claim(pk: int, attempt: int, worker: str) -> Job | None:
    """Take this attempt; None if it was cancelled, or if another worker has it."""
    now = timezone.now()
    changes = {"state": Job.State.RUNNING, "started": now, "beat": now, "worker": worker, "done": 0, "total": None}
    if not step(pk, Q(state=Job.State.QUEUED, attempt=attempt), **changes):
        return None
    return Job.objects.select_related("owner").filter(pk=pk, attempt=attempt).first()


def oldest_waiting() -> tuple[int, int] | None:
    """Number and attempt of the job that has waited longest."""
    waiting = Job.objects.filter(state=Job.State.QUEUED, finished=None).order_by("pk")
    return waiting.values_list("pk", "attempt").first()


def running(pk: int, attempt: int) -> Q:
    """That this attempt is under way still. What a worker writes is written under this condition."""
    return Q(pk=pk, state=Job.State.RUNNING, attempt=attempt)


def finish(job: Job, state: str, **changes: Any) -> bool:
    """End this attempt; False if it is not under way any more."""
    return step(job.pk, running(job.pk, job.attempt), state=state, finished=timezone.now(), **changes)


# --- one step ------------------------------------------------------------------------------------------------------


def step(pk: int, condition: Q, **changes: Any) -> bool:
    """Change a row under this condition, and tell of it; whether the condition was true."""
    with transaction.atomic():
        changed = Job.objects.filter(condition, pk=pk).update(version=F("version") + 1, **changes)
        if changed:
            row.announce_on_commit(Job.objects.get(pk=pk))
    return bool(changed)


def requeue(pk: int, condition: Q, message: str, **changes: Any) -> bool:
    """Have a job done again by another attempt, which keeps the checkpoint."""
    with transaction.atomic():
        queued = step(
            pk,
            condition,
            state=Job.State.QUEUED,
            attempt=F("attempt") + 1,
            finished=None,
            started=None,
            sent=None,
            cancel_asked=False,
            done=0,
            total=None,
            message=message,
            **changes,
        )
        if queued:
            attempt = Job.objects.values_list("attempt", flat=True).get(pk=pk)
            transaction.on_commit(lambda: send(pk, attempt), robust=True)
    return queued


def send(pk: int, attempt: int) -> None:
    """Hand a job to the workers. If they cannot be reached it waits in its row, and the next sweep sends it."""
    try:
        backend()(pk, attempt)
    except Exception as error:
        logger.warning("Job %d could not be sent to the workers, and will be sent again: %r", pk, error)
    else:
        Job.objects.filter(pk=pk, attempt=attempt).update(sent=timezone.now())


# --- keeping it true -----------------------------------------------------------------------------------------------


def sweep() -> None:
    """Say of jobs whose worker has died that they were interrupted, or have them go on; send what was not sent.

    Any process may, at any time.
    """
    now = timezone.now()
    lost = Job.objects.filter(state=Job.State.RUNNING, finished=None, beat__lt=now - timedelta(seconds=DEAD_AFTER_S))
    for job in lost.order_by("pk")[:AT_ONCE]:
        give_up(job)
    unsent = Q(sent=None, created__lt=now - timedelta(seconds=UNSENT_AFTER_S))
    long_sent = Q(sent__lt=now - timedelta(seconds=SEND_AGAIN_S))
    waiting = Job.objects.filter(unsent | long_sent, state=Job.State.QUEUED, finished=None).order_by("pk")
    for pk, attempt in waiting.values_list("pk", "attempt")[:AT_ONCE]:
        send(pk, attempt)


def give_up(job: Job) -> None:
    """The worker of this attempt has died, or cannot be heard."""
    condition = running(job.pk, job.attempt) & Q(beat=job.beat)
    kind = KINDS.get(job.kind)
    if job.cancel_asked:
        message = _("Cancelled; its worker had ended.")
        step(job.pk, condition, state=Job.State.CANCELLED, finished=timezone.now(), message=message)
    elif kind and kind.resumes and job.attempt < ATTEMPTS:
        requeue(job.pk, condition, _("Its worker ended in the middle; it goes on with another one."))
    else:
        how_far = _(" after %(done)d of %(total)d") % {"done": job.done, "total": job.total} if job.total else ""
        message = _("Its worker ended in the middle%(how_far)s. Run it again to have the rest done.") % {
            "how_far": how_far
        }
        step(job.pk, condition, state=Job.State.INTERRUPTED, finished=timezone.now(), message=message)


def prune() -> int:
    """Remove jobs that ended more than ``JOB_RETENTION_DAYS`` ago, with their files; returns how many."""
    cutoff = timezone.now() - timedelta(days=settings.JOB_RETENTION_DAYS)
    removed = 0
    while jobs := list(Job.objects.filter(finished__lt=cutoff).order_by("finished")[:AT_ONCE]):
        removed += Job.objects.filter(pk__in=[job.pk for job in jobs], finished__lt=cutoff).delete()[0]
        for job in jobs:  # after the rows: a file without a row does no harm, a row without its file does
            for file in (job.upload, job.result):
                if file and file.name:
                    file.storage.delete(file.name)
    return removed
