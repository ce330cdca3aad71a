"""The hub: one per server process, between the channel group ``notifications`` and all sockets of the process.

It tails the log. A message from the group is the fast path, used only if it continues the hub's position; otherwise,
and at least once a second, the hub reads the log. So a message that the layer lost, a sender that died before sending,
a layer that is away, and a writer whose in-memory layer reaches nobody cost at most a second, never a notification.

A text is encoded once for all sockets. What queues up while a frame is being written goes out as the next frame, one
JSON object per line; when nothing is queued a message leaves at once.

A socket is either *live*, and is written to as messages come, or has a *follower*, a task that brings it from its
number to the hub's position out of the log: one that has just come, one whose server makes us wait, one whose client
has a window of bytes still to acknowledge. So nobody's slowness is anybody else's, and what a socket holds is bounded.
"""

import asyncio
import json
import logging
import math
import os
import random
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context
from typing import Any
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.conf import settings

from tracker.accounts.access import Watcher
from tracker.events import log as notifications
from tracker.events.messages import FELL_BEHIND, GROUP, NO_PERMISSION, SIGNED_OUT, TOO_MANY_SOCKETS
from tracker.lib.metrics.counters import HUB_FAILURES
from tracker.lib.request.parse import row_number
from tracker.live.admission import Admission
from tracker.live.metrics import REASONS, Tally
from tracker.live.presence import Watch
from tracker.live.queries import (
    ask_about,
    forget_connections,
    prune_log,
    publish_leftovers,
    read_access_version,
    read_log,
    read_rights,
    read_state,
)
from tracker.live.replay import Item, Replay
from tracker.live.socket import Frame, Socket, frame_of, frame_of_the_moment
from tracker.models import LogState

logger = logging.getLogger(__name__)

