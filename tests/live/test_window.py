"""What a socket may hold: a window of unacknowledged bytes. Then it pauses, and nobody waits for it.

The sockets are real ``Socket``s in a loop of the test's; what a real server does with them is in tests/faults.
"""

import asyncio
import json

import pytest

from tests.live.test_hub import Wire, live, numbered
from tracker.accounts.access import Rights
from tracker.events.messages import FELL_BEHIND
from tracker.live import guard, tasks
from tracker.live import hub as hub_module
from tracker.live import socket as socket_module
from tracker.live.consumers import NotificationConsumer
from tracker.live.hub import Hub
from tracker.live.replay import Item
from tracker.live.socket import Socket, frame_of

pytestmark = pytest.mark.asyncio

MOMENT = json.dumps({"type": "pong", "t": None})


class SlowWire(Wire):
    """A server that makes the sender wait, as uvicorn does, until ``flow`` is set."""

    def __init__(self):
        super().__init__()
        self.flow = asyncio.Event()

    async def take(self, message: dict) -> None:
        await self.flow.wait()
        await super().take(message)


@pytest.fixture
def hub(monkeypatch) -> Hub:
    """A hub whose log has the numbers up to 40."""

    async def read_log(after: int, limit: int) -> list[Item]:
        return numbered(*range(after + 1, 41))[:limit]

    monkeypatch.setattr(hub_module, "read_log", read_log)
    hub = Hub()
    hub.replay.read = read_log
    hub.log_id = "a" * 32
    hub.position = 10
    return hub


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def until(condition) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.002)


def say(hub: Hub, *seqs: int) -> list[Item]:
    """The messages with these numbers, taken in by the hub."""
    items = numbered(*seqs)
    for item in items:
        hub.advance(item)
    return items


class TestAServerThatMakesUsWait:
    async def test_holds_up_nobody_else_and_goes_on_from_the_log(self, hub):
        slow, well = SlowWire(), live(hub, Wire())
        live(hub, slow)
        for seq in (11, 12, 13):
            say(hub, seq)
            async with asyncio.timeout(1):
                await hub.write()
        assert well.seqs == [11, 12, 13]
        assert (slow.frames, list(hub.live)) == ([], [well.socket])
        slow.flow.set()
        await until(lambda: slow.socket in hub.live)
        assert slow.seqs == [11, 12, 13]
        say(hub, 14)
        await hub.write()
        assert slow.seqs == [11, 12, 13, 14]

    async def test_a_socket_that_goes_meanwhile_ends_what_was_under_way(self, hub):
        slow = live(hub, SlowWire())
        await hub.broadcast(say(hub, 11))
        follower = slow.socket.follower
        assert follower is not None
        hub.leave(slow.socket)
        await settle()
        assert follower.cancelled()
        assert (slow.frames, hub.background) == ([], set())

    async def test_an_error_after_the_wait_lets_the_socket_go(self, hub):
        slow = live(hub, SlowWire())
        slow.broken = True
        await hub.broadcast(say(hub, 11))
        slow.flow.set()
        await settle()
        assert slow.socket not in hub.sockets

    async def test_a_close_that_hangs_holds_up_nobody(self, hub, monkeypatch):
        monkeypatch.setattr(tasks, "CLOSE_S", 0.02)
        hanging = live(hub, Wire())

        async def never(code: int) -> None:
            await asyncio.Event().wait()

        hanging.socket.close = never
        hub.dismiss(hanging.socket, FELL_BEHIND)
        assert not hub.sockets
        await until(lambda: not hub.background)


