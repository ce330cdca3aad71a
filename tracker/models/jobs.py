"""Work in the background."""

import uuid

from django.conf import settings
from django.contrib.gis.db import models
from django.core.files.storage import Storage, storages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def new_file_name(job: "Job", name: str) -> str:
    """Where a job's file is stored: nothing that a person wrote is part of it, and nobody can guess it."""
    return f"{timezone.now():%Y/%m}/{uuid.uuid4().hex}"


def job_files() -> Storage:
    """Where the files of jobs are: a folder that no address leads to."""
    return storages["jobs"]


class JobQuerySet(models.QuerySet["Job"]):
    def active(self) -> "JobQuerySet":
        """Those that wait or run. By the time and not by the state: so the partial index below answers."""
        return self.filter(finished=None)


class Job(models.Model):
    """Work in the background that somebody can watch (tracker/background). The row is the truth about it.

    It is written by ``UPDATE ... WHERE state and attempt``, never by ``save()``: a worker that was thought to be dead,
    or a person who cancels what has just ended, changes nothing any more.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        INTERRUPTED = "interrupted", _("Interrupted")

    ACTIVE = (State.QUEUED, State.RUNNING)
    MAY_RUN_AGAIN = (State.FAILED, State.CANCELLED, State.INTERRUPTED)

    kind = models.CharField(_("kind"), max_length=40, editable=False)
    name = models.CharField(_("name"), max_length=150, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("started by"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="jobs",
    )
    who = models.CharField(_("person's name"), max_length=301, blank=True, editable=False)  # the account may be deleted
    by_site = models.BooleanField(_("started by the site itself"), default=False, editable=False)  # never had an owner
    parameters = models.JSONField(_("parameters"), default=dict, editable=False)
    upload = models.FileField(_("given file"), storage=job_files, upload_to=new_file_name, blank=True, editable=False)
    # A form's own key: the same form sent twice starts one job.
    submission = models.UUIDField(null=True, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.QUEUED, editable=False)
    attempt = models.PositiveIntegerField(_("attempt"), default=1, editable=False)
    version = models.BigIntegerField(_("version"), default=1, editable=False)  # rises with every change of the row
    done = models.BigIntegerField(_("done"), default=0, editable=False)
    total = models.BigIntegerField(_("of"), null=True, editable=False)  # null: not known
    message = models.TextField(_("message"), blank=True, editable=False)
    problems = models.JSONField(_("problems"), default=list, editable=False)  # [row, sentence], the first of them
    problem_count = models.BigIntegerField(_("number of problems"), default=0, editable=False)
    # It ended because of what was asked for: done again it would end in the same way.
    fails_again = models.BooleanField(_("can only fail again"), default=False, editable=False)
    checkpoint = models.JSONField(_("checkpoint"), null=True, editable=False)  # what the next attempt goes on from
    cancel_asked = models.BooleanField(_("to be cancelled"), default=False, editable=False)
    result = models.FileField(_("result"), storage=job_files, upload_to=new_file_name, blank=True, editable=False)
    result_name = models.CharField(_("name of the result"), max_length=150, blank=True, editable=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    sent = models.DateTimeField(_("sent to the workers"), null=True, editable=False)
    started = models.DateTimeField(_("started"), null=True, editable=False)
    beat = models.DateTimeField(_("last sign of life"), null=True, editable=False)
    finished = models.DateTimeField(_("finished"), null=True, editable=False)
    worker = models.CharField(_("worker"), max_length=100, blank=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("job"), _("jobs")
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["owner", "-id"], name="job_of_person"),
            models.Index(fields=["state", "id"], condition=models.Q(finished=None), name="job_active"),
            models.Index(fields=["finished"], name="job_finished"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE

    @property
    def may_run_again(self) -> bool:
        return self.state in self.MAY_RUN_AGAIN and not self.fails_again

    def get_absolute_url(self) -> str:
        return reverse("job_detail", args=[self.pk])
