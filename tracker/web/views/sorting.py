"""By what a list can be sorted, and what its headings and its form say about it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from typing import Any, NamedTuple

from django.db.models import Case, Expression, F, OrderBy, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from tracker.lib.request.parse import parse_pk, parse_time
from tracker.models.severity import RANK

SORTED_BY = "sorted_by"  # the attribute of a row of a list that has what it is sorted by


class Kind(NamedTuple):
    """How a value that is sorted by is written in an address, and read from it: None if it is none of them."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]


TEXT = Kind(str, lambda text: None if "\0" in text else text)
NUMBER = Kind(str, parse_pk)
TIME = Kind(lambda time: time.astimezone(UTC).isoformat().replace("+00:00", "Z"), parse_time)
YES_OR_NO = Kind(lambda yes: "yes" if yes else "no", {"yes": True, "no": False}.get)


class Sort(NamedTuple):
    """A column that can be sorted by; rows that are equal in it are in the order of their numbers."""

    label: object  # of its heading
    upwards: object  # in words: what comes first
    downwards: object
    by: Expression | F
    newest_first: bool = False  # among equals, upwards: of the worst the newest
    begins_down: bool = False  # what the heading does when it is chosen first
    kind: Kind = TEXT  # of what it is sorted by


def by_severity(label: object = _("Severity")) -> Sort:
    ranks = Case(*[When(severity=code, then=Value(rank)) for code, rank in RANK.items()])
    return Sort(label, _("Worst first"), _("Mildest first"), ranks, newest_first=True, kind=NUMBER)


def by_name(label: object, key: str = "name_key") -> Sort:
    """*key*: the column with the folded name, so that ``Äpfel`` stands between ``alpha`` and ``Beta``."""
    upwards, downwards = _("%(what)s, A to Z"), _("%(what)s, Z to A")
    return Sort(label, Named(upwards, label), Named(downwards, label), F(key))


def by_number(label: object) -> Sort:
    return Sort(label, _("Oldest first"), _("Newest first"), F("pk"), begins_down=True, kind=NUMBER)


def by_time(label: object, field: str) -> Sort:
    return Sort(label, _("Oldest first"), _("Newest first"), F(field), begins_down=True, kind=TIME)


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
    def sort(self) -> Sort:
        return self.sorts[self.name]

    @property
    def is_number_down(self) -> bool:
        return self.is_down != self.sort.newest_first

    def sorted(self, rows: QuerySet) -> QuerySet:
        """These rows in this order, each with what it is sorted by."""
        value, number = OrderBy(F(SORTED_BY), descending=self.is_down), OrderBy(F("pk"), descending=self.is_number_down)
        return rows.annotate(**{SORTED_BY: self.sort.by}).order_by(value, number)

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
