"""Who is on watch: who has a page of the site open, the live map or another one, over all server processes.

Every page hears of alerts, so whoever has one open is on watch; who has the map open is said apart (ADR 69). Every
process with open sockets says so in a row of its own (``WatchReport``): when they change, and four times a minute
anyway. One that has said nothing for long is gone, however it ended. So the newest row also tells when somebody was
last on watch, also after everything was down. Whoever comes when nobody was there notes the gap (``WatchGap``), and
who opens the live map is told of it until they have read it, each for themselves (``WatchGapReading``).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from tracker.lib.request import current_user
from tracker.models import Alert, AlertReceipt, WatchGap, WatchGapReading, WatchReport

REPORT_S = 15.0  # how often a process reports anyway
GONE_AFTER = timedelta(seconds=45)  # without a report
ROWS_AT_ONCE = 300  # of three values each; some builds of SQLite take no more than 999 in a statement

GAPS = 100  # that are looked at, of those that somebody has not read about

NAMED = 20  # people on watch who are named; of more there is only the number

# How many sockets a person has, by the person's number; none: of somebody who left a moment ago.
Sockets = Mapping[int, int]


class Report(NamedTuple):
    """What another process has said of its sockets, and when."""

    sockets: Sockets  # of live maps
    seen_at: datetime
    pages: Sockets  # of other pages


class Receipt(NamedTuple):
    """On how many more consoles an alert was shown than was known."""

    alert: int
    raised: datetime
    consoles: int


class Presence(NamedTuple):
    people: int
    consoles: int
    last: datetime | None  # when somebody was last on watch; none if nobody ever was


# --- what the processes report -------------------------------------------------------------------------------------


def report(
    process: str,
    sockets: Sockets,
    arrived: bool = False,
    shown: Iterable[Receipt] = (),
    pages: Sockets | None = None,
) -> None:
    """Say which sockets this process has now, those of live maps and those of other *pages*, and what they have shown.

    *arrived*: somebody came to a process that had no socket; if nobody was on watch anywhere, that was a gap.
    """
    now = timezone.now()
    with transaction.atomic():
        if arrived:
            last = last_watched()
            if last and now - last > WatchGap.SLACK:
                note_gap(last, now)
        WatchReport.objects.bulk_create(
            [WatchReport(process=process, sockets=dict(sockets), pages=dict(pages or {}), seen_at=now)],
            update_conflicts=True,
            unique_fields=["process"],
            update_fields=["sockets", "pages", "seen_at"],
        )
        add_receipts(shown)


def read_others(process: str) -> list[Report]:
    """What the other processes have said, of those that are there; rows of those that are gone are removed."""
    rows = list(WatchReport.objects.exclude(process=process))
    oldest = timezone.now() - GONE_AFTER
    if any(row.seen_at <= oldest for row in rows):
        # The newest of all stays: it tells when somebody was last on watch.
        WatchReport.objects.filter(seen_at__lte=oldest, seen_at__lt=last_watched()).delete()
    return [Report(sockets_of(row.sockets), row.seen_at, sockets_of(row.pages)) for row in rows if row.seen_at > oldest]


def sockets_of(kept: Mapping[str, int] | None) -> Sockets:
    return {int(user): count for user, count in (kept or {}).items()}  # the keys of a JSON object are texts


def add_up(maps: Iterable[Sockets], pages: Iterable[Sockets] = ()) -> tuple[int, int]:
    """How many people these are together, and how many open live maps."""
    processes = list(maps)
    return len(people_of([*processes, *pages])), sum(sum(process.values()) for process in processes)


def people_of(sockets: Iterable[Sockets]) -> set[int]:
    return {user for process in sockets for user in process}


def first_of(maps: Iterable[Sockets], pages: Iterable[Sockets]) -> dict[int, bool]:
    """The people to be named, each with whether the live map is open: those who have it before the others."""
    maps, elsewhere = list(maps), people_of(pages)
    open_now = {user for process in maps for user, count in process.items() if count}
    on_map = open_now | (people_of(maps) - elsewhere)  # who left it a moment ago, and is nowhere else, is not away yet
    told = [*((user, True) for user in sorted(on_map)), *((user, False) for user in sorted(elsewhere - on_map))]
    return dict(told[:NAMED])


def names_of(people: Collection[int]) -> dict[int, str]:
    """What these people are called; who has no account any more is left out."""
    return {user.pk: current_user.name_of(user) for user in get_user_model().objects.filter(pk__in=people)}


def presence() -> Presence:
    rows = list(WatchReport.objects.all())
    oldest = timezone.now() - GONE_AFTER
    there = [row for row in rows if row.seen_at > oldest]
    numbers = add_up([sockets_of(row.sockets) for row in there], [sockets_of(row.pages) for row in there])
    return Presence(*numbers, max((row.seen_at for row in rows), default=None))


def is_watched() -> bool:
    """Whether somebody has a page of the site open now, on which an alert is heard."""
    return presence().people > 0


def last_watched() -> datetime | None:
    """When somebody was last on watch: a process reports while it has sockets, and once more when the last has gone."""
    return WatchReport.objects.aggregate(newest=Max("seen_at"))["newest"]


# --- what was shown ------------------------------------------------------------------------------------------------


def add_receipts(shown: Iterable[Receipt]) -> None:
    """Add to the numbers of consoles. In the statement, as several processes count the same alert at once.

    In the order of the alerts, so that two of them never wait for each other.
    """
    rows = sorted(gathered(shown))
    for start in range(0, len(rows), ROWS_AT_ONCE):
        piece = rows[start : start + ROWS_AT_ONCE]
        values = [(alert, connection.ops.adapt_datetimefield_value(raised), count) for alert, raised, count in piece]
        with connection.cursor() as cursor:
            cursor.execute(ADD.format(", ".join(["(%s, %s, %s)"] * len(piece))), list(chain.from_iterable(values)))


def gathered(shown: Iterable[Receipt]) -> Iterable[Receipt]:
    """Each alert once, as it was raised last: one statement cannot change a row twice."""
    newest: dict[int, Receipt] = {}
    for each in shown:
        known = newest.get(each.alert)
        if known is None or each.raised > known.raised:
            newest[each.alert] = each
        elif each.raised == known.raised:
            newest[each.alert] = each._replace(consoles=known.consoles + each.consoles)
    return newest.values()


# An alert that worsened was raised again: its consoles are counted anew, and late ones of the first time are not.
ADD = f"""
    INSERT INTO {AlertReceipt._meta.db_table} AS known (alert_id, raised, consoles) VALUES {{}}
    ON CONFLICT (alert_id) DO UPDATE SET
        consoles = CASE
            WHEN excluded.raised > known.raised THEN excluded.consoles
            WHEN excluded.raised = known.raised THEN known.consoles + excluded.consoles
            ELSE known.consoles
        END,
        raised = CASE WHEN excluded.raised > known.raised THEN excluded.raised ELSE known.raised END
