"""What a socket that comes back has missed: from memory if it is recent, else from the log, a page at a time.

A storm of reconnects must not become a storm of queries. So the hub keeps its newest messages at hand, sockets that
want the same older page share one query, and the pages read last are kept for those who come next. Both are bounded.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine
from itertools import islice
from typing import Any, NamedTuple

PAGE = 500  # messages; page n holds the numbers from n * PAGE + 1 on
RECENT_BYTES = 8 * 1024 * 1024  # in characters, which are mostly single bytes
PAGES_KEPT = 8


class Item(NamedTuple):
    """A message on its way to the sockets. ``seq`` 0: ephemeral, not of the log."""

    seq: int
    audience: str | None
    text: str
    at: float = 0.0  # when it was recorded, as time.time(); 0: not known
    type: str = ""


class Replay:
    """The log as the sockets of one process see it."""

    def __init__(self, read: Callable[[int, int], Coroutine[Any, Any, list[Item]]]):
        """*read(after, limit)* reads the log: at most *limit* messages with higher numbers, in order."""
        self.read = read
        self.recent: deque[Item] = deque()  # without gaps, up to the hub's position
        self.recent_bytes = 0
        self.pages: OrderedDict[int, asyncio.Task[list[Item]]] = OrderedDict()

    def add(self, item: Item) -> None:
        """The next message of the log has come."""
        self.recent.append(item)
        self.recent_bytes += len(item.text)
        while self.recent_bytes > RECENT_BYTES:
            self.recent_bytes -= len(self.recent.popleft().text)

    def clear(self) -> None:
        self.recent.clear()
        self.recent_bytes = 0
        self.pages.clear()

    async def after(self, position: int) -> list[Item]:
        """Some of the messages after this number, in order and without a gap; empty if the log no longer has them."""
        if self.recent and self.recent[0].seq <= position + 1:
            start = position + 1 - self.recent[0].seq
            return list(islice(self.recent, start, start + PAGE))
        page = await self.page(position // PAGE)
        return [item for item in page if item.seq > position]

    async def page(self, number: int) -> list[Item]:
        """A page of the log, read once for all who want it now or soon."""
        task = self.pages.get(number)
        if task is None:
            task = self.pages[number] = asyncio.create_task(self.read(number * PAGE, PAGE))
            while len(self.pages) > PAGES_KEPT:
                self.pages.popitem(last=False)
        try:
            # Shielded: one socket that goes away must not end the query that others wait for.
            items = await asyncio.shield(task)
        except BaseException:
            if task.done():
                self.forget(number, task)
            raise
        if len(items) < PAGE or items[-1].seq != (number + 1) * PAGE:
            self.forget(number, task)  # not the whole page: more may follow, or its beginning was pruned
        return items

    def forget(self, number: int, task: asyncio.Task) -> None:
        if self.pages.get(number) is task:
            del self.pages[number]
