"""What one hub has done, in plain numbers: writing to sockets must cost nothing but the writing.

Once a second they are added to what the process tells Prometheus (tracker/lib/metrics/counters.py), which takes locks.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from tracker.events.messages import BAD_MESSAGE, FELL_BEHIND, NO_PERMISSION, SIGNED_OUT, TOO_MANY_SOCKETS
from tracker.lib.metrics import counters
from tracker.live.replay import Item

PACE_S = 1.0
REASONS = {
    SIGNED_OUT: "signed_out",
    NO_PERMISSION: "no_permission",
    FELL_BEHIND: "fell_behind",
    TOO_MANY_SOCKETS: "too_many_sockets",
    BAD_MESSAGE: "bad_message",
}


class Standing(NamedTuple):
    """How a hub stands at this moment."""

    sockets: int
    consoles: int  # those of them that follow the log
    position: int


class HubMetrics:
    def __init__(self, standing: Callable[[], Standing]):
        self.standing = standing
        self.opened = 0
        self.closed: Counter[str] = Counter()  # why
        self.frames = 0
        self.delivered = 0
        self.catch_ups = 0

    def wrote(self, items: list[Item], sockets: int) -> None:
        """These messages went to so many sockets, as one frame. Looked at once a frame, not once a socket."""
        if not sockets:
            return
        self.frames += sockets
        now = time.time()
        for item in items:
            if item.seq:
                self.delivered += sockets
                if item.at:
                    counters.DELIVERY_SECONDS.observe(max(0.0, now - item.at))

    def replayed(self, messages: int) -> None:
        """So many messages went to one socket that was behind: when they were recorded says nothing of us."""
        self.frames += 1
        self.delivered += messages

    async def step(self) -> None:
        """One of the hub's tasks."""
        self.add_up()
        await asyncio.sleep(PACE_S)

    def add_up(self) -> None:
        standing = self.standing()
        counters.SOCKETS.set(standing.sockets)
        counters.CONSOLES.set(standing.consoles)
        counters.hub_position().set(standing.position)
        counters.SOCKETS_OPENED.inc(self.opened)
        counters.FRAMES.inc(self.frames)
        counters.DELIVERED.inc(self.delivered)
        counters.CATCH_UPS.inc(self.catch_ups)
        self.opened = self.frames = self.delivered = self.catch_ups = 0
        for reason, count in self.closed.items():
            counters.SOCKETS_CLOSED.labels(reason).inc(count)
        self.closed.clear()
