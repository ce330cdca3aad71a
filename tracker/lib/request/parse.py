"""Reading a row's key, and a time, out of an address or a form."""

from datetime import UTC, datetime

from django.utils import timezone


def parse_pk(text: str) -> int | None:
    """The number that these digits (0 to 9, at most 18 of them) write; None if the text is anything else.

    So many digits fit into a BIGINT whatever they are: no database refuses to look for the number.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def parse_time(text: str, is_end: bool = False) -> datetime | None:
    """A time in ISO 8601, in the site's time zone unless it has an offset; none if it cannot be read.

    It is handed on in UTC: PostgreSQL takes no offset of 16 hours or more. In the night in which clocks are put back an
    hour comes twice: what ends then (*is_end*) ends with the second one, and what begins begins with the first.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1900 <= time.year <= 2900:  # the ends of the calendar do not exist in every time zone
        return None
    if timezone.is_aware(time):
        return time.astimezone(UTC)
    twice = [timezone.make_aware(time.replace(fold=fold)).astimezone(UTC) for fold in (0, 1)]
    return max(twice) if is_end else min(twice)
