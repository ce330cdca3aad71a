"""How fast one address or account may go on opening sockets: who comes too often waits, and is not refused.

A socket costs the event loop some milliseconds, one that is refused too, and who is refused may come at once again.
"""

import time
from collections.abc import Callable, Hashable

KEPT = 10_000  # of those who have come, at the most


class Pace:
    def __init__(self, burst: int, per_s: float, clock: Callable[[], float] = time.monotonic):
        """*burst* at once, and *per_s* in the long run."""
        self.burst, self.per_s, self.clock = burst, per_s, clock
        self.free_at: dict[Hashable, float] = {}  # when the burst is whole again

    def wait_s(self, who: Hashable) -> float:
        """Count one more of *who*; how many seconds it must wait."""
        now = self.clock()
        if len(self.free_at) >= KEPT:
            self.free_at = {key: at for key, at in self.free_at.items() if at > now}
        free_at = max(self.free_at.get(who, now), now) + 1 / self.per_s
        self.free_at[who] = free_at
        return max(0.0, free_at - now - self.burst / self.per_s)
