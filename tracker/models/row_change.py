"""What one write did to one incident or area: a value that is handed along from who writes to who follows."""

from typing import Any, NamedTuple

from tracker.models.incidents import AreaOfInterest, Incident

Row = Incident | AreaOfInterest
Values = dict[str, Any]  # of one row: the stored value of each field that its model names in RECORDED


class RowChange(NamedTuple):
    model: type[Incident] | type[AreaOfInterest]
    pk: int
    before: Values | None  # None: there was no such row
    after: Values | None  # None: there is none any more
    feature: str = ""  # of a row that is gone: its GeoJSON Feature as it was
    source: str = ""  # of a new incident: what it was reported through

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_gone(self) -> bool:
        return self.after is None

    @property
    def name(self) -> str:
        """The newest that the row has or had."""
        return (self.after or self.before or {}).get("name", "")

    def changed(self, *fields: str) -> bool:
        """Whether any of these fields has another value than before; of a row that was there and still is."""
        before, after = self.before or {}, self.after or {}
        return any(before[field] != after[field] for field in fields)


def values_of(row: Row) -> Values:
    """What is stored of a row that has just been written whole."""
    return {field: getattr(row, field) for field in row.RECORDED}
