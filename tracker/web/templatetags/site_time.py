"""``{% zone_names %}``: what the site's time zone is called, for the scripts that write times into a page.

Browsers name time zones each in their own way; so they are told what the server's pages say (``T`` in ``date``).
"""

import json
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from django import template
from django.utils import timezone

register = template.Library()

YEARS = 3  # back from the end of the next one: what pages with scripts show is not older


@register.simple_tag
def zone_names() -> str:
    """JSON: the zone's names by its distance from UTC in minutes, as ``{"60": "CET", "120": "CEST"}``."""
    return json.dumps(names(timezone.get_current_timezone(), timezone.now().date()))


@lru_cache(maxsize=4)
def names(zone: tzinfo, today: date) -> dict[int, str]:
    end = datetime(today.year + 1, today.month, 1, tzinfo=UTC)
    found: dict[int, str] = {}
    for week in range(52 * YEARS):
        at = (end - timedelta(weeks=week)).astimezone(zone)
        found.setdefault(minutes_east(at), at.strftime("%Z"))
    return found


def minutes_east(at: datetime) -> int:
    distance = at.utcoffset()
    return round(distance.total_seconds() / 60) if distance else 0
