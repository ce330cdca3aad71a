"""Reading a row's key, and a time, out of an address or a form."""

import re
from datetime import UTC, datetime, timedelta

from django.utils import timezone

# What datetime.fromisoformat reads: a date by days of the month or of the week, a character, a clock, an offset.
WRITTEN = re.compile(r"(?:\d{4}-?W\d\d(?:-?\d)?|\d{4}-?\d\d-?\d\d)(?:.(?P<clock>[\d:]+)(?:[.,](?P<fraction>\d+))?)?")
UNITS = {2: timedelta(hours=1), 4: timedelta(minutes=1), 6: timedelta(seconds=1)}  # by the digits of the clock


def parse_pk(text: str) -> int | None:
    """The number that these digits (0 to 9, at most 18 of them) write; None if the text is anything else.

    So many digits fit into a BIGINT whatever they are: no database refuses to look for the number.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def parse_time(text: str, is_end: bool = False) -> datetime | None:
    """A time in ISO 8601, in the site's time zone unless it has an offset; none if it cannot be read.

    What ends then (*is_end*) ends with the last moment that is written so: ``16:08`` with that minute, a date with that
    day. It is handed on in UTC: PostgreSQL takes no offset of 16 hours or more. In the night in which clocks are put
    back an hour comes twice: an end is in the second one, and what begins begins with the first.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1900 <= time.year <= 2900:  # the ends of the calendar do not exist in every time zone
        return None
    if is_end:
        time += precision(text) - timedelta(microseconds=1)
    if timezone.is_aware(time):
        return time.astimezone(UTC)
    twice = [timezone.make_aware(time.replace(fold=fold)).astimezone(UTC) for fold in (0, 1)]
    return max(twice) if is_end else min(twice)


def precision(text: str) -> timedelta:
    """How long what this text writes lasts: a day, an hour, a minute, a second, or a part of one."""
    written = WRITTEN.match(text)
    if written is None or not written["clock"]:
        return timedelta(days=1)
    if written["fraction"]:
        return timedelta(microseconds=10 ** max(6 - len(written["fraction"]), 0))
    return UNITS.get(len(written["clock"].replace(":", "")), timedelta(seconds=1))
