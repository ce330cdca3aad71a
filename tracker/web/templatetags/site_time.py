"""Times on pages: ``{{ at|ago }}`` for what is fresh, ``{{ at|moment }}`` where the time itself is wanted.

Both have the full time with its zone on hover; the zone stands once on a page and not in each row. The scripts write
times in the same words (``static/js/lib/time.js``), and keep ages true (``static/js/ui/times.js``). Browsers name time
zones each in their own way; so ``{% zone_names %}`` tells them what the server's pages say (``T`` in ``date``).
"""

import json
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()

YEARS = 3  # back from the end of the next one: what pages with scripts show is not older
RECENT = timedelta(days=1)  # what is older has its date
DATE_AND_TIME, SECONDS = "Y-m-d H:i", "Y-m-d H:i:s"


@register.filter
def ago(at: datetime) -> SafeString:
    """As ``4 min ago``; of what is older than a day the date and the time."""
    return time_element(at, age(at), is_age=True)


@register.filter
def moment(at: datetime, precision: str = "") -> SafeString:
    """As ``2026-11-30 16:08``, with the seconds where *precision* is ``seconds``."""
    return time_element(at, written(timezone.localtime(at), SECONDS if precision == "seconds" else DATE_AND_TIME))


@register.filter
def age(at: datetime) -> str:
    """The words of ``ago`` alone."""
    passed = timezone.now() - at
    minutes = passed // timedelta(minutes=1)
    if passed >= RECENT or minutes < -1:  # a clock may be a little behind that of the database
        return written(timezone.localtime(at), DATE_AND_TIME)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _("%(minutes)d min ago") % {"minutes": minutes}
    return _("%(hours)d h ago") % {"hours": minutes // 60}


@register.filter
def in_full(at: datetime) -> str:
    """As ``2026-11-30 16:08 CET``."""
    return written(timezone.localtime(at), f"{DATE_AND_TIME} T")


def time_element(at: datetime, words: str, is_age: bool = False) -> SafeString:
    class_ = mark_safe('class="ago" ') if is_age else ""
    machine = timezone.localtime(at).isoformat()
    return format_html('<time {}datetime="{}" title="{}">{}</time>', class_, machine, in_full(at), words)


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
