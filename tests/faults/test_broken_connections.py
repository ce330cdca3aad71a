"""Connections that break in the middle of a frame, and connections that are dead without either end being told."""

import random
import time
from collections.abc import Iterator

import pytest

from tests.faults.clients import Pace
from tests.faults.conftest import FULL
from tests.faults.wire import Wire


@pytest.fixture
def wire(scenario, site, seed) -> Iterator[Wire]:
    wire = Wire(lambda: scenario.crowd.random.choice(site.hosts()), seed)
    scenario.crowd.call(wire.open)
    yield wire
    scenario.crowd.call(wire.close)


def test_cut_in_the_middle_of_a_frame(scenario, wire, seed, rounds):
    chance = random.Random(seed)
    scenario.watch(2, hosts=lambda: [wire.host])
    scenario.write(2)
    enough = rounds.count(12, 120)
    until = time.monotonic() + 20 + enough
    while wire.cuts < enough:
        assert time.monotonic() < until, f"only {wire.cuts} connections were cut"
        scenario.crowd.tell(wire.cut_in_the_middle)
        time.sleep(chance.uniform(0.05, 0.4))
    scenario.stop_writing()
    scenario.must_be_clean()


def test_dead_without_being_told(scenario, wire, rounds):
    """The client notices the silence. Here after a second, for there is always something to tell; a page after 30 s."""
    impatient = Pace(silence_s=1.0, ack_s=0.3)
    scenario.watch(2, hosts=lambda: [wire.host], pace=impatient)
    like_the_page = scenario.crowd.join(scenario.vera, hosts=lambda: [wire.host]) if FULL else []
    scenario.write(2)
    for _ in rounds(2, 100):
        scenario.crowd.tell(wire.go_dead)
        others = [client for client in scenario.crowd.clients if client not in like_the_page]
        opened = {client: client.opened for client in others}
        scenario.crowd.wait(
            lambda opened=opened: all(client.opened > before for client, before in opened.items()),
            "somebody does not notice that the connection is dead",
            20,
        )
    scenario.stop_writing()
    scenario.must_be_clean()
    assert wire.deaths >= 2 * 2
    assert all(client.opened > 1 for client in like_the_page)
