"""By what a list can be sorted, and what its headings and its form say about it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.db.models import Case, Expression, F, OrderBy, Value, When
from django.utils.translation import gettext_lazy as _

from tracker.models.severity import RANK


class Sort(NamedTuple):
    """A column that can be sorted by; rows that are equal in it are in the order of their numbers."""

    label: object  # of its heading
    upwards: object  # in words: what comes first
    downwards: object
    by: Expression | F
    newest_first: bool = False  # among equals, upwards: of the worst the newest
    begins_down: bool = False  # what the heading does when it is chosen first


def by_severity(label: object = _("Severity")) -> Sort:
    ranks = Case(*[When(severity=code, then=Value(rank)) for code, rank in RANK.items()])
    return Sort(label, _("Worst first"), _("Mildest first"), ranks, newest_first=True)


def by_name(label: object, field: str = "name") -> Sort:
    upwards, downwards = _("%(what)s, A to Z"), _("%(what)s, Z to A")
    return Sort(label, Named(upwards, label), Named(downwards, label), F(field))


def by_time(label: object, field: str) -> Sort:
    return Sort(label, _("Oldest first"), _("Newest first"), F(field), begins_down=True)


class Named:
    """A translated sentence with a translated word in it, put together when it is shown."""

    def __init__(self, sentence, what):
        self.sentence, self.what = sentence, what

    def __str__(self):
        return str(self.sentence) % {"what": self.what}


class Heading(NamedTuple):
    label: object
    link: str  # the value of ``sort`` that choosing it asks for
    direction: str  # as ARIA calls it: ascending, descending, or nothing


class Sorting:
    """What ``sort`` asks for; what cannot be read means *usual*."""

    def __init__(self, sorts: Mapping[str, Sort], asked: str, usual: str):
        self.sorts = sorts
        self.key = asked if asked.removeprefix("-") in sorts else usual

    @property
    def name(self) -> str:
        return self.key.removeprefix("-")

    @property
    def is_down(self) -> bool:
        return self.key.startswith("-")

    @property
    def order(self) -> list[OrderBy]:
        sort = self.sorts[self.name]
        number_down = self.is_down != sort.newest_first
        return [OrderBy(sort.by, descending=self.is_down), OrderBy(F("pk"), descending=number_down)]

    @property
    def headings(self) -> dict[str, Heading]:
        return {name: self.heading(name, sort) for name, sort in self.sorts.items()}

    def heading(self, name: str, sort: Sort) -> Heading:
        if name != self.name:
            return Heading(sort.label, f"-{name}" if sort.begins_down else name, "")
        return Heading(sort.label, name if self.is_down else f"-{name}", "descending" if self.is_down else "ascending")

    @property
    def choices(self) -> Iterator[tuple[str, object]]:
        """For a form: every value of ``sort`` in words."""
        for name, sort in self.sorts.items():
            both = [(name, sort.upwards), (f"-{name}", sort.downwards)]
            yield from reversed(both) if sort.begins_down else both
