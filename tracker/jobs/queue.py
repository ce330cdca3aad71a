"""The way of a job: queued, running, and then done, failed, cancelled or interrupted; perhaps queued again.

Every step is one ``UPDATE`` that names the state, and the attempt, that it leads on from. So of two workers one gets a
job, what was cancelled does not begin, and a worker that was only slow to answer, and was taken for dead, cannot write
over what came after it. Each step is told to whoever may see the job.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, TypeGuard
from uuid import UUID, uuid5

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tracker.audit import record
from tracker.jobs import serializer
from tracker.jobs.partial_file import forget_unfinished
from tracker.jobs.registry import JOB_TYPES, JobType
from tracker.lib.metrics.counters import JOBS_ENDED
from tracker.lib.request import current_user
from tracker.lib.visible_text import is_visible, without_controls
from tracker.models import Job
from tracker.models.jobs import JobQuerySet

logger = logging.getLogger(__name__)

WAITING_AT_MOST = 1_000  # jobs of one person
NAMED_AT_MOST = 20  # of those that a socket may start, by a name
RESULTS_KEPT = 20  # of one person; older files go when there are more
PREVIEWS_KEPT = 5
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
    kind: JobType,
    *,
    by: User | None = None,
    name: str = "",
    upload: File | None = None,
    submission: UUID | None = None,
    **parameters: Any,
) -> Job:
    """Have this done in the background, for *by*; it is sent to a worker when the open transaction has committed.

    *parameters* must be values of JSON; *upload* is a file that the job is about. *submission* is the key of the form
    that asks for it: the same form sent twice, with the same in it, starts one job. Raises Refused.
    """
    json.dumps(parameters, allow_nan=False)  # what is no JSON is the programmer's mistake, and shows here
    name = " ".join(without_controls(name).split())
    name = name if is_visible(name) else str(kind.title)
    if len(name) > NAME_LENGTH:
        raise Refused(_("A job's name has at most %(count)d characters.") % {"count": NAME_LENGTH})
    job = Job(kind=kind.code, name=name, owner=by, parameters=parameters)
    job.who, job.by_site = current_user.name_of(by), by is None
    if submission is not None:
        job.submission = key_of_what_is_asked(submission, job, upload)
    if upload is not None:  # before the transaction: a large file takes its time, and SQLite has one writer
        job.upload.save(upload.name or "upload", upload, save=False)
    try:
        insert(job)
    except IntegrityError:  # the key is taken
        forget_files(job)
        if made := Job.objects.filter(submission=job.submission).first() if job.submission else None:
            return made
        raise Refused(_("This could not be started. Load the page again, and try once more.")) from None
    except BaseException:
        forget_files(job)
        raise
    return job


def insert(job: Job) -> None:
    with transaction.atomic():
        bound_active(job.owner)
        job.save(force_insert=True)
        record.record_started(job)
        serializer.announce_on_commit(job)
        transaction.on_commit(lambda: send(job.pk, job.attempt), robust=True)


def bound_active(owner: User | None, at_most: int = 0, **narrowed: Any) -> None:
    """Raises Refused if this person has too many jobs that are not over. In the transaction that makes one more.

    One after the other for each person: of those that are asked for at once none would see another.
    """
    at_most = at_most or WAITING_AT_MOST
    if owner:
        get_user_model().objects.select_for_update(no_key=True).filter(pk=owner.pk).first()
    if owner and Job.objects.active().filter(owner=owner, **narrowed).count() >= at_most:
        raise Refused(_("You have %(count)d jobs that are not done yet. Wait for some of them.") % {"count": at_most})


def key_of_what_is_asked(submission: UUID, job: Job, upload: File | None) -> UUID:
    """A key of this form and all that stands in it, the contents of the file included, and of who sends it.

    For a form that is opened once may ask for several things: after “back” it has its old key, and so has one whose
    answer opened in another tab.
    """
    asked = [job.owner_id, job.kind, job.name, job.parameters, digest(upload) if upload is not None else None]
    return uuid5(submission, json.dumps(asked, sort_keys=True))


def digest(file: File) -> str:
    sha256 = hashlib.sha256()
    for piece in file.chunks():
        sha256.update(piece)
    file.seek(0)
    return sha256.hexdigest()


def forget_files(job: Job) -> None:
    """Remove the files of a job whose row is not there (any more)."""
    removals = [partial(file.storage.delete, file.name) for file in (job.upload, job.result) if file and file.name]
    for remove in [*removals, partial(forget_unfinished, job)]:
        try:
            remove()
        except OSError as error:
            logger.warning("A file of a job could not be removed: %r", error)


def start_by_name(code: object, name: object, by: User) -> Job:
    """What the socket's ``job_start`` asks for. Raises Refused."""
    kind = JOB_TYPES.get(code) if isinstance(code, str) else None
    if kind is None or not kind.by_name:
        raise Refused(_("There is no job of that kind to be started by its name."))
    if name is not None and not is_text(name):
        raise Refused(_("A job's name is a text."))
    if not by.has_perm(kind.permission):
        raise Refused(_("You do not have the permission for this."))
    with transaction.atomic():
        bound_active(by, NAMED_AT_MOST, kind__in=[each.code for each in JOB_TYPES.values() if each.by_name])
        return enqueue(kind, by=by, name=name or "")


