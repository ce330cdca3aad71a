"""The rows that an import has made, as its checkpoint tells them, and the kind of job that takes them back."""

from tracker.models import AreaOfInterest, Incident, Job

MODELS: dict[str, type[Incident] | type[AreaOfInterest]] = {
    "import_incidents": Incident,
    "import_areas": AreaOfInterest,
}
UNDONE_BY = {"import_incidents": "undo_import_incidents", "import_areas": "undo_import_areas"}


def made_by(imported: Job) -> list[tuple[int, int]]:
    """Their numbers: from, to."""
    ranges = (imported.checkpoint or {}).get("made", ()) if imported.kind in MODELS else ()
    return [(first, last) for first, last in ranges]


def left_of(imported: Job) -> int:
    """How many of them there are still."""
    if imported.kind not in MODELS:
        return 0
    rows = MODELS[imported.kind]._default_manager
    return sum(rows.filter(pk__range=each).count() for each in made_by(imported))
