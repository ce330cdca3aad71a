"""The hub's own decisions, in a loop of the test's: what goes to which socket, and what it makes of surprises.

What goes through a real server and a real log is in test_socket.py; here time and the order of events are ours.
"""

import asyncio
import json
from typing import TypeVar

import pytest

from tracker.accounts.access import Subscriber
from tracker.events.messages import FELL_BEHIND
from tracker.live import hub as hub_module
from tracker.live.hub import Hub
from tracker.live.replay import Item
from tracker.live.socket import Socket
from tracker.live.tasks import forever
from tracker.models import LogState

pytestmark = pytest.mark.asyncio


class Wire:
    """The other end of a socket: the messages that came, and how it was closed."""

    def __init__(self, *audiences: str, broken: bool = False):
        self.frames: list[str] = []
        self.closed: int | None = None
        self.broken = broken
        self.socket = Socket(self.take, self.close, audiences)

    async def take(self, message: dict) -> None:
        if self.broken:
            raise ConnectionError("gone")
        self.frames.append(message["text"])

    async def close(self, code: int) -> None:
        if self.broken:
            raise ConnectionError("gone")
        self.closed = code

    @property
    def messages(self) -> list[dict]:
        return [json.loads(line) for frame in self.frames for line in frame.split("\n")]

    @property
    def seqs(self) -> list[int]:
        return [message["seq"] for message in self.messages]


AnyWire = TypeVar("AnyWire", bound=Wire)


def text(seq: int) -> str:
    return json.dumps({"type": "changed", "seq": seq, "model": "Incident", "count": 1})


def numbered(*seqs: int, audience: str | None = None) -> list[Item]:
    return [Item(seq, audience, text(seq)) for seq in seqs]


def enveloped(*seqs: int) -> dict:
    texts = [text(seq) for seq in seqs]
    return {"type": "notify", "messages": texts, "seqs": list(seqs), "types": ["changed"] * len(seqs), "at": 0.0}


MOMENT = Item(0, None, json.dumps({"type": "error", "message": "of the moment"}))


@pytest.fixture
def hub() -> Hub:
    hub = Hub()
    hub.log_id = "a" * 32
    hub.position = 10
    return hub


def live(hub: Hub, wire: AnyWire, position: int = 10) -> AnyWire:
    wire.socket.position = wire.socket.handled = position
    hub.enter(wire.socket)
    hub.live[wire.socket] = None
    return wire


async def run_for_one_step(step, done) -> None:
    """Run one of the hub's endless steps until *done()*."""
    task = asyncio.ensure_future(forever(step))
    try:
        async with asyncio.timeout(5):
            while not done():
                await asyncio.sleep(0.005)
    finally:
        task.cancel()


