"""Taking an import back: the rows that it made are deleted, but for those that somebody has changed since."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tracker.events.log import PIECE
from tracker.incidents import bulk
from tracker.jobs.made_rows import MODELS, made_by
from tracker.jobs.registry import JobFailed, job
from tracker.jobs.run import Run
from tracker.models import Incident, Job

AREAS_AT_ONCE = 100  # their transaction keeps out every other writer


def pieces(ranges: list[tuple[int, int]], size: int) -> Iterator[range]:
    for first, last in ranges:
        for start in range(first, last + 1, size):
            yield range(start, min(start + size, last + 1))


def undo(run: Run, of: int, kind: str) -> str:
    imported = Job.objects.filter(pk=of, kind=kind).first()
    if imported is None:
        raise JobFailed(_("This import is not known any more."), fails_again=True)
    model, ranges = MODELS[kind], made_by(imported)
    deleted = changed = 0
    run.progress(0, sum(last - first + 1 for first, last in ranges))
    for piece in pieces(ranges, PIECE if model is Incident else AREAS_AT_ONCE):
        gone, stay = bulk.delete_untouched(model, piece)
        deleted, changed = deleted + gone, changed + stay
        run.progress(run.done + len(piece))
    said = ngettext("%(count)d row was deleted.", "%(count)d rows were deleted.", deleted) % {"count": deleted}
    if changed:
        stay_words = ngettext(
            "%(count)d was changed since, and stays.", "%(count)d were changed since, and stay.", changed
        )
        said = f"{said} {stay_words % {'count': changed}}"
    return said


@job(
    "undo_import_incidents",
    title=gettext_lazy("Undo an import of incidents"),
    permission="tracker.delete_incident",
    resumes=True,
)
def undo_import_incidents(run: Run, of: int) -> str:
    """*of*: the number of the job."""
    return undo(run, of, "import_incidents")


@job(
    "undo_import_areas",
    title=gettext_lazy("Undo an import of areas"),
    permission="tracker.delete_areaofinterest",
    resumes=True,
)
def undo_import_areas(run: Run, of: int) -> str:
    return undo(run, of, "import_areas")
