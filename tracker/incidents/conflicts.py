"""A form that was filled in while somebody else saved the same row: noticed under the row's lock, and told in words."""

import json
from collections.abc import Iterator
from typing import NamedTuple, TypeVar

from django.contrib.gis.geos import GEOSGeometry
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _

from tracker.alerts import matching
from tracker.incidents import history
from tracker.incidents.history import Entry
from tracker.lib.request.parse import parse_pk
from tracker.models import AreaOfInterest, Change, Incident
from tracker.models.row_change import Row

R = TypeVar("R", Incident, AreaOfInterest)

DRAWN = {"location", "polygon"}


class Difference(NamedTuple):
    """A field in which the form and the row differ, both in words."""

    label: str
    mine: str
    theirs: str


class EditConflict(NamedTuple):
    version: int  # what a form carries that may be saved over what is there now
    changes: list[Entry]  # since the form was opened, the newest first
    differences: list[Difference]
    mine: GEOSGeometry | None  # both geometries, if they differ
    theirs: GEOSGeometry | None

    def shapes(self) -> dict[str, object]:
        """Both as GeoJSON geometries, for a map that shows how they differ; empty if they do not."""
        if self.mine is None or self.theirs is None:
            return {}
        return {"mine": json.loads(self.mine.geojson), "theirs": json.loads(self.theirs.geojson)}


def locked(model: type[R], number: int) -> R | None:
    """The row as it is stored, which nobody else can change until this transaction ends; None if it is gone."""
    matching.lock(model)
    return model._default_manager.select_for_update().filter(pk=number).first()


def version_in(text: str | None) -> int | None:
    """The version that a form carries; None if it carries none, and one that never was if it cannot be read."""
    if not text:
        return None
    number = parse_pk(text)
    return -1 if number is None else number


def conflict_between(mine: R, theirs: R, base_version: int | None) -> EditConflict | None:
    """What a form (*mine*: its row, not saved) would overwrite that it has not seen; *theirs* must be locked.

    None if it is up to date, carries no version (a script's), or says what is stored anyway.
    """
    if base_version is None:
        return None
    newest = history.version(theirs)
    if newest == base_version:
        return None
    fields = [field for field in theirs.RECORDED if getattr(mine, field) != getattr(theirs, field)]
    if not fields:
        return None
    since = history.changed(type(theirs), theirs.pk).filter(pk__gt=base_version)
    drawn = next((field for field in fields if field in DRAWN), "")
    return EditConflict(
        newest,
        history.entries(since),
        [difference(mine, theirs, field) for field in fields],
        getattr(mine, drawn, None),
        getattr(theirs, drawn, None),
    )


def difference(mine: R, theirs: R, field: str) -> Difference:
    label = history.label_of(type(theirs), field)
    return Difference(label, *(in_full(field, getattr(row, field)) for row in (mine, theirs)))


def in_full(field: str, value: object) -> str:
    """In words; a text is not cut short, for it may differ at its end."""
    return value if field == "description" and isinstance(value, str) else history.in_words(field, value)


def sentences(found: EditConflict) -> Iterator[str]:
    """The same in words, one after the other, where there is no room for a table."""
    yield _("Somebody else was quicker. Nothing has been overwritten.")
    for entry in found.changes:
        at = dateformat.format(timezone.localtime(entry.at), "Y-m-d H:i:s T")
        yield "; ".join([f"{at} {entry.what}, {entry.who or _('nobody signed in')}", *entry.details])
    for each in found.differences:
        yield _("%(field)s: yours is “%(mine)s”, saved now is “%(theirs)s”") % {
            "field": each.label,
            "mine": each.mine,
            "theirs": each.theirs,
        }
    yield _("Save again to put yours over it.")


def deletion(model: type[Row], number: int) -> Entry | None:
    """Who deleted this row and when, if that is on record."""
    change = history.about(model, number).filter(kind=Change.Kind.DELETED).first()
    return history.entry(change) if change else None
