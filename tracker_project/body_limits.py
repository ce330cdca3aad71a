"""How large a body may be: by its address, and by whether its sender is known to be signed in."""

from functools import cache

from django.conf import settings
from django.urls import reverse

from tracker.lib.request import root_path

# ASGI extensions of a server that looks at bodies itself (tracker_project/daphne/requests.py):
BODY = "tracker.body"  # the body's file
REFUSED = "tracker.refused"  # status and limit of a body that is not taken, or None

STRANGER_BYTES = 256_000  # the longest report is half of that, whatever it is written in
MARGIN = 1024 * 1024  # bytes; beside the file or the longest field a form has others


@cache
def import_page() -> str:
    return reverse("job_import")


def limit_of(path: str, is_signed_in: bool) -> int:
    """How many bytes may be sent to this address."""
    if not is_signed_in:
        return STRANGER_BYTES
    largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if root_path.without(path) == root_path.without(import_page()):
        largest = max(largest, settings.JOB_UPLOAD_MB * 1_000_000)
    return largest + MARGIN
