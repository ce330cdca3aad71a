"""What the hub of a server process has of the watch, without its sockets: many of them share a loop here."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tracker.live import presence
from tracker.live.presence import LocalPresence


class Process:
    """A server process without its sockets."""

    def __init__(self, runner: asyncio.Runner, name: str):
        self.runner = runner
        self.told: list[dict] = []
        self.refused: list[tuple[int, int]] = []
        self.watch = LocalPresence(name, lambda text: self.told.append(json.loads(text)), self.refuse)

    def refuse(self, user: int, count: int) -> None:
        self.refused.append((user, count))
        for _ in range(count):
            self.watch.closed(user)

    def come(self, *users: int, on_map: bool = True) -> "Process":
        for user in users:
            self.watch.opened(user, on_map)
        return self

    def go(self, *users: int, on_map: bool = True, turns_page: bool = False) -> None:
        for user in users:
            self.watch.closed(user, on_map, turns_page)

    def round(self) -> None:
        self.runner.run(asyncio.wait_for(self.watch.step(), 30))

    def newest(self) -> tuple[int, int]:
        return self.told[-1]["people"], self.told[-1]["consoles"]

    def end(self) -> None:
        self.runner.run(self.watch.end())


@contextmanager
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Process]]:
    """Gives what makes one; its ``round`` is one step of its watch, without the rest that follows."""
    monkeypatch.setattr(presence, "PACE_S", 0)
    monkeypatch.setattr(presence, "LOOK_S", 0.01)
    begun = []
    with asyncio.Runner() as runner:

        def begin(name: str) -> Process:
            begun.append(Process(runner, name))
            return begun[-1]

        yield begin
        for each in begun:
            each.end()
