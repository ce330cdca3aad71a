"""Connections that break in the middle of a frame, and connections that are dead without either end being told."""

import random
import time
from collections.abc import Iterator

import pytest

from tests.faults.clients import Pace
from tests.faults.conftest import FULL
from tests.faults.wire import Wire


@pytest.fixture
def wire(play, site, seed) -> Iterator[Wire]:
    wire = Wire(lambda: play.crowd.random.choice(site.hosts()), seed)
    play.crowd.call(wire.open)
    yield wire
    play.crowd.call(wire.close)


def test_cut_in_the_middle_of_a_frame(play, wire, seed, rounds):
    chance = random.Random(seed)
    play.watch(2, hosts=lambda: [wire.host])
    play.write(2)
    enough = rounds.count(12, 120)
    until = time.monotonic() + 20 + enough
    while wire.cuts < enough:
        assert time.monotonic() < until, f"only {wire.cuts} connections were cut"
        play.crowd.tell(wire.cut_in_the_middle)
        time.sleep(chance.uniform(0.05, 0.4))
    play.stop_writing()
    play.must_be_clean()


def test_dead_without_being_told(play, wire, rounds):
    """The client notices the silence. Here after a second, for there is always something to tell; a page after 30 s."""
    impatient = Pace(silence_s=1.0, ack_s=0.3)
    play.watch(2, hosts=lambda: [wire.host], pace=impatient)
    like_the_page = play.crowd.join(play.vera, hosts=lambda: [wire.host]) if FULL else []
    play.write(2)
    for _ in rounds(2, 100):
        play.crowd.tell(wire.go_dead)
        others = [client for client in play.crowd.clients if client not in like_the_page]
        opened = {client: client.opened for client in others}
        play.crowd.wait(
            lambda opened=opened: all(client.opened > before for client, before in opened.items()),
            "somebody does not notice that the connection is dead",
            20,
        )
    play.stop_writing()
    play.must_be_clean()
    assert wire.deaths >= 2 * 2
    assert all(client.opened > 1 for client in like_the_page)
