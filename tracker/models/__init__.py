"""Incidents, areas, the alerts between them, the log, the jobs, and the audit record; a module for each."""

from tracker.models.alerts import Alert, AlertEvent, AlertQuerySet, AlertReceipt
from tracker.models.audit import AppendOnlyError, AuditEntry, AuditEntryQuerySet
from tracker.models.history import Change
from tracker.models.incidents import AreaOfInterest, Incident
from tracker.models.jobs import Job, JobQuerySet, job_files, new_file_name
from tracker.models.log import AccessState, LogState, Notification, new_log_id
from tracker.models.watch import WatchGap, WatchGapQuerySet, WatchGapReading, WatchReport
from tracker.models.watched import RowDeleted, WatchedModel

__all__ = [
    "AccessState",
    "Alert",
    "AlertEvent",
    "AlertQuerySet",
    "AlertReceipt",
    "AppendOnlyError",
    "AreaOfInterest",
    "AuditEntry",
    "AuditEntryQuerySet",
    "Change",
    "Incident",
    "Job",
    "JobQuerySet",
    "LogState",
    "Notification",
    "RowDeleted",
    "WatchGap",
    "WatchGapQuerySet",
    "WatchGapReading",
    "WatchReport",
    "WatchedModel",
    "job_files",
    "new_file_name",
    "new_log_id",
]