def is_text(value: object) -> TypeGuard[str]:
    """Whether a database can keep this: JSON can also name half of a character, which none can."""
    return isinstance(value, str) and value.encode(errors="replace").decode() == value


def visible_to(user: User) -> JobQuerySet:
    """The jobs that this person may see, and cancel: their own; an administrator all."""
    return Job.objects.all() if user.is_superuser else Job.objects.filter(owner=user.pk)


def cancel(job: Job) -> bool:
    """Cancel what waits, at once, or ask what runs to stop; whether it was either."""
    message = _("Cancelled before it began.")
    ended = {"state": Job.State.CANCELLED, "finished": timezone.now(), "message": message}
    return (
        step(job.pk, Q(state=Job.State.QUEUED), **ended)
        or step(job.pk, Q(state=Job.State.RUNNING), cancel_asked=True)
        or step(job.pk, Q(state=Job.State.QUEUED), **ended)  # its worker was given up between the two
    )


def run_again(job: Job) -> bool:
    """Have what failed, was cancelled or interrupted done again, from its last checkpoint; whether it was one."""
    with transaction.atomic():
        bound_active(job.owner)
        queued = requeue(
            job.pk, Q(state__in=Job.MAY_RUN_AGAIN, fails_again=False), message="", problems=[], problem_count=0
        )
        if queued:
            record.record_started(Job.objects.get(pk=job.pk))
    return queued


# --- what workers do -----------------------------------------------------------------------------------------------


def claim(pk: int, attempt: int, worker: str) -> Job | None:
    """Take this attempt; None if it was cancelled, or if another worker has it."""
    now = timezone.now()
    changes = {"state": Job.State.RUNNING, "started": now, "beat": now, "worker": worker, "done": 0, "total": None}
    if not step(pk, Q(state=Job.State.QUEUED, attempt=attempt), **changes):
        return None
    return Job.objects.select_related("owner").filter(pk=pk, attempt=attempt).first()


def next_waiting() -> tuple[int, int] | None:
    """Number and attempt of the job whose turn it is: of those whose owners have fewest running, the oldest.

    So a person who queues a thousand keeps nobody else waiting for longer than one of them takes.
    """
    active = Job.objects.active()
    running = active.filter(state=Job.State.RUNNING, owner=OuterRef("owner")).order_by().values("owner")
    waiting = active.filter(state=Job.State.QUEUED)
    waiting = waiting.annotate(busy=Coalesce(Subquery(running.annotate(count=Count("pk")).values("count")), 0))
    return waiting.order_by("busy", "pk").values_list("pk", "attempt").first()


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
            job = Job.objects.select_related("owner").get(pk=pk)
            serializer.announce_on_commit(job)
    if changed and changes.get("finished"):
        JOBS_ENDED.labels(job.kind if job.kind in JOB_TYPES else "unknown", job.state).inc()
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
    """Hand a job to the workers, without waiting for them. What does not reach them the next sweep sends again."""
    try:
        backend()(pk, attempt)
    except Exception as error:
        logger.warning("Job %d could not be sent to the workers, and will be sent again: %r", pk, error)


