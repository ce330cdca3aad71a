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
from datetime import UTC, datetime
from typing import Any

from channels.db import DatabaseSyncToAsync
from django.conf import settings
from django.db import DataError, IntegrityError, connection

from tracker.accounts import presence
from tracker.accounts.presence import Receipt, Report
from tracker.lib.strict_json import as_json
from tracker.live.receipts import ReadReceipts
from tracker.live.replay import Item

logger = logging.getLogger(__name__)

PACE_S = 1.0  # at most one round in this time
LOOK_S = 2.0  # how often the others are looked at
END_S = 2.0  # how long the last report may take
SHOWN_WAITING = 100_000  # alerts whose consoles are remembered while the database does not answer


class LocalPresence:
    """The sockets of this process and of the others."""

    def __init__(self, process: str, send: Callable[[str], None], refuse: Callable[[int, int], None]):
        """*send*(text) goes to every socket here. *refuse*(user, count): let go of the person's newest sockets here."""
        self.process = process
        self.send = send
        self.refuse = refuse
        self.message: str | None = None  # the newest ``presence``, for a socket that comes
        self.sockets: Counter[int] = Counter()  # by user
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

    def opened(self, user: int) -> None:
        if not self.sockets:
            self.arrived = True
        self.sockets[user] += 1
        if settings.SOCKETS_PER_USER:
            self.newcomers.setdefault(user, []).append(datetime.now(UTC))
        self.changed.set()

    def closed(self, user: int) -> None:
        self.sockets[user] -= 1
        if not self.sockets[user]:
            del self.sockets[user]
            self.newcomers.pop(user, None)
        if not self.sockets:
            self.message = None  # nobody looks at the others from now on
        self.changed.set()

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
            async with asyncio.timeout(LOOK_S if self.sockets else None):
                await self.changed.wait()
        except TimeoutError:
            pass
        age_s = (datetime.now(UTC) - self.reported_at).total_seconds()
        if self.changed.is_set() or age_s >= presence.REPORT_S:
            await self.report()
        self.others = await self.in_thread(presence.read_others, self.process)
        self.tell()
        self.refuse_newcomers()
        await asyncio.sleep(PACE_S)

    async def report(self) -> None:
        now, arrived = datetime.now(UTC), self.arrived
        shown = (self.shown + self.receipts.take())[-SHOWN_WAITING:]
        self.arrived, self.shown = False, []
        self.changed.clear()
        try:
            await self.in_thread(presence.report, self.process, dict(self.sockets), arrived, shown)
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

    def tell(self) -> None:
        if not self.sockets:
            return
        people, consoles = presence.add_up([self.sockets, *(report.sockets for report in self.others)])
        text = as_json({"type": "presence", "people": people, "consoles": consoles})
        if text != self.message:
            self.message = text
            self.send(text)

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
        if self.sockets or self.changed.is_set():
            self.sockets.clear()
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
        if not (self.sockets or self.changed.is_set()):
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
