"""The alerts between incidents and areas, and what happened to them."""

from django.conf import settings
from django.contrib.gis.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracker.lib.text import isolated
from tracker.models.incidents import AreaOfInterest, Incident
from tracker.models.search_key import SortKey
from tracker.models.severity import Severity


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
    # The person's name, which stays when the account is deleted. That is why the key above says nothing to a page.
    acknowledged_who = models.CharField(_("acknowledged by"), max_length=301, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason, blank=True)
    incident_key = SortKey(of=("incident_name",))
    area_key = SortKey(of=("area_name",))

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
        indexes = [
            models.Index(fields=["-raised", "-id"], name="alert_newest"),
            models.Index(  # every page asks which wait
                fields=["-raised", "-id"], condition=models.Q(state="unacknowledged"), name="alert_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{isolated(self.incident_name)} – {isolated(self.area_name)}"

    @property
    def severity_level(self) -> Severity:
        return Severity(self.severity)

    @property
    def consoles(self) -> int:
        """On how many consoles it was shown as it was raised, the last time that it was."""
        receipt = getattr(self, "receipt", None)
        return receipt.consoles if receipt and receipt.raised == self.raised else 0


class AlertReceipt(models.Model):
    """On how many consoles an alert was shown as it was raised: those that acknowledged its message.

    A table of its own, without a constraint on the alert, so that counting never waits for those who change alerts.
    """

    alert = models.OneToOneField(
        Alert, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="receipt"
    )
    raised = models.DateTimeField(editable=False)  # which time is counted: an alert that worsens is raised again
    consoles = models.PositiveIntegerField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("consoles that showed an alert")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.alert_id}: {self.consoles}"


class AlertEvent(models.Model):
    """What happened to an alert, and who did it. Rows are only ever added."""

    class Kind(models.TextChoices):
        RAISED = "raised", _("Raised")
        WORSENED = "worsened", _("Worsened")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        RESOLVED = "resolved", _("Resolved")
        TAKEN_BACK = "taken_back", _("Acknowledgement taken back")
        RESTORED = "restored", _("Closing undone")

    alert = models.ForeignKey(Alert, verbose_name=_("alert"), on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL)
    who = models.CharField(_("person's name"), max_length=301, blank=True)  # the account may be deleted
    severity = models.CharField(_("severity"), max_length=2, choices=Severity)
    note = models.CharField(_("note"), max_length=16, blank=True)  # the cause or the reason

    class Meta:
        verbose_name, verbose_name_plural = _("alert event"), _("alert events")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
