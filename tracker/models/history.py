"""Who changed what, and when."""

from typing import Any, NoReturn

from django.conf import settings
from django.contrib.gis.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracker.lib.text import isolated


class Change(models.Model):
    """What was done to an incident or an area: by whom, and each value before and after. Rows are only ever added.

    It names the row by its number, without a key: it outlives it. And it keeps the person's name, for the account may
    be deleted, too.
    """

    class Subject(models.TextChoices):
        INCIDENT = "incident", _("Incident")
        AREA = "area", _("Area of interest")

    class Kind(models.TextChoices):
        CREATED = "created", _("Created")
        CHANGED = "changed", _("Changed")
        CLOSED = "closed", _("Closed")
        REOPENED = "reopened", _("Reopened")
        DELETED = "deleted", _("Deleted")
        REPORTED = "reported", _("Also reported")  # changes nothing: somebody else has seen it, too

    subject = models.CharField(_("what"), max_length=8, choices=Subject, editable=False)
    number = models.BigIntegerField(_("its number"), editable=False)
    name = models.CharField(_("its name"), max_length=150, editable=False)
    kind = models.CharField(_("change"), max_length=8, choices=Kind, editable=False)
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    who = models.CharField(_("person's name"), max_length=301, blank=True, editable=False)
    values = models.JSONField(_("values"), default=dict, editable=False)  # by field: before and after (history.py)
    # Of what somebody says who is not under the row's lock: said twice, it stands here once.
    key = models.UUIDField(null=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("change"), _("history")
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["subject", "number", "id"], name="change_of_row")]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=models.Q(key__isnull=False), name="change_once_a_key")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {isolated(self.name)}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("history is only added to")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("history is only added to")
