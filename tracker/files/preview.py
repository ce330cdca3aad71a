"""What an import would do with a file: everything is read and looked at as it would be, and nothing is written."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.alerts import back_test
from tracker.files.content_keys import ContentKeys
from tracker.files.own_features import there_already
from tracker.files.rows import Reader
from tracker.jobs.run import Run
from tracker.lib.geo import geometry
from tracker.lib.text import isolated
from tracker.models import AreaOfInterest
from tracker.models.row_change import Row
from tracker.models.severity import Severity

NAMED = 10  # of those that would be imported
LOOKED_UP = 500  # at once, whether they are there
COUNTED = 100  # areas of which it is asked what they would raise


class Preview:
    def __init__(self, run: Run, reader: Reader, keys: ContentKeys, calls: bool):
        """*calls*: whether what is open in the areas would alert."""
        self.run, self.reader, self.keys, self.calls = run, reader, keys, calls
        self.rows: list[Row] = []  # not looked up yet
        self.known: set[str] = set()  # of this file
        self.new = self.there = self.alerts = self.counted = 0
        self.first: list[str] = []

    def carry_out(self, features: Iterable[object], count: int) -> str:
        self.run.progress(0, count, message=_("Looking at it."))
        for index, feature in enumerate(features):
            key = self.keys.of(feature)
            try:
                row, _remarks = self.reader.read(index, feature)
            except ValidationError as error:
                self.run.problem(index + 1, " ".join(error.messages))
                continue
            row.origin = row.origin or key
            self.rows.append(row)
            if len(self.rows) == LOOKED_UP:
                self.look_up()
            self.run.progress(index + 1)
        self.look_up()
        return " ".join(filter(None, [self.in_numbers(count), self.in_alerts(), self.in_names()]))

    def look_up(self) -> None:
        known = self.known | there_already(self.reader.model, (row.origin for row in self.rows if row.origin))
        for row in self.rows:
            if row.origin and row.origin in known:
                self.there += 1
                continue
            if row.origin and not row.origin.startswith("file:"):  # the others differ within a file anyway
                known.add(row.origin)
                self.known.add(row.origin)
            self.take(row)
        self.rows = []

    def take(self, row: Row) -> None:
        self.new += 1
        if len(self.first) < NAMED:
            self.first.append(f"“{isolated(row.name)}” ({Severity(row.severity).label})")
        if self.calls and isinstance(row, AreaOfInterest) and self.counted < COUNTED:
            self.counted += 1
            now = back_test.alerts_now(geometry.normal_area(row.polygon))
            self.alerts += now[Severity(row.severity)].alerts

    def in_numbers(self, count: int) -> str:
        return _(
            "Nothing is imported yet. Of %(count)d features %(new)d would be imported, %(there)d are there already, and"
            " %(refused)d would be refused."
        ) % {"count": count, "new": self.new, "there": self.there, "refused": self.run.problem_count}

    def in_alerts(self) -> str:
        if self.reader.model is not AreaOfInterest or not self.calls or not self.new:
            return ""
        of = _(" (the first %(count)d areas alone)") % {"count": COUNTED} if self.new > self.counted else ""
        said = ngettext("That would raise %(count)d alert", "That would raise %(count)d alerts", self.alerts)
        return f"{said % {'count': self.alerts}}{of}."

    def in_names(self) -> str:
        return _("The first of them: %(names)s.") % {"names": ", ".join(self.first)} if self.first else ""
