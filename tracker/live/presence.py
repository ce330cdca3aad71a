"""Who is on watch, seen from one process: it tells its sockets, and the others, and bounds the sockets of a person.

The hub says which sockets come and go, and what goes through them; ``step`` is one of its tasks. What all processes
know together is in the database (``tracker.accounts.presence``).

A limit on a person's sockets over all processes cannot be kept at the moment when one comes: what another process has
reported may be of one that has just died, and its people, who all come back here, would be sent away for good. So
newcomers are counted together with others only when those have reported after they came, which the dead do not.
"""

import asyncio
import atexit
import logging
import signal
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.db import DatabaseSyncToAsync
from django.conf import settings
from django.db import DataError, IntegrityError, connection

from tracker.accounts import presence
from tracker.accounts.presence import Receipt, Report
from tracker.lib.folding import folded
from tracker.lib.strict_json import as_json
from tracker.live.receipts import ReadReceipts
from tracker.live.replay import Item

logger = logging.getLogger(__name__)

PACE_S = 1.0  # at most one round in this time
LOOK_S = 2.0  # how often the others are looked at
END_S = 2.0  # how long the last report may take
LINGER_S = 5.0  # who leaves a page is on watch for so long: the next page is being loaded
NAMES_S = 60.0  # how long a person's name is remembered
SHOWN_WAITING = 100_000  # alerts whose consoles are remembered while the database does not answer


