"""Features that a site of Tracker has exported: what they say beyond other files, and which row they are.

A row is known by its number where it was first written down, and the moment of that, its *origin*: ``Incident:7
2026-11-20T22:39:00.123Z``. It goes along through export and import, also to another site and back, so that the same row
is never imported twice. The moment makes it safe where numbers come again: on another site, or after a backup was
restored.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from tracker.files.content_keys import KEY
from tracker.lib.strict_json import iso_time
from tracker.lib.visible_text import without_controls
from tracker.models import AreaOfInterest, Incident
from tracker.models.row_change import Row

Model = type[Incident] | type[AreaOfInterest]

ORIGIN = re.compile(r"(Incident|AreaOfInterest):(\d{1,18}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)", re.ASCII)
SAME_TIME = timedelta(milliseconds=1)  # databases round and cut off what comes after the milliseconds
LARGEST_NUMBER = 10**18
TRUE = {True, "true", "True", "1"}  # and so 1: as programs for maps write it again


@dataclass(frozen=True)
class OwnFeature:
    origin: str | None
    created: datetime | None  # None: at no time that can have been
    closed: bool
    accuracy_m: float | None
    public_title: str

    @classmethod
    def read(cls, model: Model, properties: dict[str, Any]) -> "OwnFeature | None":
        """None if it is not from an export of this model."""
        number = properties.get("pk")
        if properties.get("model") != model.__name__ or isinstance(number, bool) or not isinstance(number, int):
            return None
        created = past_time(properties.get("created"))
        origin = properties.get("origin")
        if not (isinstance(origin, str) and is_origin(model, origin)):
            known = created is not None and 0 < number < LARGEST_NUMBER
            origin = f"{model.__name__}:{number} {iso_time(created)}" if known and created else None
        closed = properties.get("closed")
        return cls(
            origin,
            created,
            isinstance(closed, bool | int | str) and closed in TRUE,
            accuracy(properties.get("accuracy_m")),
            title(properties.get("public_title")),
        )

    def give(self, row: Row) -> None:
        """Put what it says into a row that is not saved yet."""
        row.origin = self.origin
        if self.created:
            row.created = self.created
        if isinstance(row, Incident):
            row.closed = self.closed
            row.accuracy_m = self.accuracy_m
            row.public_title = self.public_title


def is_origin(model: Model, text: str) -> bool:
    """Of a row that was written down by a site of Tracker, or that came from another's file (content_keys.py)."""
    return bool(KEY.fullmatch(text) or (text.startswith(f"{model.__name__}:") and ORIGIN.fullmatch(text)))


def past_time(value: object) -> datetime | None:
    """A time with its zone, up to now; None if it is anything else."""
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if time is None or timezone.is_naive(time) or time.year < 1900:
        return None
    return time.astimezone(UTC) if time <= timezone.now() else None


def accuracy(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    try:
        Incident._meta.get_field("accuracy_m").clean(float(value), None)
    except ValidationError:
        return None
    return float(value)


def title(value: object) -> str:
    longest = Incident._meta.get_field("public_title").max_length
    return without_controls(value)[:longest] if isinstance(value, str) else ""


def there_already(model: Model, origins: Iterable[str]) -> set[str]:
    """Those of these origins whose row is here: it was imported before, or began here. Two queries."""
    asked = set(origins)
    if not asked:
        return set()
    imported = model._default_manager.filter(origin__in=asked).values_list("origin", flat=True)
    found = {origin for origin in imported if origin}
    by_number = defaultdict(list)
    for origin in asked - found:
        if parts := ORIGIN.fullmatch(origin):
            by_number[int(parts[2])].append((origin, datetime.fromisoformat(parts[3])))
    rows = model._default_manager.filter(pk__in=list(by_number), origin=None).values_list("pk", "created")
    for pk, created in rows:
        found |= {origin for origin, time in by_number[pk] if abs(created - time) <= SAME_TIME}
    return found
