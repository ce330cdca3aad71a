"""One authenticated socket: what it may see, up to which number it was served, and how much of that is still under way.

A server buffers without end for a client that does not read (daphne), or makes whoever sends wait for it (uvicorn). The
hub wants neither. So a socket counts the bytes that its client has not acknowledged, and takes no more than a window of
them; and a send that does not finish at once goes on without the hub.
"""

import asyncio
import types
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from operator import itemgetter
from typing import Any, NamedTuple

from tracker.accounts.access import Subscriber
from tracker.lib.strict_json import as_json
from tracker.live.replay import Item

WINDOW = 4 * 1024 * 1024  # bytes that may be unacknowledged; then the socket pauses, and goes on from the log
# Of so few bytes no server and no kernel makes trouble: who never acknowledges, but reads little, may stay.
HARMLESS = 256 * 1024
# ASGI extensions of the server:
PUSH = "tracker.push"  # what sends a text by a plain call (tracker_project/daphne/sockets.py)
PERSON = "tracker.person"  # what is told whose socket it is (tracker_project/daphne/connections.py)


class Frame(NamedTuple):
    """Messages for the wire, encoded once for every socket that they go to. The numbers are 0 if nothing has one."""

    first: int
    last: int
    message: dict[str, Any]  # as ASGI wants it
    size: int  # bytes


def frame_of(items: list[Item]) -> Frame:
    """One frame of these messages: one JSON object a line."""
    numbers = [item.seq for item in items if item.seq]
    text = "\n".join(item.text for item in items)
    size = len(text) if text.isascii() else len(text.encode())
    return Frame(
        numbers[0] if numbers else 0, numbers[-1] if numbers else 0, {"type": "websocket.send", "text": text}, size
    )


def ephemeral_frame(*messages: dict[str, Any]) -> Frame:
    """One frame of messages that are not the log's."""
    return frame_of([Item(0, None, as_json(message)) for message in messages])


class Socket:
    """Where to write, for whom, and how far it is."""

    __slots__ = (
        "audiences",
        "behind_since",
        "close",
        "follower",
        "handled",
        "is_greeted",
        "on_map",
        "position",
        "push",
        "receives_events",
        "room",
        "send",
        "sent",
        "subscriber",
        "unread",
    )

    def __init__(
        self,
        send: Callable[[dict], Coroutine[Any, Any, None]],
        close: Callable[[int], Awaitable[None]],
        audiences: Iterable[str] = (),
        subscriber: Subscriber | None = None,
        push: Callable[[str], None] | None = None,
        receives_events: bool = True,
        on_map: bool = True,
    ):
        """*send* takes an ASGI message, *close* a close code, *push* a text, if the server has such a short way.

        One that does not watch (*receives_events*) is sent nothing of the log, only what is for its audiences. One of
        another page than the live map (*on_map*) is sent the same as the map, and counted apart.
        """
        self.send = send
        self.push = push
        self.close = close
        self.audiences = frozenset(audiences)
        self.subscriber = subscriber
        self.receives_events = receives_events
        self.on_map = on_map
        self.is_greeted = False  # the first message it is sent was ``hello``
        self.position = 0  # everything up to here that it may see was sent
        self.handled = 0  # the number up to which the client said it is complete
        self.sent: list[tuple[int, int]] = []  # of what is under way: the position after it, and bytes
        self.unread = 0  # bytes under way
        self.behind_since: float | None = None
        self.room: asyncio.Event | None = None  # while somebody waits for the client to read on
        self.follower: asyncio.Task | None = None  # what brings it up to date, while it does not run along

    def may_see(self, audience: str | None) -> bool:
        return audience is None or audience in self.audiences

    def has_room(self) -> bool:
        return self.unread < WINDOW

    async def has_read_on(self) -> None:
        """Wait until less than a window is under way."""
        while not self.has_room():
            self.room = asyncio.Event()
            await self.room.wait()

    def write(self, frame: Frame) -> Coroutine[Any, Any, None] | None:
        """Send a frame; if the server makes the sender wait, return what is left to be awaited."""
        if frame.last > self.position:
            self.position = frame.last
        self.sent.append((self.position, frame.size))
        self.unread += frame.size
        if self.push:
            self.push(frame.message["text"])
            return None
        sending = self.send(frame.message)
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return None
        return resume(sending, waits_for)

    def write_those_for_it(self, items: list[Item]) -> Coroutine[Any, Any, None] | None:
        """As ``write``, of the items that it may see and has not had. Numbers only rise."""
        mine = [item for item in items if (not item.seq or item.seq > self.position) and self.may_see(item.audience)]
        last = max(item.seq for item in items)
        rest = self.write(frame_of(mine)) if mine else None
        self.position = max(self.position, last)
        return rest

    def say(self, message: dict[str, Any]) -> Coroutine[Any, Any, None] | None:
        """As ``write``, of one ephemeral message."""
        return self.write(ephemeral_frame(message))

    def acknowledge(self, seq: int) -> None:
        """The client says that it has handled everything up to this number."""
        self.handled = max(self.handled, seq)
        count = bisect_right(self.sent, seq, key=itemgetter(0))
        if count:
            self.unread -= sum(size for _, size in self.sent[:count])
            self.behind_since = None
            del self.sent[:count]
        if self.room and self.has_room():
            self.room.set()

    def has_not_read_for(self, now: float) -> float:
        """For how many seconds more than a harmless amount has been under way without any acknowledgement."""
        if self.unread <= HARMLESS:
            self.behind_since = None
            return 0.0
        if self.behind_since is None:
            self.behind_since = now
        return now - self.behind_since


@types.coroutine
def resume(coroutine: Coroutine, waits_for: Any):
    """The rest of a coroutine that was begun by hand and now waits for something; await this in a task.

    A task for every send would cost more than the send: nearly all finish at once.
    """
    while True:
        try:
            try:
                value = yield waits_for
            except BaseException as error:
                waits_for = coroutine.throw(error)
            else:
                waits_for = coroutine.send(value)
        except StopIteration as end:
            return end.value