def note_sent(pk: int, attempt: int) -> None:
    """The workers have this attempt in their queue."""
    Job.objects.filter(pk=pk, attempt=attempt).update(sent=timezone.now())


# --- keeping it true -----------------------------------------------------------------------------------------------


def sweep() -> None:
    """Say of jobs whose worker has died that they were interrupted, or have them go on; send what was not sent.

    Any process may, at any time.
    """
    for job in without_a_sign_of_life():
        give_up(job)
    now = timezone.now()
    unsent = Q(sent=None, created__lt=now - timedelta(seconds=UNSENT_AFTER_S))
    long_sent = Q(sent__lt=now - timedelta(seconds=SEND_AGAIN_S))
    waiting = Job.objects.active().filter(unsent | long_sent, state=Job.State.QUEUED).order_by("pk")
    for pk, attempt in waiting.values_list("pk", "attempt")[:AT_ONCE]:
        send(pk, attempt)


def without_a_sign_of_life() -> list[Job]:
    """Running jobs whose newest beat this process itself has seen for long.

    Not by the clock: those of two machines differ, and after a pause of the database, or of the whole machine, every
    beat is old, and every worker alive. And none that this process itself carries out: it need not be told.
    """
    now = time.monotonic()
    rows = Job.objects.active().filter(state=Job.State.RUNNING)
    beats = {beat for beat in rows.values_list("pk", "attempt", "beat") if beat[:2] not in carried_out_here}
    for gone in seen.keys() - beats:
        seen.pop(gone, None)
    lost = [key[0] for key in beats if now - seen.setdefault(key, now) >= DEAD_AFTER_S]
    return list(rows.filter(pk__in=lost[:AT_ONCE]).order_by("pk"))


carried_out_here: set[tuple[int, int]] = set()  # the jobs, and their attempts, that worker.py has under way
seen: dict[tuple, float] = {}  # since when this process has seen each beat, by job, attempt and beat


def give_up(job: Job) -> None:
    """The worker of this attempt has died, or cannot be heard."""
    condition = running(job.pk, job.attempt) & Q(beat=job.beat, cancel_asked=job.cancel_asked)
    kind = JOB_TYPES.get(job.kind)
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
        pks = [job.pk for job in jobs]
        removed += Job.objects.filter(pk__in=pks, finished__lt=cutoff).delete()[0]
        kept = set(Job.objects.filter(pk__in=pks).values_list("pk", flat=True))  # run again a moment ago
        for job in jobs:  # after the rows: a file without a row does no harm, a row without its file does
            if job.pk not in kept:
                forget_files(job)
    return removed


def tidy_files(job: Job) -> None:
    """After a job is done: what it was given is not needed any more, unless it was only looked at; and of old results,
    and of what was looked at, only so many are kept."""
    forget_unfinished(job)
    done = Job.objects.filter(owner=job.owner, state=Job.State.DONE).order_by("-pk")
    if job.upload:
        is_preview = job.parameters.get("preview") and job.owner
        for each in done.exclude(upload="")[PREVIEWS_KEPT:] if is_preview else [job]:
            each.upload.storage.delete(each.upload.name or "")
            Job.objects.filter(pk=each.pk).update(upload="")
    if job.result and job.owner:
        for each in done.exclude(result="")[RESULTS_KEPT:]:
            each.result.storage.delete(each.result.name or "")
            Job.objects.filter(pk=each.pk).update(result="", version=F("version") + 1)
