"""Who was on watch, and when nobody was."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.gis.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WatchReport(models.Model):
    """What one server process has last said of its open sockets (accounts/presence.py)."""

    process = models.CharField(max_length=40, primary_key=True, editable=False)
    sockets = models.JSONField(default=dict, editable=False)  # open live maps: how many, by the person's number
    pages = models.JSONField(null=True, editable=False)  # other pages, in the same way; null: from an older release
    seen_at = models.DateTimeField(editable=False)  # until then somebody was on watch at this process

    class Meta:
        verbose_name = verbose_name_plural = _("sockets of a process")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.process}: {sum(self.sockets.values())}"


class WatchGapQuerySet(models.QuerySet["WatchGap"]):
    def unread_by(self, user: User) -> "WatchGapQuerySet":
        """Those that this person has not read about, or that went on for long after they had."""
        for_all = models.Q(read_at=None) | models.Q(until__gt=models.F("read_at") + WatchGap.SLACK)
        own = WatchGapReading.objects.filter(
            gap=models.OuterRef("pk"), by=user, at__gte=models.OuterRef("until") - WatchGap.SLACK
        )
        return self.filter(for_all, ~models.Exists(own))


class WatchGap(models.Model):
    """A time in which nobody was on watch. Rows are only ever added."""

    SLACK = timedelta(seconds=60)  # nobody on watch for less is no gap: a page was loaded again, a server restarted

    since = models.DateTimeField(_("from"), unique=True, editable=False)  # when somebody was last on watch
    until = models.DateTimeField(_("until"), editable=False)
    # Until each person read for themselves (WatchGapReading) one of them did for everybody.
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("read by"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    read_at = models.DateTimeField(_("read at"), null=True, editable=False)

    alerts: int  # how many were raised in it (watch.count_alerts)

    objects = WatchGapQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("time without a watch"), _("times without a watch")
        ordering = ["-since"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M} – {self.until:%Y-%m-%d %H:%M}"

    def is_read_by(self, user: User) -> bool:
        """As it is here: what goes on has no end in the database."""
        since = self.until - self.SLACK
        for_all = self.read_at is not None and self.read_at >= since
        return for_all or (self.pk is not None and self.readings.filter(by=user, at__gte=since).exists())


class WatchGapReading(models.Model):
    """That a person has read of a time without a watch, and when. The name stays when the account is deleted."""

    gap = models.ForeignKey(WatchGap, on_delete=models.CASCADE, related_name="readings", editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    who = models.CharField(_("read by"), max_length=301, editable=False)
    at = models.DateTimeField(_("read at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("reading"), _("readings")
        ordering = ["at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.who} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"