class LocalPresence:
    """The sockets of this process and of the others."""

    def __init__(self, process: str, send: Callable[[str], None], refuse: Callable[[int, int], None]):
        """*send*(text) goes to every socket here. *refuse*(user, count): let go of the person's newest sockets here."""
        self.process = process
        self.send = send
        self.refuse = refuse
        self.message: str | None = None  # the newest ``presence``, for a socket that comes
        self.sockets: Counter[int] = Counter()  # of live maps, by user; none: of one who left a moment ago
        self.pages: Counter[int] = Counter()  # of other pages, in the same way
        self.left: dict[int, datetime] = {}  # who has none at all any more, and since when
        self.names: dict[int, tuple[str, datetime]] = {}  # and when they were asked for
        self.newcomers: dict[int, list[datetime]] = {}  # when they came, by user; not counted with the others' yet
        self.others: list[Report] = []
        self.receipts = ReadReceipts()
        self.shown: list[Receipt] = []  # taken, not reported yet
        self.arrived = False  # somebody came, and nobody was here
        self.reported_at = datetime.min.replace(tzinfo=UTC)
        self.changed = asyncio.Event()
        # A thread of its own. All other database work of the sockets shares one, and a report may have to wait there:
        # SQLite has one writer at a time.
        self.thread: ThreadPoolExecutor | None = None

    # --- what the hub says; cheap ---

    def opened(self, user: int, on_map: bool = True) -> None:
        if not self.is_watched():
            self.arrived = True
        own, other = (self.sockets, self.pages) if on_map else (self.pages, self.sockets)
        own[user] += 1
        self.left.pop(user, None)
        if not other[user]:
            del other[user]
        if on_map and settings.SOCKETS_PER_USER:
            self.newcomers.setdefault(user, []).append(datetime.now(UTC))
        self.changed.set()

    def closed(self, user: int, on_map: bool = True, turns_page: bool = False) -> None:
        """*turns_page*: the browser has left the page, and the next one may be on its way."""
        own, other = (self.sockets, self.pages) if on_map else (self.pages, self.sockets)
        own[user] -= 1
        if not own[user]:
            if other[user] or not turns_page:
                del own[user]
            else:
                del other[user]
                self.left[user] = datetime.now(UTC)
            if on_map:
                self.newcomers.pop(user, None)
        self.forget_who_left()
        self.changed.set()

    def is_watched(self) -> bool:
        return bool(self.sockets or self.pages)

    def forget_who_left(self) -> None:
        """Who left a while ago, and has not come back, is not on watch any more."""
        oldest = datetime.now(UTC) - timedelta(seconds=LINGER_S)
        for user in [user for user, since in self.left.items() if since <= oldest]:
            del self.left[user], self.sockets[user], self.pages[user]
            self.changed.set()
        if not self.is_watched():
            self.message = None  # nobody looks at the others from now on

    def sent(self, item: Item) -> None:
        """A message of the log goes to the sockets."""
        self.receipts.send(item)

    def acknowledged(self, old: int, new: int) -> None:
        """A console had handled everything up to *old*, and now up to *new*."""
        if self.receipts.acknowledge(old, new):
            self.changed.set()

    # --- what goes on by itself ---

    async def step(self) -> None:
        """Wait until something changes or is due, and do it. While nobody is here, nothing is."""
        try:
            async with asyncio.timeout(LOOK_S if self.is_watched() else None):
                await self.changed.wait()
        except TimeoutError:
            pass
        self.forget_who_left()
        age_s = (datetime.now(UTC) - self.reported_at).total_seconds()
        if self.changed.is_set() or age_s >= presence.REPORT_S:
            await self.report()
        self.others = await self.in_thread(presence.read_others, self.process)
        await self.tell()
        self.refuse_newcomers()
        await asyncio.sleep(PACE_S)

    async def report(self) -> None:
        now, arrived = datetime.now(UTC), self.arrived
        shown = (self.shown + self.receipts.take())[-SHOWN_WAITING:]
        self.arrived, self.shown = False, []
        self.changed.clear()
        try:
            sockets, pages = dict(self.sockets), dict(self.pages)
            await self.in_thread(presence.report, self.process, sockets, arrived, shown, pages)
        except Exception as error:
            self.arrived = self.arrived or arrived
            self.changed.set()  # so that it is tried again
            if isinstance(error, DataError | IntegrityError | OverflowError | ValueError):
                # It would be refused every time, and nobody here would ever be on watch for the others.
                logger.warning("On how many consoles %d alerts were shown cannot be kept: %r", len(shown), error)
            else:
                self.shown = shown
            raise
        self.reported_at = now

    async def tell(self) -> None:
        if not self.is_watched():
            return
        maps = [dict(self.sockets), *(report.sockets for report in self.others)]
        pages = [dict(self.pages), *(report.pages for report in self.others)]
        people, consoles = presence.add_up(maps, pages)
        who = await self.named(presence.first_of(maps, pages))
        if not self.is_watched():  # not any more
            return
        text = as_json({"type": "presence", "people": people, "consoles": consoles, "who": who})
        if text != self.message:
            self.message = text
            self.send(text)

    async def named(self, people: dict[int, bool]) -> list[dict[str, Any]]:
        """These people by name, those with the live map open first. Names are asked for now and then only."""
        now = datetime.now(UTC)
        oldest = now - timedelta(seconds=NAMES_S)
        self.names = {user: known for user, known in self.names.items() if user in people and known[1] > oldest}
        if unknown := people.keys() - self.names.keys():
            found = await self.in_thread(presence.names_of, unknown)
            self.names |= {user: (found.get(user, ""), now) for user in unknown}
        who = [{"name": self.names[user][0], "on_map": on_map} for user, on_map in people.items()]
        return sorted(
            (each for each in who if each["name"]), key=lambda each: (not each["on_map"], folded(each["name"]))
        )

    def refuse_newcomers(self) -> None:
        """Let go of newcomers who are too many, together with what others have reported since they came."""
        for user, came in list(self.newcomers.items()):
            theirs = [report for report in self.others if user in report.sockets]
            counted = bisect_left(came, min([self.reported_at, *(report.seen_at for report in theirs)]))
            if not counted:
                continue
            self.newcomers[user] = came[counted:]
            here = self.sockets[user] - len(self.newcomers[user])
            too_many = here + sum(report.sockets[user] for report in theirs) - settings.SOCKETS_PER_USER
            if not self.newcomers[user]:
                del self.newcomers[user]
            if too_many > 0:
                self.refuse(user, min(too_many, counted))

    async def end(self) -> None:
        """Say that nobody is here any more, and end the thread."""
        if self.is_watched() or self.changed.is_set():
            for each in (self.sockets, self.pages, self.left):
                each.clear()
            try:
                async with asyncio.timeout(END_S):
                    await self.report()
            except Exception as error:
                logger.info("That nobody is on watch here any more could not be said: %r", error)
        if self.thread:
            self.thread.shutdown(wait=False, cancel_futures=True)
            self.thread = None
        atexit.unregister(self.end_with_process)

    def end_with_process(self) -> None:
        """At the end of a server that was told to end: its loop has stopped, before it could tell who has gone.

        A process that is killed says nothing, and is gone for the others after three quarters of a minute.
        """
        if not (self.is_watched() or self.changed.is_set()):
            return
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process, should the database never answer
            signal.setitimer(signal.ITIMER_REAL, END_S)
            presence.report(self.process, {})
        except Exception as error:
            logger.info("That nobody is on watch here any more could not be said: %r", error)
        finally:
            connection.close()
            signal.setitimer(signal.ITIMER_REAL, 0)

    async def in_thread(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call a function that uses the database; its connection is closed afterwards."""
        if self.thread is None:
            self.thread = ThreadPoolExecutor(1, thread_name_prefix="watch")
            atexit.register(self.end_with_process)
        return await DatabaseSyncToAsync(function, thread_sensitive=False, executor=self.thread)(*args)
