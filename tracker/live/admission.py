"""Who may come in. Handshakes that arrive while others are being looked up are answered together, by the same queries.

After a restart everybody comes back at once. One look-up each (session, user, permissions) would keep the last of five
thousand waiting for most of a minute; together they cost a few dozen queries.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from django.db import InterfaceError, OperationalError

from tracker.accounts.access import Rights

TOGETHER = 64  # sessions that are looked up at once: while the next are, these are let in
GATHER_S = 0.005  # in a rush, wait for more of them as long as one more comes in this time

# The database itself: whoever is asked about, the answer is the same.
AWAY = (OperationalError, InterfaceError, ConnectionError, TimeoutError)

Answers = dict[str, Rights]
Asked = dict[str, list[asyncio.Future[Rights | None]]]


class Admission:
    """Answers ``ask`` by look-ups of many sessions at once, one look-up at a time."""

    def __init__(self, look_up: Callable[[list[str]], Awaitable[Answers]]):
        self.look_up = look_up
        self.waiting: Asked = {}
        self.working: asyncio.Task | None = None

    async def ask(self, session: str) -> Rights | None:
        """Whose session this is, and whether that person may watch; None if nobody is signed in by it.

        Raises what the look-up of this session raised.
        """
        answer = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(session, []).append(answer)
        if self.working is None:
            self.working = asyncio.create_task(self.work())
        return await answer

    async def work(self) -> None:
        try:
            while self.waiting:
                sessions = list(self.waiting)[:TOGETHER]
                await self.answer({session: self.waiting.pop(session) for session in sessions})
                if self.waiting:
                    await self.gather()
        finally:
            self.working = None

    async def answer(self, asked: Asked) -> None:
        """Look these up. If that fails, each half by itself, and so on: one that cannot be looked up fails alone."""
        try:
            answers = await self.look_up(list(asked))
        except Exception as error:
            if len(asked) > 1 and not isinstance(error, AWAY):
                sessions = list(asked)
                for half in (sessions[: len(asked) // 2], sessions[len(asked) // 2 :]):
                    await self.answer({session: asked[session] for session in half})
                return
            for future in self.unanswered(asked.values()):
                future.set_exception(error)
        else:
            for session, futures in asked.items():
                for future in self.unanswered([futures]):
                    future.set_result(answers.get(session))

    async def gather(self) -> None:
        """Wait as long as more of them come. It is a turn of a busy loop that counts, not the time."""
        count = 0
        while count < len(self.waiting) < TOGETHER:
            count = len(self.waiting)
            await asyncio.sleep(GATHER_S)

    @staticmethod
    def unanswered(asked: Iterable[list[asyncio.Future]]) -> list[asyncio.Future]:
        """Those whose client is still there."""
        return [future for futures in asked for future in futures if not future.done()]