class TestAClientThatDoesNotAcknowledge:
    @pytest.fixture(autouse=True)
    def small(self, monkeypatch):
        monkeypatch.setattr(socket_module, "WINDOW", 200)
        monkeypatch.setattr(socket_module, "HARMLESS", 100)

    async def test_pauses_after_a_window_and_goes_on_when_it_does(self, hub):
        paused, well = live(hub, Wire()), live(hub, Wire())
        for seq in range(11, 31):
            await hub.broadcast(say(hub, seq))
            hub.acknowledge(well.socket, seq)
        assert well.seqs == list(range(11, 31))
        held = len(paused.frames)
        assert held == paused.seqs[-1] - 10 < 10
        assert paused.socket not in hub.live
        for _ in range(30):
            hub.acknowledge(paused.socket, paused.seqs[-1])
            await settle()
            if paused.socket in hub.live:
                break
        assert paused.seqs == list(range(11, 31)), "nothing lost, nothing twice"

    async def test_does_not_count_what_it_was_not_sent(self, hub):
        """Acknowledging the future must not open the window."""
        liar = live(hub, Wire())
        await hub.broadcast(say(hub, 11))
        hub.acknowledge(liar.socket, 10**12)
        assert liar.socket.handled == 11
        await hub.broadcast(say(hub, 12))
        assert liar.socket.unread == frame_of(numbered(12)).size

    async def test_is_let_go_in_the_end(self, hub, monkeypatch):
        monkeypatch.setattr(guard, "LOOK_AT_READERS_S", 0.01)
        monkeypatch.setattr(guard, "PATIENCE_S", 0.1)
        deaf, quiet, well = live(hub, Wire()), live(hub, Wire(), 30), live(hub, Wire())
        for seq in range(11, 31):
            await hub.broadcast(say(hub, seq))
            hub.acknowledge(well.socket, seq)
        task = asyncio.ensure_future(tasks.forever(hub.guard.look_at_readers))
        await until(lambda: deaf.closed)
        task.cancel()
        assert (deaf.closed, quiet.closed, well.closed) == (FELL_BEHIND, None, None)
        assert list(hub.sockets) == [quiet.socket, well.socket]

    async def test_progress_is_enough(self):
        wire = Wire()
        for seq in range(1, 9):
            wire.socket.write(frame_of(numbered(seq)))
        assert wire.socket.has_not_read_for(now=100) == 0
        assert wire.socket.has_not_read_for(now=129) == 29
        wire.socket.acknowledge(1)
        assert wire.socket.has_not_read_for(now=140) == 0
        assert wire.socket.has_not_read_for(now=150) == 10

    async def test_messages_of_the_moment_count(self):
        """Else one that never reads and asks and asks would fill the server's memory with answers."""
        wire = Wire()
        while wire.socket.has_room():
            wire.socket.say({"type": "pong", "t": "x" * 50})
        assert len(wire.frames) < 5
        wire.socket.acknowledge(0)
        assert wire.socket.unread == 0


async def test_what_comes_faster_than_it_can_be_written_is_read_from_the_log(hub, monkeypatch):
    """The hub's own queue has an end, and nobody misses anything by it."""
    monkeypatch.setattr(hub_module, "WAITING", 10)
    first, second = live(hub, Wire()), live(hub, Wire(), 12)
    say(hub, *range(11, 41))
    assert len(hub.outgoing) <= 10
    await until(lambda: len(hub.live) == 2)
    while hub.outgoing:
        await hub.write()
    assert first.seqs == list(range(11, 41))
    assert second.seqs == list(range(13, 41))


async def test_bytes_are_counted_as_they_cross_the_wire():
    assert frame_of([Item(0, None, "Älä ♥")]).size == 9


async def test_what_a_send_waits_for_may_fail_and_the_sender_sees_it():
    """The rest of a send is the same coroutine: it is resumed with results and errors where it waits."""
    gate: asyncio.Future = asyncio.get_running_loop().create_future()
    seen = []

    async def send(message: dict) -> None:
        try:
            await gate
        except ValueError:
            seen.append("failed")
        await asyncio.sleep(0)
        seen.append("sent")

    async def close(code: int) -> None:
        pass

    rest = Socket(send, close).write(frame_of([Item(1, None, "{}")]))
    assert rest is not None
    gate.set_exception(ValueError())
    await asyncio.wait_for(asyncio.ensure_future(rest), 1)
    assert seen == ["failed", "sent"]


async def test_a_socket_whose_handshake_fails_is_not_kept(hub, monkeypatch):
    """The database goes away while a socket is greeted: the server closes it, and never tells of a disconnect."""

    async def rights(session):
        return Rights(7, True)

    async def failing():
        raise ConnectionError("no database")

    async def running(cls):
        return hub

    monkeypatch.setattr(hub.admission, "ask", rights)
    monkeypatch.setattr(hub, "catch_up", failing)
    monkeypatch.setattr(Hub, "running", classmethod(running))
    events = [{"type": "websocket.connect"}]

    async def receive():
        return events.pop()

    async def send(message):
        pass

    cookie = (b"cookie", b"sessionid=abcdefgh")
    scope = {"type": "websocket", "headers": [cookie], "query_string": b"since=99"}
    with pytest.raises(ConnectionError):
        await NotificationConsumer()(scope, receive, send)
    assert not hub.sockets