class TestBroadcast:
    async def test_what_is_waiting_goes_out_as_one_frame(self, hub):
        wire = live(hub, Wire())
        hub.receive({"messages": [text(n) for n in range(11, 16)]})
        await hub.write()
        assert len(wire.frames) == 1
        assert wire.seqs == [11, 12, 13, 14, 15]
        assert wire.socket.position == 15

    async def test_a_frame_has_an_end(self, hub):
        wire = live(hub, Wire())
        hub.receive({"messages": [text(n) for n in range(11, 211)]})
        while hub.outgoing:
            await hub.write()
        assert [len(frame.split("\n")) for frame in wire.frames] == [64, 64, 64, 8]
        assert wire.seqs == list(range(11, 211))

    async def test_who_delivers_waits_until_the_sockets_were_written_to(self, hub):
        wire = live(hub, Wire())
        delivery = asyncio.create_task(hub.deliver(enveloped(11)))
        await asyncio.sleep(0)
        assert not delivery.done()
        await hub.write()
        await delivery
        assert wire.seqs == [11]

    async def test_who_delivers_what_is_known_does_not_wait(self, hub):
        async with asyncio.timeout(1):
            await hub.deliver(enveloped(10))
            await hub.deliver(enveloped())

    async def test_what_comes_during_a_frame_waits_for_the_next(self, hub):
        hub.receive({"messages": [text(11)]})
        written = hub.written
        await hub.write()
        assert written.is_set()
        assert not hub.written.is_set()

    async def test_a_socket_further_on_receives_nothing_twice(self, hub):
        behind, ahead, beyond = live(hub, Wire()), live(hub, Wire(), 12), live(hub, Wire(), 20)
        await hub.broadcast(numbered(11, 12, 13))
        assert (behind.seqs, ahead.seqs, beyond.seqs) == ([11, 12, 13], [13], [])
        assert [w.socket.position for w in (behind, ahead, beyond)] == [13, 13, 20]

    async def test_what_is_for_some_goes_to_those(self, hub):
        hers, other = live(hub, Wire("user:1")), live(hub, Wire("user:2"))
        await hub.broadcast([*numbered(11), *numbered(12, audience="user:1"), *numbered(13)])
        assert (hers.seqs, other.seqs) == ([11, 12, 13], [11, 13])

    async def test_who_may_not_see_the_last_is_complete_up_to_it(self, hub):
        other = live(hub, Wire("user:2"))
        await hub.broadcast(numbered(11, audience="user:1"))
        assert other.frames == []
        assert other.socket.position == 11, "a heartbeat says so"

    async def test_a_message_of_the_moment_moves_nobody(self, hub):
        for items in ([MOMENT], [*numbered(11), MOMENT], [*numbered(12, audience="user:1"), MOMENT]):
            wire = live(hub, Wire("user:1"))
            await hub.broadcast(items)
            assert wire.messages[-1]["message"] == "of the moment"
            assert wire.socket.position == max(10, *(item.seq for item in items))

    async def test_a_broken_socket_leaves_and_the_others_receive(self, hub):
        broken, well = live(hub, Wire(broken=True)), live(hub, Wire())
        await hub.broadcast(numbered(11))
        assert list(hub.live) == [well.socket]
        assert well.seqs == [11]
        assert broken.frames == []


class TestTake:
    async def test_what_continues_the_position_is_used(self, hub):
        hub.receive({"messages": [text(11), text(12)]})
        assert (hub.position, len(hub.outgoing), hub.something_to_read.is_set()) == (12, 2, False)

    async def test_what_was_had_is_dropped(self, hub):
        hub.receive({"messages": [text(9), text(10)]})
        assert (hub.position, len(hub.outgoing), hub.something_to_read.is_set()) == (10, 0, False)

    async def test_a_gap_wakes_the_reader(self, hub):
        hub.receive({"messages": [text(12)]})
        assert (hub.position, len(hub.outgoing), hub.something_to_read.is_set()) == (10, 0, True)

    async def test_an_empty_message_wakes_the_reader(self, hub):
        """What was numbered is not for everyone: the log says for whom."""
        hub.receive({"messages": []})
        assert hub.something_to_read.is_set()

    async def test_what_is_no_message_is_dropped_and_the_rest_taken(self, hub):
        hub.receive({"messages": ["", "{", "[]", "7", "null", '{"seq": "x"}', '{"seq": null}', text(11)]})
        assert (hub.position, len(hub.outgoing)) == (11, 1)

    async def test_of_what_comes_in_an_envelope_no_text_is_read(self, hub):
        event = enveloped(11, 12) | {"messages": ["not", "read"]}
        hub.receive(event)
        assert [(item.seq, item.text, item.type) for item in hub.outgoing] == [
            (11, "not", "changed"),
            (12, "read", "changed"),
        ]

    async def test_an_envelope_that_does_not_fit_is_read(self, hub):
        hub.receive(enveloped(11, 12) | {"seqs": [12]})
        assert [item.seq for item in hub.outgoing] == [11, 12]


