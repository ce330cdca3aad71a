"""Reading a time out of an address or a form."""

from datetime import UTC, datetime

from django.utils import timezone


def moment(text: str) -> datetime | None:
    """A time in ISO 8601, in the site's time zone unless it has an offset; none if it cannot be read.

    It is handed on in UTC: PostgreSQL takes no offset of 16 hours or more.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1900 <= time.year <= 2900:  # the ends of the calendar do not exist in every time zone
        return None
    return (time if timezone.is_aware(time) else timezone.make_aware(time)).astimezone(UTC)
