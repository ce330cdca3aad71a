"""How many requests are worked on at once, and whose is next.

Each is worked on in a thread, and threads take the processor, and a database, from each other and from the event loop
that sends the alerts. So there are only so many turns; who waits for one waits in the line of their address or account,
and the lines are served in turn. Strangers have turns of their own: however many come, who is signed in never waits for
them, nor an alert for more than those few. While somebody who is signed in is served, one stranger at a time is.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

STRANGERS = 2  # requests of strangers that are worked on at once
STRANGER = 1  # of one address
PEOPLE = 24  # requests of those who are signed in
PERSON = 8  # of one account
IN_LINE = 100  # that may wait in one line


class LineIsFull(Exception):
    """So many wait already that one more would only wait in vain."""


class Turns:
    def __init__(self, at_once: int, each: int, yields_to: "Turns | None" = None):
        """*at_once* turns at the same time, of which one line has *each* at most.

        While any turn of *yields_to* is taken, no more begin here than one at a time.
        """
        self.at_once, self.each = at_once, each
        self.yields_to = yields_to
        self.yielding: list[Turns] = []
        if yields_to:
            yields_to.yielding.append(self)
        self.taken: Counter[Hashable] = Counter()
        self.lines: dict[Hashable, deque[asyncio.Future[None]]] = {}  # the next to be served first

    @asynccontextmanager
    async def turn(self, line: Hashable) -> AsyncIterator[None]:
        """Lasts from when it is the turn of one who waits in this line. Raises LineIsFull."""
        await self.wait(line)
        try:
            yield
        finally:
            self.give_back(line)

    async def wait(self, line: Hashable) -> None:
        if not self.lines and self.is_free(line):
            self.taken[line] += 1
            return
        waiting = self.lines.setdefault(line, deque())
        if len(waiting) >= IN_LINE:
            raise LineIsFull
        called = asyncio.get_running_loop().create_future()
        waiting.append(called)
        self.serve()
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():  # it was called in the same moment
                self.give_back(line)
            elif called in waiting:
                waiting.remove(called)
                if not waiting:
                    self.lines.pop(line, None)
            raise

    def is_free(self, line: Hashable) -> bool:
        return self.has_room() and self.taken[line] < self.each

    def has_room(self) -> bool:
        at_once = 1 if self.yields_to and self.yields_to.taken else self.at_once
        return self.taken.total() < at_once

    def give_back(self, line: Hashable) -> None:
        self.taken[line] -= 1
        if not self.taken[line]:
            del self.taken[line]
        self.serve()
        if not self.taken:
            for others in self.yielding:
                others.serve()

    def serve(self) -> None:
        """Call those who may begin."""
        for line in list(self.lines):
            if not self.has_room():
                return
            if self.taken[line] < self.each:
                waiting = self.lines.pop(line)
                waiting.popleft().set_result(None)
                self.taken[line] += 1
                if waiting:
                    self.lines[line] = waiting  # behind all others
