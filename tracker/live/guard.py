"""Who has to leave: those who may no longer watch, and those who do not read what they are sent."""

import asyncio
from collections.abc import Callable, Iterable

from tracker.accounts.access import Subscriber
from tracker.events.messages import FELL_BEHIND, NO_PERMISSION, SIGNED_OUT
from tracker.live.queries import ask_about, read_access_version
from tracker.live.socket import Socket

LOOK_AT_RIGHTS_S = 1.0
ASK_AGAIN_S = 30.0  # after which time everybody's right to watch is looked at, whether or not a change was noticed
TOGETHER = 200  # people whose rights are asked for at once
LOOK_AT_READERS_S = 5.0
PATIENCE_S = 30.0  # how long a client may leave more than a harmless amount unacknowledged


class Guard:
    """Two of the hub's steps, for the hub's sockets."""

    def __init__(self, sockets: Iterable[Socket], dismiss: Callable[[Socket, int], None]):
        self.sockets, self.dismiss = sockets, dismiss
        self.access_version = -1  # of the rights that were last looked at
        self.asked_at = 0.0

    async def look_at_rights(self) -> None:
        """Once a second: has anybody's right to watch changed? Then, and every half minute anyway, ask about all."""
        version = await read_access_version()
        now = asyncio.get_running_loop().time()
        if version != self.access_version or now - self.asked_at > ASK_AGAIN_S:
            await self.let_go_who_may_not_watch()
            self.access_version, self.asked_at = version, now
        await asyncio.sleep(LOOK_AT_RIGHTS_S)

    async def let_go_who_may_not_watch(self) -> None:
        subscribers = list({socket.subscriber for socket in self.sockets if socket.subscriber})
        signed_out: set[Subscriber] = set()
        forbidden: set[Subscriber] = set()
        for start in range(0, len(subscribers), TOGETHER):
            answer = await ask_about(set(subscribers[start : start + TOGETHER]))
            signed_out |= answer[0]
            forbidden |= answer[1]
        for socket in [s for s in self.sockets if s.subscriber in signed_out or s.subscriber in forbidden]:
            self.dismiss(socket, SIGNED_OUT if socket.subscriber in signed_out else NO_PERMISSION)

    async def look_at_readers(self) -> None:
        """Let go who does not read. It comes back with its number, if it is still there."""
        await asyncio.sleep(LOOK_AT_READERS_S)
        now = asyncio.get_running_loop().time()
        for socket in list(self.sockets):
            if socket.has_not_read_for(now) >= PATIENCE_S:
                self.dismiss(socket, FELL_BEHIND)
