"""Incidents, areas of interest, the alerts between them, and the log of notifications."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.gis.db import models
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import geometry
from .severity import Severity


class RowGone(DatabaseError):
    """What was to be saved has been deleted since it was read."""


class WatchedModel(models.Model):
    """Saves and deletes in one transaction with whatever the signals record, also in autocommit."""

    # Set by tracker.changes around a save or a delete.
    was: dict[str, Any] | None = None
    now: dict[str, Any] | None = None
    # Set by who opens a form for it: the version that the form then carries (edits.py).
    opened_at: int | None = None
    feature_as_it_was: str = ""

    class Meta:
        abstract = True

    def normalise(self) -> None:
        """Bring the geometry into its stored form (geometry.py); every save does, and bulk writers must."""
        raise NotImplementedError

    def save(self, *args, force_insert=False, force_update=False, **kwargs):
        """A row that was read and has been deleted since is not made again: that raises RowGone."""
        self.normalise()
        is_stored = not self._state.adding and self.pk is not None
        try:
            with transaction.atomic():
                super().save(
                    *args,
                    force_insert=force_insert,
                    force_update=force_update or (is_stored and not force_insert),
                    **kwargs,
                )
        except DatabaseError as error:
            if is_stored and type(error) is DatabaseError:  # Django's own, of an update that found no row
                raise RowGone(f"{self.feature_id} was deleted") from error
            raise

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            return super().delete(*args, **kwargs)

    @property
    def feature_id(self) -> str:
        """The GeoJSON Feature's id: ``Incident:7``."""
        return f"{self._meta.object_name}:{self.pk}"


class Incident(WatchedModel):
    class Source(models.TextChoices):
        FORM = "form", _("Incident form")
        ADMIN = "admin", _("Administration")
        PUBLIC = "public", _("Public report")
        IMPORT = "import", _("Import")
        SIMULATION = "simulation", _("Simulation")
        DEMO = "demo", _("Demonstration data")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=150)
    description = models.TextField(_("description"), blank=True, max_length=10_000)
    severity = models.CharField(_("severity"), max_length=2, choices=Severity, default=Severity.MEDIUM)
    closed = models.BooleanField(_("closed"), default=False)
    location = models.PointField(_("location"), srid=geometry.SRID)
    place = models.CharField(_("place"), max_length=200, blank=True, help_text=_("The place in words."))
    accuracy_m = models.FloatField(
        _("accuracy (m)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1_000_000)],
        help_text=_("Radius in metres within which the location is right."),
    )
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated = models.DateTimeField(_("updated"), auto_now=True)
    source = models.CharField(
        _("reported through"), max_length=10, choices=Source, default=Source.OTHER, editable=False
    )
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reported by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="reported_incidents",
    )
    # A form's own key: the same form sent twice makes one incident.
    submission = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("incident"), _("incidents")
        ordering = ["-created", "-pk"]
        indexes = [
            models.Index(fields=["-created", "-id"], name="incident_newest"),
            models.Index(fields=["id"], condition=models.Q(closed=False), name="incident_open"),
        ]

    def __str__(self):
        return self.name

    def normalise(self) -> None:
        """Bring the location into its stored form."""
        self.location = geometry.normal_point(self.location)

    def get_absolute_url(self) -> str:
        return reverse("incident_detail", args=[self.pk])


