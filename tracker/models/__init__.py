"""Incidents, areas, the alerts between them, the log, the jobs, and the audit record; a module for each."""

from .alerts import Alert, AlertEvent, AlertQuerySet, AlertShown
from .audit import AddedTo, AuditEntry, AuditEntryQuerySet
from .history import Change
from .incidents import AreaOfInterest, Incident
from .jobs import Job, JobQuerySet, job_files, new_file_name
from .log import AccessState, LogState, Notification, new_log_id
from .watch import WatchGap, WatchGapQuerySet, WatchReport
from .watched import RowGone, WatchedModel

__all__ = [
    "AccessState",
    "AddedTo",
    "Alert",
    "AlertEvent",
    "AlertQuerySet",
    "AlertShown",
    "AreaOfInterest",
    "AuditEntry",
    "AuditEntryQuerySet",
    "Change",
    "Incident",
    "Job",
    "JobQuerySet",
    "LogState",
    "Notification",
    "RowGone",
    "WatchGap",
    "WatchGapQuerySet",
    "WatchReport",
    "WatchedModel",
    "job_files",
    "new_file_name",
    "new_log_id",
]