SWEEP_S = 1.0  # the longest that a message waits which the group did not bring
HEARTBEAT_S = 15.0
ASK_AGAIN_S = 30.0  # after which time everybody's right to watch is looked at, whether or not a change was noticed
PRUNE_S = 3600.0
RENEW_S = 3600.0  # how often the hub joins its group again
FRAME_MESSAGES = 64
AT_HAND = 500  # messages that a new process reads at once: after a restart most sockets have missed only these
PATIENCE_S = 30.0  # how long a client may leave more than a harmless amount unacknowledged
LOOK_S = 5.0  # how often the hub looks for those
WAITING = 10_000  # messages that may wait to be written
BREATH = 1_000  # sockets that are written to before anything else has its turn
TOGETHER = 200  # people whose rights are asked for at once
CLOSE_S = 10.0  # how long a server may take to close a socket
TOO_OLD = "the log no longer reaches back that far"
PROCESS = f"{os.getpid()}-{secrets.token_hex(3)}"


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
        self.sockets: dict[Socket, None] = {}  # all that are open, in the order in which they came; a set that keeps it
        self.live: dict[Socket, None] = {}  # those of them that run along
        self.aside: dict[Socket, None] = {}  # those that want nothing of the log
        self.audiences: dict[str, set[Socket]] = {}  # who belongs to which
        self.replay = Replay(read_log)
        self.admission = Admission(read_rights)
        self.watch = Watch(PROCESS, send=self.enqueue_of_the_moment, refuse=self.refuse_newest)
        self.tally = Tally(self)
        self.outgoing: deque[Item] = deque()
        self.something_to_write = asyncio.Event()
        self.something_to_read = asyncio.Event()
        self.written = asyncio.Event()  # of what waits now; what comes later has the next one
        self.starting = asyncio.Lock()
        self.tasks: list[asyncio.Task] = []
        self.background: set[asyncio.Task] = set()  # what has an end of its own: followers, closes

    async def start(self) -> None:
        async with self.starting:
            if self.tasks:
                return
            state = await read_state()
            self.log_id, self.position, self.floor = state.log_id, state.last, state.floor
            for message in await read_log(max(state.floor - 1, state.last - AT_HAND), AT_HAND):
                if message.seq <= state.last:
                    self.replay.add(message)
                    self.watch.sent(message.seq, message.text)
            notifications.server = notifications.Server(asyncio.get_running_loop(), self.deliver)
            steps = [self.listen, self.renew, self.sweep, self.guard, self.prune, self.write, self.beat, self.look]
            steps += [self.watch.step, self.tally.step]
            # In a context of their own: they are not the first socket's (tracker/lib/request/log_context.py).
            self.tasks = [asyncio.create_task(forever(step), context=Context()) for step in steps]

    async def stop(self) -> None:
        """End the tasks (for tests; a server process just ends)."""
        for socket in list(self.sockets):
            self.leave(socket)
        for task in [*self.tasks, *self.background]:
            task.cancel()
        await asyncio.gather(*self.tasks, *self.background, return_exceptions=True)
        self.tasks = []
        await self.watch.end()
        if notifications.server and notifications.server.loop is asyncio.get_running_loop():
            notifications.server = None

    # --- in: from the group and from the log ---

    async def listen(self) -> None:
        """Take events from the group until the layer fails; then again on the same channel, which is filled still."""
        layer = get_channel_layer()
        self.channel = self.channel or await layer.new_channel()
        await layer.group_add(GROUP, self.channel)
        while True:
            event = await layer.receive(self.channel)
            if audience := event.get("audience"):
                self.tell(audience, event.get("messages", []))
            else:
                self.take(event.get("messages", []), event.get("at", 0.0))

    async def deliver(self, texts: list[str], at: float = 0.0) -> None:
        """Take what this process itself has numbered, and return when the live sockets were written to."""
        self.take(texts, at)
        if self.outgoing:
            await self.written.wait()

    async def renew(self) -> None:
        """Join the group again: the core Redis layer forgets a member after a day, also one that was only quiet."""
        await asyncio.sleep(RENEW_S)
        if self.channel:
            await get_channel_layer().group_add(GROUP, self.channel)

    def take(self, texts: list[str], at: float = 0.0) -> None:
        """Texts from the group: those that continue the position, and those of the moment. A gap wakes the sweep."""
        for text in texts:
            try:
                seq = int(json.loads(text).get("seq", 0))
            except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
                logger.warning("What came through the group is no message: %.80r", text)
                continue
            if not seq:
                self.enqueue_of_the_moment(text)
            elif seq == self.position + 1:
                self.advance(Item(seq, None, text, at))
            elif seq > self.position:
                self.something_to_read.set()
        if not texts:  # what was numbered is not for everyone: the log says for whom
            self.something_to_read.set()

    def tell(self, audience: str, texts: list[str]) -> None:
        """Messages of the moment for some sockets only; one that has no room for them asks again when it has."""
        for socket in list(self.audiences.get(audience, ())):
            if socket.is_greeted and socket.has_room():
                self.give(socket, socket.write, frame_of([Item(0, audience, text) for text in texts]))

    async def sweep(self) -> None:
        """Once a second, or when woken: finish the numbering that a dead process left, and read on in the log."""
        try:
            await asyncio.wait_for(self.something_to_read.wait(), SWEEP_S)
        except TimeoutError:
            await publish_leftovers()
        self.something_to_read.clear()
        await self.catch_up()

    async def catch_up(self) -> None:
        """Read on in the log, to its end."""
        position = self.position  # the group may bring more while the state is read
        state = await read_state()
        self.floor = state.floor
        if state.log_id != self.log_id or state.last < position:
            self.change_log(state)
        while self.position < state.last:
            messages = await read_log(self.position, notifications.PIECE)
            self.tally.catch_ups += 1
            if not messages or messages[0].seq > self.position + 1:  # removed before it was read: nobody may miss that
                self.change_log(state)
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
        await prune_log()

    async def let_go_who_may_not_watch(self) -> None:
        watchers = list({socket.watcher for socket in self.sockets if socket.watcher})
        signed_out: set[Watcher] = set()
        forbidden: set[Watcher] = set()
        for start in range(0, len(watchers), TOGETHER):
            answer = await ask_about(set(watchers[start : start + TOGETHER]))
            signed_out |= answer[0]
            forbidden |= answer[1]
        for socket in [s for s in self.sockets if s.watcher in signed_out or s.watcher in forbidden]:
            self.dismiss(socket, SIGNED_OUT if socket.watcher in signed_out else NO_PERMISSION)

    def advance(self, message: Item) -> None:
        self.position = message.seq
        self.replay.add(message)
        self.watch.sent(message.seq, message.text)
        self.enqueue(message)

    def enqueue(self, message: Item) -> None:
        if len(self.outgoing) >= WAITING:  # it comes faster than it can be written: from here on out of the log
            for socket in list(self.live):
                self.follow(socket)
            self.outgoing.clear()
        self.outgoing.append(message)
        self.something_to_write.set()

    def enqueue_of_the_moment(self, text: str) -> None:
        self.enqueue(Item(0, None, text))

    def change_log(self, state: LogState) -> None:
        """The log is another one (a restored backup): everybody comes back, and is told to reload.

        4008 and not 1012, "service restart": daphne, by autobahn, can send no reserved code but 1000.
        """
        self.log_id, self.position = state.log_id, state.last
        self.spawn(forget_connections())
        self.outgoing.clear()
        self.replay.clear()
        for socket in list(self.sockets):
            self.dismiss(socket, FELL_BEHIND, "new_log")

    # --- out: to the sockets ---

    async def write(self) -> None:
        """Write what has queued up, as one frame, to every live socket."""
        await self.something_to_write.wait()
        items = [self.outgoing.popleft() for _ in range(min(len(self.outgoing), FRAME_MESSAGES))]
        if not self.outgoing:
            self.something_to_write.clear()
        if items:
            written, self.written = self.written, asyncio.Event()
            try:
                await self.broadcast(items)
            finally:
                written.set()

    async def broadcast(self, items: list[Item]) -> None:
        """Give these to every live socket, a few at a time, so that the server can send off what it has."""
        frame = frame_of(items)
        for_all = all(item.audience is None for item in items)
        first = frame.first or math.inf
        sockets = list(self.live)
        for count, socket in enumerate(sockets, 1):
            if socket in self.live:
                if not socket.has_room():
                    self.follow(socket)
                elif for_all and socket.position < first:
                    self.give(socket, socket.write, frame)
                else:
                    self.give(socket, socket.write_those_for_it, items)
            if count % BREATH == 0:
                await asyncio.sleep(0)
        self.tally.wrote(items, len(sockets))

    def give(self, socket: Socket, write: Callable[[Any], Coroutine | None], what: Frame | list[Item] | dict) -> None:
        """Write to a socket without waiting for it."""
        try:
            rest = write(what)
        except Exception as error:  # a socket that cannot be written to leaves; it resumes from its number
            logger.info("A socket was let go: %r", error)
            self.leave(socket)
        else:
            if rest is not None:
                self.follow(socket, rest)

    def follow(self, socket: Socket, rest: Coroutine | None = None) -> None:
        """Take a socket out of the live ones until it is up to date, after what is left of a send."""
        if socket in self.aside or socket.follower:  # which has none, or has one already
            if rest is not None:
                self.spawn(finish(rest))
            return
        self.live.pop(socket, None)
        socket.follower = self.spawn(self.bring_up_to_date(socket, rest))

    async def bring_up_to_date(self, socket: Socket, rest: Coroutine | None) -> None:
        """Send what the log has after the socket's number, as fast as the client reads, and let it run along."""
        try:
            if rest is not None:
                await rest
            while True:
                await socket.has_read_on()
                if socket.position >= self.position:
                    break
                messages = await self.replay.after(socket.position)
                if messages and messages[0].seq == socket.position + 1:
                    rest = socket.write_those_for_it(messages)
                    self.tally.replayed(len(messages))
                else:  # removed meanwhile: never a silent hole
                    socket.position = self.position
                    rest = socket.say({"type": "reset", "seq": socket.position, "why": TOO_OLD})
                if rest is not None:
                    await rest
                await asyncio.sleep(0)
        except Exception as error:
            logger.info("A socket was let go: %r", error)
            self.leave(socket)
        else:
            socket.follower = None
            if socket not in self.sockets:
                return
            self.live[socket] = None  # nothing was awaited since the position was compared: no message lies between
            if self.watch.message:
                self.give(socket, socket.write, frame_of([Item(0, None, self.watch.message)]))

    async def beat(self) -> None:
        """Tell every socket up to where it is complete; a page that hears nothing for long is not live."""
        await asyncio.sleep(HEARTBEAT_S)
        for count, socket in enumerate([*self.live, *self.aside], 1):
            if socket in self.live or socket in self.aside:
                self.give(socket, socket.say, {"type": "heartbeat", "seq": socket.position})
            if count % BREATH == 0:
                await asyncio.sleep(0)

    async def look(self) -> None:
        """Let go who does not read. It comes back with its number, if it is still there."""
        await asyncio.sleep(LOOK_S)
        now = asyncio.get_running_loop().time()
        for socket in list(self.sockets):
            if socket.has_not_read_for(now) >= PATIENCE_S:
                self.dismiss(socket, FELL_BEHIND)

    # --- sockets come and go ---

    async def join(self, socket: Socket, since: str | None, log: str | None) -> None:
        """Greet a socket, and have it brought from its number to the hub's position."""
        self.enter(socket)
        if not socket.watches:
            self.aside[socket] = None
            self.give(socket, socket.say, self.hello())
            socket.is_greeted = True
            return
        if since is not None and self.cannot_replay(since, log):
            await self.catch_up()  # the page asked the database for its number, and may be ahead of this hub
        if socket not in self.sockets:  # let go meanwhile
            return
        greetings = [self.hello()]
        why = self.cannot_replay(since, log) if since is not None else ""
        if why:
            greetings.append({"type": "reset", "seq": self.position, "why": why})
        socket.position = socket.handled = self.position if since is None or why else int(since)
        try:
            rest = socket.write(frame_of_the_moment(*greetings))
        except Exception as error:  # it has gone already
            logger.info("A socket was let go: %r", error)
            self.leave(socket)
        else:
            socket.is_greeted = True
            self.follow(socket, rest)

    def hello(self) -> dict[str, Any]:
        return {"type": "hello", "log": self.log_id, "seq": self.position, "floor": self.floor, "process": PROCESS}

    def cannot_replay(self, since: str, log: str | None) -> str:
        """Why the log cannot be replayed from this number; empty if it can."""
        if log is not None and log != self.log_id:
            return "this is another log"
        number = row_number(since)
        if number is None:
            return "the number cannot be read"
        if number > self.position:
            return "the number lies in the future"
        if number < self.floor - 1:
            return TOO_OLD
        return ""

    def enter(self, socket: Socket) -> None:
        self.sockets[socket] = None
        self.tally.opened += 1
        for audience in socket.audiences:
            self.audiences.setdefault(audience, set()).add(socket)
        if socket.watcher and socket.watches:
            self.watch.opened(socket.watcher.user)

    def has_room_for(self, user: int, watches: bool) -> bool:
        """Whether this person may have one more socket on this process; ``watch`` counts those on the others.

        Pages of jobs are counted by themselves: they must not keep anybody from the map.
        """
        limit = settings.SOCKETS_PER_USER
        theirs = self.audiences.get(audience_of(user), ())
        return not limit or sum(socket.watches == watches for socket in theirs) < limit

    def refuse_newest(self, user: int, count: int) -> None:
        """This person has too many sockets over all processes: those that came last leave again."""
        theirs = [s for s in self.sockets if s.watches and s.watcher and s.watcher.user == user]
        for socket in theirs[-count:]:
            self.dismiss(socket, TOO_MANY_SOCKETS)

    def acknowledge(self, socket: Socket, seq: int) -> None:
        """A client has handled everything up to this number; never more than it was sent."""
        handled = socket.handled
        socket.acknowledge(min(seq, socket.position))
        self.watch.acknowledged(handled, socket.handled)

    def leave(self, socket: Socket, why: str = "left") -> None:
        self.live.pop(socket, None)
        if socket.follower and socket.follower is not asyncio.current_task():
            socket.follower.cancel()
        if socket in self.sockets:
            del self.sockets[socket]
            self.tally.closed[why] += 1
            self.aside.pop(socket, None)
            for audience in socket.audiences:
                self.audiences[audience].discard(socket)
                if not self.audiences[audience]:
                    del self.audiences[audience]
            if socket.watcher and socket.watches:
                self.watch.closed(socket.watcher.user)

    def dismiss(self, socket: Socket, code: int, why: str = "") -> None:
        """Let a socket go: it receives nothing from here on, and is closed with this code."""
        self.leave(socket, why or REASONS[code])
        self.spawn(close(socket, code))

    def spawn(self, work: Coroutine) -> asyncio.Task:
        """Run something beside the hub's own steps."""
        task = asyncio.create_task(work)
        self.background.add(task)
        task.add_done_callback(self.background.discard)
        return task


def audience_of(user: int) -> str:
    """What is for this person only goes to this audience."""
    return f"user:{user}"


async def finish(rest: Coroutine) -> None:
    """What is left of a send, for a socket that nothing else waits for."""
    try:
        await rest
    except Exception as error:
        logger.info("A message could not be sent: %r", error)


async def close(socket: Socket, code: int) -> None:
    try:
        async with asyncio.timeout(CLOSE_S):
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
            HUB_FAILURES.labels(step.__name__).inc()
            logger.warning("The hub's %s failed and goes on in a second: %r", step.__name__, error)
            await asyncio.sleep(1)