class AreaOfInterest(WatchedModel):
    name = models.CharField(_("name"), max_length=150)
    severity = models.CharField(
        _("severity threshold"),
        max_length=2,
        choices=Severity,
        default=Severity.HIGH,
        help_text=_("An open incident inside alerts when it is at least this severe."),
    )
    polygon = models.GeometryField(_("polygon"), srid=geometry.SRID)  # Polygon or MultiPolygon: see save()
    centroid = models.PointField(_("centroid"), srid=geometry.SRID, editable=False, spatial_index=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name, verbose_name_plural = _("area of interest"), _("areas of interest")
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["name", "id"], name="area_by_name")]

    def __str__(self):
        return self.name

    def normalise(self) -> None:
        """Bring the polygon into its stored form and place the centroid."""
        self.polygon = geometry.normal_area(self.polygon)
        self.centroid = geometry.centroid(self.polygon)

    def save(self, *args, update_fields=None, **kwargs):
        if update_fields is not None and "polygon" in update_fields:
            update_fields = {*update_fields, "centroid"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("area_detail", args=[self.pk])


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

    def __str__(self):
        return f"{self.get_kind_display()}: {self.name}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("history is only added to")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("history is only added to")


class AlertQuerySet(models.QuerySet["Alert"]):
    def unresolved(self) -> "AlertQuerySet":
        """By the time and not by the state: so the partial index of the constraint below answers."""
        return self.filter(resolved_at=None)


class Alert(models.Model):
    """One incident in one area. Never deleted with either of them: it keeps their numbers and their names.

    The two keys carry no database constraint on purpose. An alert outlives what it is about; and checking a
    constraint locks the incident's row, which deadlocks with the lock that matching takes (see ``matching.py``).
    """

    class State(models.TextChoices):
        UNACKNOWLEDGED = "unacknowledged", _("Unacknowledged")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        RESOLVED = "resolved", _("Resolved")

    class Cause(models.TextChoices):
        CREATED = "created", _("Incident reported")
        WORSENED = "worsened", _("Incident worsened")
        REOPENED = "reopened", _("Incident reopened")
        MOVED = "moved", _("Incident moved")
        AREA = "area", _("Area drawn or widened")

    class Reason(models.TextChoices):
        INCIDENT_CLOSED = "incident_closed", _("Incident closed")
        INCIDENT_DELETED = "incident_deleted", _("Incident deleted")
        LEFT_AREA = "left_area", _("Incident left the area")
        BELOW_THRESHOLD = "below_threshold", _("Severity fell below the area's threshold")
        AREA_CHANGED = "area_changed", _("Area changed")
        AREA_DELETED = "area_deleted", _("Area deleted")

    incident = models.ForeignKey(
        Incident,
        verbose_name=_("incident"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="alerts",
    )
    area = models.ForeignKey(
        AreaOfInterest,
        verbose_name=_("area"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="alerts",
    )
    incident_name = models.CharField(_("incident's name"), max_length=150)
    area_name = models.CharField(_("area's name"), max_length=150)
    severity = models.CharField(_("severity"), max_length=2, choices=Severity)
    cause = models.CharField(_("cause"), max_length=10, choices=Cause)
    state = models.CharField(_("state"), max_length=14, choices=State, default=State.UNACKNOWLEDGED)
    raised = models.DateTimeField(_("raised"), default=timezone.now)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("acknowledged by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="acknowledged_alerts",
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("alert"), _("alerts")
        ordering = ["-raised", "-pk"]
        permissions = [("acknowledge_alert", _("Can acknowledge alerts"))]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "area"], condition=models.Q(resolved_at=None), name="one_unresolved_alert_a_pair"
            )
        ]
        indexes = [models.Index(fields=["-raised", "-id"], name="alert_newest")]

    def __str__(self):
        return f"{self.incident_name} – {self.area_name}"

    @property
    def severity_level(self) -> Severity:
        return Severity(self.severity)

    @property
    def consoles(self) -> int:
        """On how many consoles it was shown as it was raised, the last time that it was."""
        shown = getattr(self, "shown", None)
        return shown.consoles if shown and shown.raised == self.raised else 0


class AlertShown(models.Model):
    """On how many consoles an alert was shown as it was raised: those that acknowledged its message (watch.py).

    A table of its own, without a constraint on the alert, so that counting never waits for those who change alerts.
    """

    alert = models.OneToOneField(
        Alert, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="shown"
    )
    raised = models.DateTimeField(editable=False)  # which time is counted: an alert that worsens is raised again
    consoles = models.PositiveIntegerField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("consoles that showed an alert")
        default_permissions = ()

    def __str__(self):
        return f"{self.alert_id}: {self.consoles}"


class AlertEvent(models.Model):
    """What happened to an alert, and who did it. Rows are only ever added."""

    class Kind(models.TextChoices):
        RAISED = "raised", _("Raised")
        WORSENED = "worsened", _("Worsened")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        RESOLVED = "resolved", _("Resolved")

    alert = models.ForeignKey(Alert, verbose_name=_("alert"), on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL)
    severity = models.CharField(_("severity"), max_length=2, choices=Severity)
    note = models.CharField(_("note"), max_length=16, blank=True)  # the cause or the reason

    class Meta:
        verbose_name, verbose_name_plural = _("alert event"), _("alert events")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class Notification(models.Model):
    """One message of the log. Written in the transaction it tells of, numbered after that has committed.

    ``body`` is the text of a JSON object without ``type`` and ``seq``; ``audience`` is null for everyone who may watch.
    """

    seq = models.BigIntegerField(_("number"), null=True, unique=True, editable=False)
    audience = models.CharField(_("audience"), max_length=40, null=True, blank=True, editable=False)
    type = models.CharField(_("type"), max_length=20, editable=False)
    body = models.TextField(_("body"), editable=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("notification"), _("notifications")
        ordering = ["seq"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["id"], condition=models.Q(seq=None), name="notification_pending")]

    def __str__(self):
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
        verbose_name = verbose_name_plural = _("state of the log")
        default_permissions = ("view",)

    def __str__(self):
        return f"{self.log_id} {self.floor}–{self.last}"

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

    def __str__(self):
        return str(self.version)


class WatchReport(models.Model):
    """What one server process has last said of its open sockets (watch.py)."""

    process = models.CharField(max_length=40, primary_key=True, editable=False)
    sockets = models.JSONField(default=dict, editable=False)  # how many, by the person's number
    seen_at = models.DateTimeField(editable=False)  # until then somebody was on watch at this process

    class Meta:
        verbose_name = verbose_name_plural = _("sockets of a process")
        default_permissions = ()

    def __str__(self):
        return f"{self.process}: {sum(self.sockets.values())}"


class WatchGapQuerySet(models.QuerySet["WatchGap"]):
    def unread(self) -> "WatchGapQuerySet":
        """Those that nobody has read about, or that went on for long after somebody had."""
        return self.filter(models.Q(read_at=None) | models.Q(until__gt=models.F("read_at") + WatchGap.SLACK))


class WatchGap(models.Model):
    """A time in which nobody was on watch, and who was told of it. Rows are only ever added."""

    SLACK = timedelta(seconds=60)  # nobody on watch for less is no gap: a page was loaded again, a server restarted

    since = models.DateTimeField(_("from"), unique=True, editable=False)  # when somebody was last on watch
    until = models.DateTimeField(_("until"), editable=False)
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

    def __str__(self):
        return f"{self.since:%Y-%m-%d %H:%M} – {self.until:%Y-%m-%d %H:%M}"

    @property
    def is_read(self) -> bool:
        return self.read_at is not None and self.until <= self.read_at + self.SLACK
