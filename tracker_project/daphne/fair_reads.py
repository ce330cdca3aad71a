"""Whoever sends to this process takes turns: each turn of the event loop has a slice of time for what was sent.

The event loop goes through everything that can be read before it comes back to what else it has to do, so a hundred
connections that always have something would make an alert wait for all of them. Here they wait instead: when the slice
is used up nothing more is read until the next turn, and then first from whoever was not served for longest. Nobody
waits while there is nothing else to do, and an address gets no more by opening more connections.
"""

import asyncio
from collections import deque
from collections.abc import Hashable
from typing import Protocol

from tracker_project.daphne.bounds import SLICE_S


class Reader(Protocol):
    key: Hashable  # whose turn it is that it takes

    def read_now(self) -> None:
        """Read what there is."""


class FairReads:
    """Ask ``may_read`` before a read, and tell ``took`` after it; who may not is called when it may."""

    def __init__(self, slice_s: float = SLICE_S) -> None:
        self.slice_s = self.left_s = slice_s
        self.is_planned = False
        self.waiting: dict[Hashable, deque[Reader]] = {}  # the next first

    def may_read(self, reader: Reader) -> bool:
        """Whether it may read now; if not, its ``read_now`` is called in its turn."""
        self.plan()
        if self.left_s > 0 and not self.waiting:
            return True
        self.wait(reader)
        return False

    def wait(self, reader: Reader) -> None:
        """Have its ``read_now`` called in its turn."""
        self.plan()
        self.waiting.setdefault(reader.key, deque()).append(reader)

    def took(self, seconds: float) -> None:
        self.left_s -= seconds

    def plan(self) -> None:
        if not self.is_planned:
            self.is_planned = True
            asyncio.get_running_loop().call_soon(self.begin_turn)

    def begin_turn(self) -> None:
        """The first thing in a turn of the loop after one in which something was read."""
        self.is_planned, self.left_s = False, self.slice_s
        while self.waiting and self.left_s > 0:
            key = next(iter(self.waiting))
            line = self.waiting.pop(key)
            reader = line.popleft()
            if line:
                self.waiting[key] = line  # behind all others
            reader.read_now()
        if self.waiting:
            self.plan()