class TestHeartbeat:
    async def test_says_up_to_where_the_socket_is_complete(self, hub, monkeypatch):
        monkeypatch.setattr(hub_module, "HEARTBEAT_S", 0.01)
        here, there = live(hub, Wire(), 10), live(hub, Wire(), 7)
        await run_for_one_step(hub.beat, lambda: here.frames and there.frames)
        assert here.messages[0] == {"type": "heartbeat", "seq": 10}
        assert there.messages[0] == {"type": "heartbeat", "seq": 7}

    async def test_goes_on_when_a_socket_is_broken(self, hub, monkeypatch):
        monkeypatch.setattr(hub_module, "HEARTBEAT_S", 0.01)
        live(hub, Wire(broken=True))
        well = live(hub, Wire())
        await run_for_one_step(hub.beat, lambda: len(well.frames) > 1)
        assert list(hub.live) == [well.socket]

    async def test_comes_every_fifteen_seconds(self):
        assert hub_module.HEARTBEAT_S == 15


def state(monkeypatch, *, last: int, log_id: str = "a" * 32, meanwhile=lambda: None) -> None:
    """The log's state as the database tells it; *meanwhile* happens while it is read."""

    async def read_state():
        meanwhile()
        return LogState(log_id=log_id, last=last, floor=1)

    monkeypatch.setattr(hub_module, "read_state", read_state)


def rows(monkeypatch, *seqs: int) -> None:
    async def read_log(after: int, limit: int) -> list[Item]:
        return numbered(*[seq for seq in seqs if seq > after])[:limit]

    monkeypatch.setattr(hub_module, "read_log", read_log)


class TestCatchUp:
    async def test_reads_to_the_end_of_the_log(self, hub, monkeypatch):
        state(monkeypatch, last=13)
        rows(monkeypatch, 11, 12, 13)
        await hub.catch_up()
        assert [item.seq for item in hub.outgoing] == [11, 12, 13]

    async def test_what_the_group_brings_while_the_state_is_read_is_no_other_log(self, hub, monkeypatch):
        """The state that was read is then older than the position; nobody may be sent away, nothing thrown away."""
        wire = live(hub, Wire())
        state(monkeypatch, last=10, meanwhile=lambda: hub.receive({"messages": [text(11)]}))
        await hub.catch_up()
        assert (hub.position, [item.seq for item in hub.outgoing], wire.closed) == (11, [11], None)

    @pytest.mark.parametrize("other", [{"last": 5}, {"last": 12, "log_id": "b" * 32}], ids=["shorter", "another"])
    async def test_another_log_sends_everybody_away_to_come_back(self, hub, monkeypatch, other):
        first, broken, last = live(hub, Wire()), live(hub, Wire(broken=True)), live(hub, Wire())
        state(monkeypatch, **other)
        rows(monkeypatch)
        await hub.catch_up()
        await asyncio.sleep(0)  # the closes are under way
        assert (first.closed, last.closed) == (FELL_BEHIND, FELL_BEHIND)
        assert hub.position == other["last"]
        assert not hub.live
        assert broken.closed is None

    async def test_rows_removed_before_they_were_read_send_everybody_away(self, hub, monkeypatch):
        """Never a silent hole, and no endless loop."""
        wire = live(hub, Wire())
        state(monkeypatch, last=20)
        rows(monkeypatch, 15, 16, 17, 18, 19, 20)
        async with asyncio.timeout(2):
            await hub.catch_up()
        await asyncio.sleep(0)
        assert wire.closed == FELL_BEHIND
        assert not hub.outgoing


async def test_a_socket_leaves_once_however_often_it_is_told(hub):
    wire = Wire()
    wire.socket.subscriber = Subscriber(7, "session")
    live(hub, wire)
    assert hub.presence.sockets[7] == 1
    hub.dismiss(wire.socket, FELL_BEHIND)
    hub.leave(wire.socket)
    assert not hub.presence.sockets[7]
    assert not hub.live
