"""Importing a GeoJSON file that somebody has given, as ``manage.py import_geojson`` does.

Each piece is written in one transaction together with the checkpoint. So an import that was cut off anywhere goes on
behind the last piece, and nothing is imported twice.
"""

from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tracker.alerts import lifecycle
from tracker.files import geojson_reader
from tracker.files.content_keys import ContentKeys
from tracker.files.geojson_reader import BrokenFile
from tracker.files.preview import Preview
from tracker.files.rows import Reader
from tracker.files.severity_words import SeverityField, Words
from tracker.files.writer import Writer
from tracker.jobs.registry import JobFailed, job
from tracker.jobs.run import Run, Superseded
from tracker.lib.visible_text import without_controls
from tracker.models import AreaOfInterest, Incident
from tracker.models.severity import Severity

SENTENCE_LENGTH = 1_000  # a sentence may quote the file, and a word of a file may have megabytes


def import_features(
    run: Run, model: type[Incident] | type[AreaOfInterest], fields: dict[str, Any], preview: bool, known: bool
) -> str:
    """*fields*: which property is the ``name``, the ``description``, the ``severity``; if that is a number, its
    ``breaks``; and the ``default`` severity. *preview*: say what would be imported, and import nothing. *known*: what
    is open in the areas calls nobody (ADR 73)."""
    default = Severity(fields["default"]) if fields.get("default") else None
    severity = SeverityField(fields.get("severity"), tuple(fields.get("breaks") or ()), default)
    reader = Reader(model, name=fields["name"], description=fields.get("description"), severity=severity)
    path = run.job.upload.path
    try:
        run.progress(message=_("Reading the file."))
        contents = geojson_reader.check(path, on_progress=run.go_on)
        check_fields(contents, [fields[name] for name in ("name", "description", "severity") if fields.get(name)])
        words = words_for_severities(run, severity, geojson_reader.features(path, contents))
    except BrokenFile as error:
        sentence = _("%(reason)s Nothing was imported.") % {"reason": tidy(str(error))}
        raise JobFailed(sentence, fails_again=True) from error
    reader, keys = reader.of(contents), ContentKeys(fields)
    features = geojson_reader.features(path, contents)
    if preview:
        said = tidy(Preview(run, reader, keys, calls=not known).carry_out(features, contents.count))
    else:
        owner = run.job.owner
        with lifecycle.only_from_now_on(owner) if known and owner else nullcontext():
            said = Import(run, reader, keys, contents.count).carry_out(features)
    return " ".join(filter(None, [said, tidy(words.what_was_taken())]))


def words_for_severities(run: Run, field: SeverityField, features: Iterable[object]) -> Words:
    """Before anything is written: each word is known, or it was said what it shall be. Reads the file once more."""
    words = Words(field)
    if field.name:
        for _one in words.count(features):
            run.go_on()
    if field.default is None and not words.are_all_known:
        raise JobFailed(
            _(
                "%(what)s Choose in the form what shall count there, or change the file, and import it again."
                " Nothing was imported."
            )
            % {"what": tidy(words.what_is_not_known())},
            fails_again=True,
        )
    return words


def check_fields(contents: geojson_reader.Contents, fields: list[str]) -> None:
    """A property that no feature has is a slip of the pen; better said than 1,700 incidents without a name."""
    for field in fields:
        if contents.lacks(field):
            raise JobFailed(
                _("No feature has the property “%(field)s” (there are: %(known)s). Nothing was imported.")
                % {"field": field, "known": tidy(", ".join(contents.properties))},
                fails_again=True,
            )


def tidy(text: str) -> str:
    """What a sentence quotes from a file, without what no database can store (as U+0000), and not without end."""
    text = without_controls(text)
    return text if len(text) <= SENTENCE_LENGTH else f"{text[: SENTENCE_LENGTH - 1]}…"


class Import:
    """One attempt at a file whose features were counted."""

    def __init__(self, run: Run, reader: Reader, keys: ContentKeys, count: int):
        self.run, self.reader, self.keys, self.count = run, reader, keys, count
        before = run.checkpoint or {"taken": 0, "written": 0, "remarks": {}, "problems": [], "problem_count": 0}
        self.taken = before["taken"]  # features that were imported or refused
        self.remarks = Counter(before["remarks"])
        run.problems, run.problem_count = before["problems"], before["problem_count"]
        self.writer = Writer(
            reader.model,
            expected=count,
            written=before["written"],
            there=before.get("there", 0),
            made=before.get("made"),
            on_progress=self.save_checkpoint,
            suppress_after=Superseded,
        )

    def carry_out(self, features: Iterable[object]) -> str:
        behind = self.taken
        self.run.progress(behind, self.count, message=_("Importing."))
        try:
            with self.writer:
                for index, feature in enumerate(features):
                    key = self.keys.of(feature)
                    if index < behind:
                        self.run.go_on()
                        continue
                    self.taken = index + 1
                    self.take(index, feature, key)
                    self.run.progress(self.taken)
                self.writer.flush()
        except BrokenFile as error:
            so_far = _("%(written)d of %(count)d features had been imported.") % self.figures()
            raise JobFailed(f"{tidy(str(error))} {so_far}") from error
        self.run.progress(self.count)
        details = "".join(f", {number} {remark}" for remark, number in sorted(self.remarks.items()))
        return _("%(count)d features: %(written)d imported%(details)s, %(there)s%(refused)d refused.") % (
            self.figures()
            | {"details": f" ({details.removeprefix(', ')})" if details else "", "there": self.there_in_words()}
        )

    def there_in_words(self) -> str:
        there = self.writer.there
        words = ngettext("%(count)d was there already, ", "%(count)d were there already, ", there)
        return words % {"count": there} if there else ""

    def take(self, index: int, feature: object, key: str | None) -> None:
        try:
            row, remarks = self.reader.read(index, feature)
        except ValidationError as error:
            self.run.problem(index + 1, tidy(" ".join(error.messages)))
            return
        self.remarks.update(remarks)
        row.origin = row.origin or key
        self.writer.add(row)

    def save_checkpoint(self) -> None:
        self.run.save_checkpoint(
            {
                "taken": self.taken,
                "written": self.writer.written,
                "there": self.writer.there,
                "made": self.writer.made,
                "remarks": self.remarks,
                "problems": self.run.problems,
                "problem_count": self.run.problem_count,
            }
        )

    def figures(self) -> dict[str, int]:
        return {"count": self.count, "written": self.writer.written, "refused": self.run.problem_count}


@job("import_incidents", title=gettext_lazy("Import incidents"), permission="tracker.add_incident", resumes=True)
def import_incidents(run: Run, fields: dict[str, Any], preview: bool = False) -> str:
    """The points of the file as incidents."""
    return import_features(run, Incident, fields, preview, known=False)


@job("import_areas", title=gettext_lazy("Import areas"), permission="tracker.add_areaofinterest", resumes=True)
def import_areas(run: Run, fields: dict[str, Any], preview: bool = False, known: bool = False) -> str:
    """The polygons of the file as areas of interest."""
    return import_features(run, AreaOfInterest, fields, preview, known)
