"""The pages of a list. Each goes on after a row, so that nothing is left out while colleagues close or report things.

An address says ``after`` or ``before`` which row, by its number and by what the list was sorted by as it was shown: the
row itself may have changed since, or be gone. ``page`` counts pages, as addresses of old do. An address outlives its
page: where there is none any more, the nearest is shown.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import Model, Q, QuerySet

from tracker.lib.request.parse import parse_pk
from tracker.web.views.sorting import SORTED_BY, Sorting


class ListPage(NamedTuple):
    """Some rows of a list, and where they stand in it."""

    rows: list[Model]
    start: int  # how many rows stand before them
    total: int
    sorting: Sorting

    @property
    def first(self) -> int:
        return self.start + 1

    @property
    def last(self) -> int:
        return self.start + len(self.rows)

    @property
    def has_previous(self) -> bool:
        return self.start > 0

    @property
    def has_next(self) -> bool:
        return self.last < self.total

    @property
    def before(self) -> str:
        """What an address says to go back from here."""
        return place_of(self.rows[0], self.sorting)

    @property
    def after(self) -> str:
        return place_of(self.rows[-1], self.sorting)


class Place(NamedTuple):
    """Where a row stands, or stood, in the order of a list."""

    value: Any
    pk: int


def place_of(row: Model, sorting: Sorting) -> str:
    return f"{row.pk},{sorting.sort.kind.write(getattr(row, SORTED_BY))}"


def place_in(text: str, sorting: Sorting) -> Place | None:
    """The place that an address names; None if it cannot be read."""
    number, _comma, written = text.partition(",")
    pk, value = parse_pk(number), sorting.sort.kind.read(written)
    return None if pk is None or value is None else Place(value, pk)


def beyond(place: Place, is_value_down: bool, is_number_down: bool) -> Q:
    """The rows that come after this place in a list that is sorted so.

    That their value is not before it is said twice, the first time so that an index is used.
    """
    value, number = ("lt" if is_value_down else "gt"), ("lt" if is_number_down else "gt")
    further = Q(**{f"{SORTED_BY}__{value}": place.value}) | Q(**{f"pk__{number}": place.pk})
    return Q(**{f"{SORTED_BY}__{value}e": place.value}) & further


def page_of(rows: QuerySet, sorting: Sorting, asked: Mapping[str, str], size: int) -> ListPage:
    """The page that an address asks for, of rows in the order that *sorting* gave them.

    A list that ends on its first page is not counted as well: what finds little may have read everything for it.
    """
    after, before = (place_in(asked.get(name, ""), sorting) for name in ("after", "before"))
    if not (after or before or asked.get("page")):
        found = list(rows[: size + 1])
        total = rows.count() if len(found) > size else 0
        return ListPage(found[:size], 0, max(total, len(found)), sorting)
    total = rows.count()
    if after:
        rest = rows.filter(beyond(after, sorting.is_down, sorting.is_number_down))
        if found := list(rest[:size]):
            return ListPage(found, max(total - rest.count(), 0), total, sorting)
        start = total - size  # everything that came after it is gone: the end of the list
    elif before:
        earlier = rows.filter(beyond(before, not sorting.is_down, not sorting.is_number_down))
        start = earlier.count() - size
    else:
        start = (number_of(asked.get("page", ""), pages=-(-total // size)) - 1) * size
    start = max(start, 0)
    return ListPage(list(rows[start : start + size]), start, total, sorting)


def number_of(text: str, pages: int) -> int:
    """The number of the page that is nearest to what was asked for."""
    is_number = text.isascii() and text.isdigit()
    number = (parse_pk(text) if len(text) < 19 else pages) if is_number else 1
    return max(min(number or 1, pages), 1)
