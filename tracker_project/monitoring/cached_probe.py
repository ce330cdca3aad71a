"""A question to something that may hang, asked from an event loop that must not.

It is asked in a thread of its own, once for all who want to know at the same time, and its answer is good for a moment:
so whoever asks often, or all together, costs no more than one. A thread that never comes back keeps neither the one who
asks nor the end of the process.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connection

T = TypeVar("T")

GIVEN_UP_S = 20.0  # after which a thread that hangs is left to itself, and another one asks


class CachedProbe(Generic[T]):
    """``await inquiry.answer()`` is what *ask*, which uses the database, returned."""

    def __init__(self, ask: Callable[[], T], fresh_s: float = 1.0, patience_s: float = 1.5):
        self.ask = ask
        self.fresh_s = fresh_s
        self.patience_s = patience_s
        self.asked_at = 0.0
        self.pending: asyncio.Future[T] | None = None
        self.answered_at = 0.0

    async def answer(self) -> T:
        """Raises what *ask* raised, and TimeoutError if it takes longer than the patience lasts."""
        loop, now = asyncio.get_running_loop(), time.monotonic()
        pending = self.pending
        if pending is None or pending.get_loop() is not loop or self.is_old(pending, now):
            pending = self.pending = loop.create_future()
            pending.add_done_callback(lambda done: done.cancelled() or done.exception())  # read, also if nobody waits
            self.asked_at = now
            threading.Thread(target=self.work, args=(loop, pending), name="inquiry", daemon=True).start()
        async with asyncio.timeout(max(0.0, self.asked_at + self.patience_s - now)):
            return await asyncio.shield(pending)

    def is_old(self, pending: asyncio.Future, now: float) -> bool:
        return now - self.asked_at > (self.fresh_s if pending.done() else GIVEN_UP_S)

    def work(self, loop: asyncio.AbstractEventLoop, pending: "asyncio.Future[T]") -> None:
        give: Callable[[], object]
        try:
            answer = self.ask()
        except Exception as error:
            failure = error
            give = lambda: pending.set_exception(failure)  # noqa: E731
        else:
            give = lambda: pending.set_result(answer)  # noqa: E731
        finally:
            connection.close()
        with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits
            loop.call_soon_threadsafe(give)
