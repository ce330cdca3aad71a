"""Writing many rows in pieces, each a short transaction, and announcing them."""

from collections.abc import Callable, Iterable

from django.db import DatabaseError, IntegrityError, reset_queries, transaction

from tracker.audit import record
from tracker.events import log
from tracker.files.own_features import there_already
from tracker.incidents import bulk
from tracker.lib.piece_size import Pace
from tracker.models import AreaOfInterest, Incident
from tracker.models.row_change import Row

AREAS_AT_ONCE = 20  # their transaction keeps out every other writer (matching.py), and each meets all open incidents
POINTS_AT_ONCE = 20_000  # of the outlines of the areas in one transaction


class Writer:
    """Collects rows and writes them in pieces, as large as they are quick (pace.py); to be used with ``with``.

    More than ``bulk_writes.ANNOUNCE_AT_MOST`` rows are not announced one by one: leaving the ``with``, also by an
    error, records one ``changed`` message for those that were written. What is still collected then is dropped unless
    ``flush()`` was called.
    """

    def __init__(
        self,
        model: type[Incident] | type[AreaOfInterest],
        expected: int,
        written: int = 0,
        there: int = 0,
        made: list[list[int]] | None = None,
        on_progress: Callable[[], None] | None = None,
        suppress_after: type[Exception] | None = None,
    ):
        """*written*, *there*, *made*: by an earlier attempt at the same rows. *on_progress* is called in the
        transaction of each piece.

        After an error of the kind *suppress_after* nothing is announced: somebody else goes on, and will.
        """
        self.model = model
        self.pace = Pace(log.PIECE if model is Incident else AREAS_AT_ONCE)
        self.expected = expected
        self.is_audited = False  # one entry is for all pieces, and stands with the first
        self.announce = expected <= bulk.ANNOUNCE_AT_MOST
        self.written = written
        self.made = made or []  # the numbers of the rows that were written: from, to
        self.there = there  # rows that were not written, for they had been before (own_features.py)
        self.on_progress = on_progress
        self.suppress_after = suppress_after
        self.rows: list[Row] = []
        self.points = 0

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *exception: object) -> None:
        if self.announce or not self.written:
            return
        if self.suppress_after and isinstance(exception[1], self.suppress_after):
            return
        try:
            bulk.record_changed(self.model, self.written)
        except DatabaseError:
            if exception[0] is None:  # otherwise the first error is the one to show
                raise

    def add(self, row: Row) -> None:
        self.rows.append(row)
        if isinstance(row, AreaOfInterest):
            self.points += row.polygon.num_coords
        if self.is_full():
            self.flush()

    def is_full(self) -> bool:
        return len(self.rows) >= self.pace.rows or self.points >= POINTS_AT_ONCE

    def flush(self) -> None:
        """Write what is collected, in one transaction."""
        if self.rows:
            try:
                self.write()
            except IntegrityError:  # somebody else was importing the same rows: now they are there
                self.write()
            reset_queries()  # with DEBUG Django keeps the text of thousands of queries, here of megabytes
        self.rows, self.points = [], 0

    def write(self) -> None:
        before = self.written, self.there, [list(each) for each in self.made]
        try:
            with self.pace.piece(len(self.rows)), transaction.atomic():
                new = self.new_rows()
                if new:
                    bulk.create(self.model, new, announce=self.announce, audited=False)
                    if not self.is_audited:
                        record.record_imported(self.model, self.expected)
                    self.note_made(row.pk for row in new)
                self.written += len(new)
                self.there += len(self.rows) - len(new)
                if self.on_progress:
                    self.on_progress()
        except BaseException:
            self.written, self.there, self.made = before
            raise
        self.is_audited = self.is_audited or bool(new)

    def note_made(self, numbers: Iterable[int]) -> None:
        """Beside others who write, these come with gaps, but not many."""
        for number in sorted(numbers):
            if self.made and self.made[-1][1] == number - 1:
                self.made[-1][1] = number
            else:
                self.made.append([number, number])

    def new_rows(self) -> list[Row]:
        """Those that are not there yet, each once."""
        known = there_already(self.model, (row.origin for row in self.rows if row.origin))
        new = []
        for row in self.rows:
            if row.origin is None or row.origin not in known:
                new.append(row)
                known.add(row.origin or "")
        return new
