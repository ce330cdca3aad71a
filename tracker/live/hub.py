"""The hub: one per server process, between the channel group ``notifications`` and all sockets of the process.

It tails the log. A message from the group is the fast path, used only if it continues the hub's position; otherwise,
and at least once a second, the hub reads the log. So a message that the layer lost, a sender that died before sending,
a layer that is away, and a writer whose in-memory layer reaches nobody cost at most a second, never a notification.

A text is encoded once for all sockets. What queues up while a frame is being written goes out as the next frame, one
JSON object per line; when nothing is queued a message leaves at once.
"""

import asyncio
import json
import logging
import os
import random
import secrets
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings

from tracker import access, notifications
from tracker.access import Watcher
from tracker.models import LogState

from .messages import FELL_BEHIND, GROUP, NO_PERMISSION, SIGNED_OUT
from .replay import Item, Replay

logger = logging.getLogger(__name__)

SWEEP_S = 1.0  # the longest that a message waits which the group did not bring
HEARTBEAT_S = 15.0
ASK_AGAIN_S = 30.0  # after which time everybody's right to watch is looked at, whether or not a change was noticed
PRUNE_S = 3600.0
RENEW_S = 3600.0  # how often the hub joins its group again
FRAME_MESSAGES = 64
AT_HAND = 500  # messages that a new process reads at once: after a restart most sockets have missed only these
# A server buffers without end for a client that does not read; its acknowledgements tell it from one that is quiet.
BEHIND = 2_000  # messages not acknowledged, for BEHIND_S: it is let go, and resumes from its number
BEHIND_S = 30.0
FAR_BEHIND = 20_000  # at once
TOO_OLD = "the log no longer reaches back that far"
PROCESS = f"{os.getpid()}-{secrets.token_hex(3)}"


class Socket:
    """One authenticated socket: where to write, what it may see, and up to which number it has been served."""

    __slots__ = ("acknowledged", "audiences", "behind_since", "close", "position", "send", "watcher")

    def __init__(
        self,
        send: Callable[[str], Awaitable[None]],
        close: Callable[[int], Awaitable[None]],
        audiences: Iterable[str] = (),
        watcher: Watcher | None = None,
    ):
        self.send = send
        self.close = close
        self.audiences = frozenset(audiences)
        self.watcher = watcher
        self.position = 0
        self.acknowledged = 0  # the number that the client said it has handled
        self.behind_since: float | None = None

    def may_see(self, audience: str | None) -> bool:
        return audience is None or audience in self.audiences

    async def write(self, items: list[Item]) -> None:
        """Send those of these items that it may see and has not had; numbers only rise."""
        texts = [i.text for i in items if (not i.seq or i.seq > self.position) and self.may_see(i.audience)]
        self.position = max(self.position, *(i.seq for i in items))
        if texts:
            await self.send("\n".join(texts))


