"""The audit record: who did what, when, from where, and in which request. Written in the transaction of what it tells.

It is short: the values of incidents and areas stand in their history (history.py). What was done to many rows at once
is one entry, which names their numbers.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from tracker.lib.request import current_user, log_context
from tracker.lib.request.client_address import address_of
from tracker.models import Alert, AreaOfInterest, AuditEntry, Change, Incident, Job

Action = AuditEntry.Action
Subject = AuditEntry.Subject
SUBJECT = {Incident: Subject.INCIDENT, AreaOfInterest: Subject.AREA}
STARTED = {"import": Action.IMPORT_STARTED, "export": Action.EXPORT_STARTED}  # by the first word of the job's kind
NAME_LENGTH = 150
PRUNE_PIECE = 5_000  # entries that are removed at once


# --- writing -------------------------------------------------------------------------------------------------------


def record(action: Action, **what: Any) -> None:
    """Write one entry of *what* was done (``entry_of``)."""
    write([entry_of(action, **what)])


def entry_of(
    action: Action, subject: str = "", number: int | None = None, name: str = "", **details: Any
) -> AuditEntry:
    name = name.replace("\0", "")[:NAME_LENGTH]
    return AuditEntry(action=action, subject=subject, number=number, name=name, details=details)


def write(entries: Sequence[AuditEntry], by: Any = None) -> None:
    """Write them, in one statement, as done by whoever acts (*by*: an account that acts only from now on)."""
    person = by or current_user.person()
    request, at = current_user.request(), timezone.now()
    address = address_of(request) if request else None
    for entry in entries:
        entry.at = at
        entry.by, entry.who = (person.pk, person.get_username()) if person else (None, "")
        entry.address = str(address) if address else None
        entry.request = (log_context.id_of(request) or "") if request else ""
    AuditEntry.objects.bulk_create(entries)


# --- incidents, areas, alerts, jobs --------------------------------------------------------------------------------


def record_changes(changes: Sequence[Change]) -> None:
    """These entries of the history: one entry for all that are of one kind."""
    alike: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for change in changes:
        alike.setdefault((change.subject, change.kind), []).append((change.number, change.name))
    if alike:
        write(
            [
                entry_of(Action(f"{subject}_{kind}"), Subject(subject), **rows_in_short(rows))
                for (subject, kind), rows in alike.items()
            ]
        )


def record_acknowledged(alerts: Sequence[Alert], user: User, action: Action = Action.ALERT_ACKNOWLEDGED) -> None:
    """*action*: or that it was taken back."""
    if alerts:
        what = rows_in_short([(alert.pk, str(alert)) for alert in alerts])
        write([entry_of(action, Subject.ALERT, **what)], by=user)


def record_imported(model: type[Incident] | type[AreaOfInterest], features: int) -> None:
    """With the first rows of a file of so many features."""
    here = log_context.current.get()
    details = {"job": here.job} if here and here.job else {}
    record(Action.IMPORTED, subject=SUBJECT[model], features=features, **details)


def record_deleted(
    model: type[Incident] | type[AreaOfInterest], first: Sequence[tuple[int, str]], numbers: Sequence[int]
) -> None:
    """With the *first* of these rows (number and name): one entry for all of them."""
    subject = SUBJECT[model]
    what = rows_in_short(first if len(numbers) == 1 else [(number, "") for number in numbers])
    write([entry_of(Action(f"{subject}_deleted"), subject, **what)])


def record_started(job: Job) -> None:
    """That somebody has a file imported or exported; other jobs take nothing in and nothing out."""
    if action := STARTED.get(job.kind.partition("_")[0]):
        details = {"attempt": job.attempt} if job.attempt > 1 else {}
        write([entry_of(action, Subject.JOB, job.pk, job.name, kind=job.kind, **details)], by=job.owner)


def rows_in_short(rows: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """One row with its name; of several how many, and their numbers."""
    if len(rows) == 1:
        number, name = rows[0]
        return {"number": number, "name": name}
    return {"count": len(rows), "numbers": [number for number, _name in rows]}


# --- keeping it small ----------------------------------------------------------------------------------------------


def prune() -> int:
    """Remove entries older than ``AUDIT_RETENTION_DAYS``, which is recorded; returns how many.

    In pieces, each a short transaction.
    """
    removed = 0
    before = timezone.now() - timedelta(days=settings.AUDIT_RETENTION_DAYS)
    while count := prune_piece(before):
        removed += count
    return removed


def prune_piece(before: datetime) -> int:
    old = AuditEntry.objects.filter(at__lt=before).order_by("at")
    with transaction.atomic():
        pks: Iterable[int] = list(old.values_list("pk", flat=True)[:PRUNE_PIECE])
        count = AuditEntry.objects.filter(pk__in=pks).order_by()._raw_delete(using=old.db) if pks else 0
        if count:
            record(Action.PRUNED, count=count, before=before.isoformat(timespec="seconds"))
    return count
