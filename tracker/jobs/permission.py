"""Who may have a job done, and who may take what it has made.

Asked of the accounts as they are now, again and again: at the start, while the job runs, with each piece that it
saves, and of its result. A job without an owner is the site's own only if it says so: else its owner's account is gone.
"""

from typing import Any

from django.contrib.auth import get_user_model

from tracker.jobs.registry import JOB_TYPES
from tracker.models import Job


def still_permitted(job: Job) -> bool:
    """Whether who started it has an account that is active, and the permission for this kind of job."""
    if job.by_site:
        return True
    if job.owner_id is None:
        return False
    owner = get_user_model()._default_manager.filter(pk=job.owner_id, is_active=True).first()
    return owner is not None and may_do(owner, job)


def may_do(person: Any, job: Job) -> bool:
    """Whether this person could start such a job now, and so may have what it has made."""
    kind = JOB_TYPES.get(job.kind)
    return person.is_superuser if kind is None else person.has_perm(kind.permission)
