"""Who did what on this site: the audit record."""

from typing import Any, NoReturn

from django.contrib.gis.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AppendOnlyError(TypeError):
    """Somebody tried to change or to remove what is only added to."""

    def __init__(self) -> None:
        super().__init__("the audit record is only added to")


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Reads and adds."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError

    def update_or_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        raise AppendOnlyError

    delete.queryset_only = True  # type: ignore[attr-defined]  # a manager offers it no more than Django's own


class AuditEntry(models.Model):
    """One thing that was done: what, to what, by whom, from where. Rows are only ever added, and pruned by age.

    It points at nothing: what it tells of, the person's account included, may be gone. The database refuses changes,
    too (migration 0008).
    """

    class Action(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
        LOCKED_OUT = "locked_out", _("Locked out")
        LOCK_OUT_LIFTED = "lock_out_lifted", _("Lock-out lifted")
        SIGNED_OUT = "signed_out", _("Signed out")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        USER_CREATED = "user_created", _("User created")
        USER_CHANGED = "user_changed", _("User changed")
        USER_DISABLED = "user_disabled", _("User disabled")
        USER_ENABLED = "user_enabled", _("User enabled")
        USER_DELETED = "user_deleted", _("User deleted")
        GROUP_CREATED = "group_created", _("Group created")
        GROUP_CHANGED = "group_changed", _("Group renamed")
        GROUP_DELETED = "group_deleted", _("Group deleted")
        PERMISSIONS_CHANGED = "permissions_changed", _("Permissions changed")
        INCIDENT_CREATED = "incident_created", _("Incident created")
        INCIDENT_CHANGED = "incident_changed", _("Incident changed")
        INCIDENT_CLOSED = "incident_closed", _("Incident closed")
        INCIDENT_REOPENED = "incident_reopened", _("Incident reopened")
        INCIDENT_DELETED = "incident_deleted", _("Incident deleted")
        AREA_CREATED = "area_created", _("Area created")
        AREA_CHANGED = "area_changed", _("Area changed")
        AREA_DELETED = "area_deleted", _("Area deleted")
        ALERT_ACKNOWLEDGED = "alert_acknowledged", _("Alert acknowledged")
        ALERT_TAKEN_BACK = "alert_taken_back", _("Acknowledgement taken back")
        IMPORT_STARTED = "import_started", _("Import started")
        IMPORTED = "imported", _("Imported")
        EXPORT_STARTED = "export_started", _("Export started")
        EXPORT_DOWNLOADED = "export_downloaded", _("Export downloaded")
        PRUNED = "pruned", _("Old entries removed")

    class Subject(models.TextChoices):
        USER = "user", _("User")
        GROUP = "group", _("Group")
        INCIDENT = "incident", _("Incident")
        AREA = "area", _("Area of interest")
        ALERT = "alert", _("Alert")
        JOB = "job", _("Job")

    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    action = models.CharField(_("action"), max_length=20, choices=Action, editable=False)
    by = models.BigIntegerField(_("person's number"), null=True, editable=False)  # null: nobody who was signed in
    who = models.CharField(_("person"), max_length=150, blank=True, editable=False)  # the user name, as it was then
    subject = models.CharField(_("what"), max_length=8, choices=Subject, blank=True, editable=False)
    number = models.BigIntegerField(_("its number"), null=True, editable=False)
    name = models.CharField(_("its name"), max_length=150, blank=True, editable=False)  # of who is no user: as typed
    details = models.JSONField(_("details"), default=dict, editable=False)
    address = models.GenericIPAddressField(_("address"), null=True, editable=False)
    request = models.CharField(_("request"), max_length=64, blank=True, editable=False)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("audit entry"), _("audit entries")
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["action", "-id"], name="audit_action"),
            models.Index(fields=["by", "-id"], name="audit_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.name}" if self.name else str(self.get_action_display())

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError
