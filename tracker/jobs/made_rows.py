"""The rows that an import has made, as its checkpoint tells them, and the kind of job that takes them back."""

from functools import reduce
from operator import or_

from django.db.models import Q

from tracker.models import AreaOfInterest, Incident, Job

MODELS: dict[str, type[Incident] | type[AreaOfInterest]] = {
    "import_incidents": Incident,
    "import_areas": AreaOfInterest,
}
RANGES_AT_ONCE = 100  # conditions of one query
UNDONE_BY = {"import_incidents": "undo_import_incidents", "import_areas": "undo_import_areas"}


def made_by(imported: Job) -> list[tuple[int, int]]:
    """Their numbers: from, to."""
    ranges = (imported.checkpoint or {}).get("made", ()) if imported.kind in MODELS else ()
    return [(first, last) for first, last in ranges]


def left_of(imported: Job) -> int:
    """How many of them there are still."""
    ranges, left = made_by(imported), 0
    for start in range(0, len(ranges), RANGES_AT_ONCE):
        within = reduce(or_, (Q(pk__range=each) for each in ranges[start : start + RANGES_AT_ONCE]))
        left += MODELS[imported.kind]._default_manager.filter(within).count()
    return left