"""


# --- times when nobody was on watch --------------------------------------------------------------------------------


def note_gap(since: datetime, until: datetime) -> None:
    """Note that nobody was on watch. *since* names the gap: two processes that see its end make one row of it."""
    WatchGap.objects.bulk_create(
        [WatchGap(since=since, until=until)],
        update_conflicts=True,
        unique_fields=["since"],
        update_fields=["until"],
    )


def unread_gaps(user: User) -> list[WatchGap]:
    """The times without a watch that this person has not read about, newest first; also the one that goes on now."""
    gaps, last, now = list(WatchGap.objects.unread_by(user)[:GAPS]), last_watched(), timezone.now()
    if last is None or now - last <= WatchGap.SLACK:
        return gaps
    going_on = WatchGap.objects.filter(since=last).first() or WatchGap(since=last)
    going_on.until = now
    return ([] if going_on.is_read_by(user) else [going_on]) + [gap for gap in gaps if gap.since != last]


def count_alerts(gaps: list[WatchGap]) -> None:
    """Set ``alerts``: how many were raised in each. One query."""
    inside = {f"in_{n}": Q(raised__gte=gap.since, raised__lte=gap.until) for n, gap in enumerate(gaps)}
    rows = Alert.objects.filter(raised__gte=min(gap.since for gap in gaps))
    counts = rows.aggregate(**{name: Count("pk", filter=condition) for name, condition in inside.items()})
    for gap, name in zip(gaps, inside, strict=True):
        gap.alerts = counts[name]


def mark_read(since: datetime, user: User) -> None:
    """Note that this person has read of the gap that began then, and of those before it."""
    now = timezone.now()
    if since == last_watched() and now - since > WatchGap.SLACK:  # read before the socket of the reader's page came
        WatchGap.objects.get_or_create(since=since, defaults={"until": now})
    who, gaps = current_user.name_of(user), WatchGap.objects.unread_by(user).filter(since__lte=since)
    WatchGapReading.objects.bulk_create(WatchGapReading(gap=gap, by=user, who=who, at=now) for gap in gaps)


def readings_of(gaps: list[WatchGap]) -> dict[int, list[WatchGapReading]]:
    """Who has read of these, by the number of the gap, each once. One query."""
    found: dict[int, dict[str, WatchGapReading]] = {}
    for reading in WatchGapReading.objects.filter(gap__in=[gap.pk for gap in gaps if gap.pk]):
        found.setdefault(reading.gap_id, {})[reading.who] = reading  # the newest of each person
    return {gap: list(readings.values()) for gap, readings in found.items()}
