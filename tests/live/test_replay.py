"""What was missed is replayed from memory, or from the log with one query for all who want the same page."""

import asyncio

import pytest

from tracker.live import replay as replay_module
from tracker.live.replay import PAGE, Item, Replay

pytestmark = pytest.mark.asyncio


class Log:
    """A log of *last* messages of which those below *floor* were pruned; it counts how often it is read."""

    def __init__(self, last: int, floor: int = 1):
        self.last, self.floor, self.reads = last, floor, 0

    async def read(self, after: int, limit: int) -> list[Item]:
        self.reads += 1
        await asyncio.sleep(0.01)
        return [Item(seq, None, str(seq)) for seq in range(max(after + 1, self.floor), self.last + 1)][:limit]


def seqs(items: list[Item]) -> list[int]:
    return [item.seq for item in items]


async def test_recent_messages_cost_no_query():
    log = Log(0)
    replay = Replay(log.read)
    for seq in range(100, 200):
        replay.add(Item(seq, None, "x"))
    assert seqs(await replay.after(149)) == list(range(150, 200))
    assert seqs(await replay.after(99)) == list(range(100, 200))
    assert log.reads == 0


async def test_five_thousand_who_come_back_at_once_cost_one_query_a_page():
    log = Log(3 * PAGE)
    replay = Replay(log.read)

    async def come_back(position: int) -> list[int]:
        got: list[int] = []
        while position < log.last:
            got += seqs(await replay.after(position))
            position = got[-1]
        return got

    everyone = await asyncio.gather(*[come_back(n % PAGE) for n in range(5000)])
    assert all(got == list(range(n % PAGE + 1, log.last + 1)) for n, got in enumerate(everyone))
    assert log.reads == 3


async def test_the_last_page_is_read_again_when_it_has_grown():
    log = Log(PAGE + 10)
    replay = Replay(log.read)
    assert seqs(await replay.after(PAGE)) == list(range(PAGE + 1, PAGE + 11))
    log.last += 5
    assert seqs(await replay.after(PAGE + 10)) == list(range(PAGE + 11, PAGE + 16))


async def test_what_was_pruned_is_a_gap_that_can_be_seen():
    log = Log(2 * PAGE, floor=300)
    assert seqs(await Replay(log.read).after(10))[0] == 300
    assert seqs(await Replay(log.read).after(400))[0] == 401
    assert await Replay(Log(10, floor=11).read).after(3) == []


async def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(replay_module, "RECENT_BYTES", 1000)
    log = Log(100 * PAGE)
    replay = Replay(log.read)
    for seq in range(1, 5001):
        replay.add(Item(seq, None, "x" * 10))
    assert sum(len(item.text) for item in replay.recent) <= 1000
    for page in range(50):
        await replay.after(page * PAGE)
    assert len(replay.pages) <= replay_module.PAGES_KEPT


async def test_one_who_goes_away_does_not_end_the_query_of_the_others():
    log = Log(PAGE)
    replay = Replay(log.read)
    impatient, patient = asyncio.create_task(replay.after(0)), asyncio.create_task(replay.after(0))
    await asyncio.sleep(0)
    impatient.cancel()
    assert seqs(await patient) == list(range(1, PAGE + 1))
    assert log.reads == 1


async def test_a_query_that_fails_is_tried_again_by_the_next():
    log = Log(PAGE)
    replay = Replay(log.read)
    healthy, log.read = log.read, None  # type: ignore[assignment]

    async def fail(after: int, limit: int) -> list[Item]:
        raise ConnectionError("the database is away")

    replay.read = fail
    with pytest.raises(ConnectionError):
        await replay.after(0)
    replay.read = healthy
    assert len(await replay.after(0)) == PAGE