class Hub:
    """The process's one subscription to the group, and its place in the log."""

    of_loop: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()

    @classmethod
    async def running(cls) -> "Hub":
        """The hub of this event loop, started by the first socket (daphne has no lifespan events)."""
        loop = asyncio.get_running_loop()
        if loop not in cls.of_loop:
            cls.of_loop[loop] = cls()
        hub = cls.of_loop[loop]
        await hub.start()
        return hub

    def __init__(self):
        self.log_id = ""
        self.channel = ""  # of this hub in the layer
        self.position = 0  # everything up to here has been taken in
        self.floor = 1
        self.access_version = -1  # of the rights that were last looked at
        self.asked_at = 0.0
        self.sockets: set[Socket] = set()  # all that are open
        self.sockets_of: Counter[int] = Counter()  # by user
        self.live: dict[Socket, None] = {}  # those that are up to date; a set that keeps its order
        self.replay = Replay(read_log)
        self.outgoing: deque[Item] = deque()
        self.something_to_write = asyncio.Event()
        self.something_to_read = asyncio.Event()
        self.starting = asyncio.Lock()
        self.tasks: list[asyncio.Task] = []

    async def start(self) -> None:
        async with self.starting:
            if self.tasks:
                return
            state = await read_state()
            self.log_id, self.position, self.floor = state.log_id, state.last, state.floor
            for message in await read_log(max(state.floor - 1, state.last - AT_HAND), AT_HAND):
                if message.seq <= state.last:
                    self.replay.add(message)
            notifications.server_loop = asyncio.get_running_loop()
            self.tasks = [
                asyncio.create_task(forever(step), name=f"hub {step.__name__}")
                for step in (self.listen, self.renew, self.sweep, self.guard, self.prune, self.write, self.beat)
            ]

    async def stop(self) -> None:
        """End the tasks (for tests; a server process just ends)."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks = []
        if notifications.server_loop is asyncio.get_running_loop():
            notifications.server_loop = None

    # --- in: from the group and from the log ---

    async def listen(self) -> None:
        """Take events from the group until the layer fails."""
        layer = get_channel_layer()
        self.channel = await layer.new_channel()
        await layer.group_add(GROUP, self.channel)
        while True:
            event = await layer.receive(self.channel)
            self.take(event.get("messages", []))

    async def renew(self) -> None:
        """Join the group again: the core Redis layer forgets a member after a day, also one that was only quiet."""
        await asyncio.sleep(RENEW_S)
        if self.channel:
            await get_channel_layer().group_add(GROUP, self.channel)

    def take(self, texts: list[str]) -> None:
        """Texts from the group: those that continue the position, and those of the moment. A gap wakes the sweep."""
        for text in texts:
            try:
                seq = int(json.loads(text).get("seq", 0))
            except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
                logger.warning("What came through the group is no message: %.80r", text)
                continue
            if not seq:
                self.enqueue(Item(0, None, text))
            elif seq == self.position + 1:
                self.advance(Item(seq, None, text))
            elif seq > self.position:
                self.something_to_read.set()
        if not texts:  # what was numbered is not for everyone: the log says for whom
            self.something_to_read.set()

    async def sweep(self) -> None:
        """Once a second, or when woken: finish the numbering that a dead process left, and read on in the log."""
        try:
            await asyncio.wait_for(self.something_to_read.wait(), SWEEP_S)
        except TimeoutError:
            await database_sync_to_async(notifications.publish)()
        self.something_to_read.clear()
        await self.catch_up()

    async def catch_up(self) -> None:
        """Read on in the log, to its end."""
        position = self.position  # the group may bring more while the state is read
        state = await read_state()
        self.floor = state.floor
        if state.log_id != self.log_id or state.last < position:
            await self.change_log(state)
        while self.position < state.last:
            messages = await read_log(self.position, notifications.PIECE)
            if not messages or messages[0].seq > self.position + 1:  # removed before it was read: nobody may miss that
                await self.change_log(state)
                break
            for message in messages:
                if message.seq == self.position + 1:  # the group may have brought it meanwhile
                    self.advance(message)

    async def guard(self) -> None:
        """Once a second: has anybody's right to watch changed? Then, and every half minute anyway, ask about all."""
        version = await read_access_version()
        now = asyncio.get_running_loop().time()
        if version != self.access_version or now - self.asked_at > ASK_AGAIN_S:
            await self.let_go_who_may_not_watch()
            self.access_version, self.asked_at = version, now
        await asyncio.sleep(SWEEP_S)

    async def prune(self) -> None:
        """Once an hour: remove what the log no longer keeps. Any process may; the lock lets one at a time."""
        await asyncio.sleep(PRUNE_S * random.random() * 2)
        await database_sync_to_async(notifications.prune)()

    async def let_go_who_may_not_watch(self) -> None:
        watchers = {socket.watcher for socket in self.sockets if socket.watcher}
        if not watchers:
            return
        signed_out, forbidden = await ask_about(watchers)
        for socket in list(self.sockets):
            if socket.watcher in signed_out:
                await self.dismiss(socket, SIGNED_OUT)
            elif socket.watcher in forbidden:
                await self.dismiss(socket, NO_PERMISSION)

    def advance(self, message: Item) -> None:
        self.position = message.seq
        self.replay.add(message)
        self.enqueue(message)

    def enqueue(self, message: Item) -> None:
        self.outgoing.append(message)
        self.something_to_write.set()

    async def change_log(self, state: LogState) -> None:
        """The log is another one (a restored backup): everybody comes back, and is told to reload.

        4008 and not 1012, "service restart": daphne, by autobahn, can send no reserved code but 1000.
        """
        self.log_id, self.position = state.log_id, state.last
        self.outgoing.clear()
        self.replay.clear()
        for socket in list(self.live):
            await self.dismiss(socket, FELL_BEHIND)

    # --- out: to the sockets ---

    async def write(self) -> None:
        """Write what has queued up, as one frame, to every live socket."""
        await self.something_to_write.wait()
        items = [self.outgoing.popleft() for _ in range(min(len(self.outgoing), FRAME_MESSAGES))]
        if not self.outgoing:
            self.something_to_write.clear()
        if items:
            await self.broadcast(items)

    async def broadcast(self, items: list[Item]) -> None:
        frame = "\n".join(message.text for message in items)
        for_all = all(message.audience is None for message in items)
        numbered = [message.seq for message in items if message.seq]
        first, last = (numbered[0], numbered[-1]) if numbered else (None, 0)
        for socket in list(self.live):
            try:
                if for_all and (first is None or socket.position < first):
                    socket.position = max(socket.position, last)
                    await socket.send(frame)
                else:
                    await socket.write(items)
            except Exception as error:  # a socket that cannot be written to leaves; it resumes from its number
                logger.info("A socket was let go: %r", error)
                self.leave(socket)

    async def beat(self) -> None:
        """Tell every socket up to where it is complete; a page that hears nothing for long is not live."""
        await asyncio.sleep(HEARTBEAT_S)
        await self.let_go_who_does_not_read()
        for socket in list(self.live):
            try:
                await socket.send(json.dumps({"type": "heartbeat", "seq": socket.position}))
            except Exception:
                self.leave(socket)

    async def let_go_who_does_not_read(self) -> None:
        now = asyncio.get_running_loop().time()
        for socket in list(self.live):
            behind = socket.position - socket.acknowledged
            if behind <= BEHIND:
                socket.behind_since = None
            elif socket.behind_since is None and behind <= FAR_BEHIND:
                socket.behind_since = now
            elif behind > FAR_BEHIND or now - (socket.behind_since or now) >= BEHIND_S:
                await self.dismiss(socket, FELL_BEHIND)

    # --- sockets come and go ---

    async def join(self, socket: Socket, since: str | None, log: str | None) -> None:
        """Greet a socket, bring it from its number to the hub's position out of the log, and let it run along."""
        self.enter(socket)
        if since is not None and self.cannot_replay(since, log):
            await self.catch_up()  # the page asked the database for its number, and may be ahead of this hub
        hello = {"type": "hello", "log": self.log_id, "seq": self.position, "floor": self.floor, "process": PROCESS}
        socket.position = self.position
        await socket.send(json.dumps(hello))
        if since is not None:
            why = self.cannot_replay(since, log)
            if why:
                await socket.send(json.dumps({"type": "reset", "seq": socket.position, "why": why}))
            else:
                socket.position = int(since)
        socket.acknowledged = socket.position
        while socket.position < self.position:
            messages = await self.replay.after(socket.position)
            if not messages or messages[0].seq > socket.position + 1:  # removed meanwhile: never a silent hole
                socket.position = self.position
                await socket.send(json.dumps({"type": "reset", "seq": socket.position, "why": TOO_OLD}))
                continue
            await socket.write(messages)
        if self.log_id != hello["log"]:  # replaced under way: come back
            await self.dismiss(socket, FELL_BEHIND)
        if socket not in self.sockets:  # let go under way
            return
        self.live[socket] = None  # nothing was awaited since the position was compared: no message lies between

    def cannot_replay(self, since: str, log: str | None) -> str:
        """Why the log cannot be replayed from this number; empty if it can."""
        if log is not None and log != self.log_id:
            return "this is another log"
        if not since.isascii() or not since.isdigit() or len(since) > 18:
            return "the number cannot be read"
        if int(since) > self.position:
            return "the number lies in the future"
        if int(since) < self.floor - 1:
            return TOO_OLD
        return ""

    def enter(self, socket: Socket) -> None:
        self.sockets.add(socket)
        if socket.watcher:
            self.sockets_of[socket.watcher.user] += 1

    def has_room_for(self, user: int) -> bool:
        """Whether this person may have one more socket on this process."""
        limit = settings.SOCKETS_PER_USER
        return not limit or self.sockets_of[user] < limit

    def leave(self, socket: Socket) -> None:
        self.live.pop(socket, None)
        if socket in self.sockets:
            self.sockets.remove(socket)
            if socket.watcher:
                self.sockets_of[socket.watcher.user] -= 1
                self.sockets_of += Counter()  # forget who has none

    async def dismiss(self, socket: Socket, code: int) -> None:
        """Let a socket go: it receives nothing from here on, and is closed with this code."""
        self.leave(socket)
        try:
            await socket.close(code)
        except Exception as error:
            logger.info("A socket could not be closed: %r", error)


async def forever(step: Callable[[], Awaitable[None]]) -> None:
    """Repeat a step; one that fails is logged and tried again in a second."""
    while True:
        try:
            await step()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            logger.warning("The hub's %s failed and goes on in a second: %r", step.__name__, error)
            await asyncio.sleep(1)


@database_sync_to_async
def read_state() -> LogState:
    return LogState.current()


@database_sync_to_async
def read_access_version() -> int:
    return access.version()


@database_sync_to_async
def ask_about(watchers: set[Watcher]) -> tuple[set[Watcher], set[Watcher]]:
    return access.signed_out_and_forbidden(watchers)


@database_sync_to_async
def read_log(after: int, limit: int) -> list[Item]:
    return [Item(row.seq or 0, row.audience, row.text()) for row in notifications.read(after, limit)]
