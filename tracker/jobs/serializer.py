"""What is told of a job: the same object in the messages of the socket and in the answers of the page."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from tracker.events import sending
from tracker.jobs.permission import may_do
from tracker.lib.strict_json import as_json
from tracker.models import Job


def as_message(job: Job, person: Any) -> dict[str, Any]:
    """The row as ``events/messages.py`` declares it, and as this person may see it."""
    return {
        "id": job.pk,
        "kind": job.kind,
        "name": job.name,
        "who": job.who,
        "own": job.owner_id == person.pk,
        "state": job.state,
        "attempt": job.attempt,
        "version": job.version,
        "done": job.done,
        "total": job.total,
        "message": job.message,
        "problems": job.problem_count,
        "again": job.may_run_again and job.owner_id == person.pk,
        "cancelling": job.cancel_asked and job.is_active,
        "created": iso(job.created),
        "started": iso(job.started),
        "finished": iso(job.finished),
        "url": job.get_absolute_url(),
        "result": reverse("job_result", args=[job.pk]) if job.result and may_do(person, job) else None,
    }


def iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def announce_on_commit(job: Job) -> None:
    """Tell the person who started it, after the open transaction.

    These messages are ephemeral: whoever shows a job asks for its row when it has long been quiet.
    So do administrators, who are not told.
    """
    if job.owner is None:
        return
    audience, text = f"user:{job.owner_id}", as_json({"type": "job", "job": as_message(job, job.owner)})
    transaction.on_commit(lambda: sending.send_ephemeral(audience, [text]), robust=True)
