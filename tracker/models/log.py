"""The log of notifications, and the two rows that say how it, and who may see it, stand."""

import uuid

from django.contrib.gis.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Notification(models.Model):
    """One message of the log. Written in the transaction it tells of, numbered after that has committed.

    ``body`` is the text of a JSON object without ``type`` and ``seq``; ``audience`` is null for everyone who may watch.
    """

    class Type(models.TextChoices):
        """On the wire, and for people."""

        POST_SAVE = "post_save", _("Saved")
        POST_DELETE = "post_delete", _("Deleted")
        ALERT = "alert", _("Alert raised")
        ALERT_STATE = "alert_state", _("Alert changed")
        ALERT_RESTORED = "alert_restored", _("Alert as it was")
        CHANGED = "changed", _("Many changed at once")

    seq = models.BigIntegerField(_("number"), null=True, unique=True, editable=False)
    audience = models.CharField(_("audience"), max_length=40, null=True, blank=True, editable=False)
    type = models.CharField(_("type"), max_length=20, choices=Type.choices, editable=False)
    body = models.TextField(_("body"), editable=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("notification"), _("notifications")
        ordering = ["seq"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["id"], condition=models.Q(seq=None), name="notification_pending")]

    def __str__(self) -> str:
        return f"{self.seq or '–'} {self.type}"

    def text(self) -> str:
        """The message as it crosses the socket: one JSON object on one line."""
        head = f'{{"type":"{self.type}","seq":{self.seq}'
        return f"{head},{self.body[1:]}" if len(self.body) > 2 else head + "}"


def new_log_id() -> str:
    return uuid.uuid4().hex


class LogState(models.Model):
    """The log's one row: which log it is, its newest number, and the oldest that can still be replayed."""

    log_id = models.CharField(max_length=32, default=new_log_id, editable=False)
    last = models.BigIntegerField(default=0, editable=False)
    floor = models.BigIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("numbers of the notifications")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.log_id} {self.floor}–{self.last}"

    @classmethod
    def read(cls) -> "LogState":
        """The state as it is now, for a page: nothing is written, and a log without a row is a new one."""
        return cls.objects.filter(pk=1).first() or cls()

    @classmethod
    def current(cls) -> "LogState":
        """The state as it is now; the first call makes the row."""
        return cls.objects.filter(pk=1).first() or cls.objects.get_or_create(pk=1)[0]


class AccessState(models.Model):
    """One row: a number that rises whenever somebody's right to watch may have changed (access.py)."""

    version = models.BigIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("state of access")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.version)
