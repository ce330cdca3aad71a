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
import logging
import math
import os
import random
import secrets
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any
from weakref import WeakKeyDictionary

from tracker.events.messages import FELL_BEHIND, TOO_MANY_SOCKETS
from tracker.events.numbering import PIECE
from tracker.events.sending import subscription
from tracker.lib.request.parse import parse_pk
from tracker.live.admission import Admission
from tracker.live.envelope import items_in
from tracker.live.group import GroupMember
from tracker.live.guard import Guard
from tracker.live.metrics import REASONS, HubMetrics, Standing
from tracker.live.presence import LocalPresence
from tracker.live.queries import (
    forget_connections,
    prune_log,
    publish_leftovers,
    read_log,
    read_rights,
    read_state,
)
from tracker.live.registry import Registry
from tracker.live.replay import Item, Replay
from tracker.live.socket import Frame, Socket, ephemeral_frame, frame_of
from tracker.live.tasks import close, finish, forever
from tracker.models import LogState

logger = logging.getLogger(__name__)

SWEEP_S = 1.0  # the longest that a message waits which the group did not bring
HEARTBEAT_S = 15.0
PRUNE_S = 3600.0
FRAME_MESSAGES = 64
AT_HAND = 500  # messages that a new process reads at once: after a restart most sockets have missed only these
WAITING = 10_000  # messages that may wait to be written
BREATH = 1_000  # sockets that are written to before anything else has its turn
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

    def __init__(self) -> None:
        self.log_id = ""
        self.position = 0  # everything up to here has been taken in
        self.floor = 1
        self.registry = Registry()
        self.sockets, self.live, self.aside = self.registry.sockets, self.registry.live, self.registry.aside
        self.replay = Replay(read_log)
        self.admission = Admission(read_rights)
        self.presence = LocalPresence(PROCESS, send=self.enqueue_ephemeral, refuse=self.refuse_newest)
        self.metrics = HubMetrics(self.standing)
        self.group = GroupMember(self.receive)
        self.guard = Guard(self.sockets, self.dismiss)
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
                    self.presence.sent(message)
            subscription.begin(asyncio.get_running_loop(), self.deliver)
            steps = [self.group.listen, self.group.renew, self.sweep, self.prune, self.write, self.beat]
            steps += [self.guard.look_at_rights, self.guard.look_at_readers, self.presence.step, self.metrics.step]
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
        await self.presence.end()
        subscription.end(asyncio.get_running_loop())

    # --- in: from the group and from the log ---

    def receive(self, event: dict[str, Any]) -> None:
        """What the group has brought."""
        if audience := event.get("audience"):
            self.tell(audience, event.get("messages", []))
        else:
            self.take(items_in(event))

    async def deliver(self, event: dict[str, Any]) -> None:
        """Take what this process itself has numbered, and return when the live sockets were written to."""
        self.take(items_in(event))
        if self.outgoing:
            await self.written.wait()

    def take(self, items: list[Item]) -> None:
        """From the group: what continues the position, and what has no number. A gap wakes the sweep."""
        for item in items:
            if not item.seq:
                self.enqueue(item)
            elif item.seq == self.position + 1:
                self.advance(item)
            elif item.seq > self.position:
                self.something_to_read.set()
        if not items:  # what was numbered is not for everyone: the log says for whom
            self.something_to_read.set()

    def tell(self, audience: str, texts: list[str]) -> None:
        """Ephemeral messages for some sockets only; one that has no room for them asks again when it has."""
        for socket in list(self.registry.audiences.get(audience, ())):
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
            messages = await read_log(self.position, PIECE)
            self.metrics.catch_ups += 1
            if not messages or messages[0].seq > self.position + 1:  # removed before it was read: nobody may miss that
                self.change_log(state)
                break
            for message in messages:
                if message.seq == self.position + 1:  # the group may have brought it meanwhile
                    self.advance(message)

    async def prune(self) -> None:
        """Once an hour: remove what the log no longer keeps. Any process may; the lock lets one at a time."""
        await asyncio.sleep(PRUNE_S * random.random() * 2)
        await prune_log()

    def advance(self, message: Item) -> None:
        self.position = message.seq
        self.replay.add(message)
        self.presence.sent(message)
        self.enqueue(message)

    def enqueue(self, message: Item) -> None:
        if len(self.outgoing) >= WAITING:  # it comes faster than it can be written: from here on out of the log
            for socket in list(self.live):
                self.follow(socket)
            self.outgoing.clear()
        self.outgoing.append(message)
        self.something_to_write.set()

    def enqueue_ephemeral(self, text: str) -> None:
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
        self.metrics.wrote(items, len(sockets))

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
                    self.metrics.replayed(len(messages))
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
            if self.presence.message:
                self.give(socket, socket.write, frame_of([Item(0, None, self.presence.message)]))

    async def beat(self) -> None:
        """Tell every socket up to where it is complete; a page that hears nothing for long is not live."""
        await asyncio.sleep(HEARTBEAT_S)
        for count, socket in enumerate([*self.live, *self.aside], 1):
            if socket in self.live or socket in self.aside:
                self.give(socket, socket.say, {"type": "heartbeat", "seq": socket.position})
            if count % BREATH == 0:
                await asyncio.sleep(0)

    # --- sockets come and go ---

    async def join(self, socket: Socket, since: str | None, log: str | None) -> None:
        """Greet a socket, and have it brought from its number to the hub's position."""
        self.enter(socket)
        if not socket.receives_events:
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
            rest = socket.write(ephemeral_frame(*greetings))
        except Exception as error:  # it has gone already
            logger.info("A socket was let go: %r", error)
            self.leave(socket)
        else:
            socket.is_greeted = True
            self.follow(socket, rest)

    def standing(self) -> Standing:
        return Standing(len(self.sockets), len(self.sockets) - len(self.aside), self.position)

    def hello(self) -> dict[str, Any]:
        return {"type": "hello", "log": self.log_id, "seq": self.position, "floor": self.floor, "process": PROCESS}

    def cannot_replay(self, since: str, log: str | None) -> str:
        """Why the log cannot be replayed from this number; empty if it can."""
        if log is not None and log != self.log_id:
            return "this is another log"
        number = parse_pk(since)
        if number is None:
            return "the number cannot be read"
        if number > self.position:
            return "the number lies in the future"
        if number < self.floor - 1:
            return TOO_OLD
        return ""

    def enter(self, socket: Socket) -> None:
        self.registry.add(socket)
        self.metrics.opened += 1
        if socket.subscriber and socket.receives_events:
            self.presence.opened(socket.subscriber.user, socket.on_map)

    def refuse_newest(self, user: int, count: int) -> None:
        """This person has too many sockets over all processes: those that came last leave again."""
        for socket in self.registry.newest_of(user, count):
            self.dismiss(socket, TOO_MANY_SOCKETS)

    def acknowledge(self, socket: Socket, seq: int) -> None:
        """A client has handled everything up to this number; never more than it was sent."""
        handled = socket.handled
        socket.acknowledge(min(seq, socket.position))
        self.presence.acknowledged(handled, socket.handled)

    def leave(self, socket: Socket, why: str = "left", turns_page: bool = False) -> None:
        if socket.follower and socket.follower is not asyncio.current_task():
            socket.follower.cancel()
        if self.registry.remove(socket):
            self.metrics.closed[why] += 1
            if socket.subscriber and socket.receives_events:
                self.presence.closed(socket.subscriber.user, socket.on_map, turns_page)

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
