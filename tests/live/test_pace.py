"""Who opens sockets too often waits; who does not, does not."""

import pytest

from tracker.live.pace import KEPT, Pace

pytestmark = pytest.mark.once


class Clock:
    now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_burst_is_free_and_then_each_waits_for_the_one_before(clock):
    pace = Pace(burst=3, per_s=2, clock=clock)
    assert [pace.wait_s("a") for _ in range(5)] == [0, 0, 0, 0.5, 1.0]


def test_others_are_counted_for_themselves(clock):
    pace = Pace(burst=1, per_s=1, clock=clock)
    assert [pace.wait_s("a"), pace.wait_s("a"), pace.wait_s("b")] == [0, 1, 0]


def test_time_makes_it_good(clock):
    pace = Pace(burst=2, per_s=2, clock=clock)
    assert [pace.wait_s("a") for _ in range(3)] == [0, 0, 0.5]
    clock.now += 10
    assert [pace.wait_s("a") for _ in range(3)] == [0, 0, 0.5]


def test_those_who_do_not_come_again_are_forgotten(clock):
    pace = Pace(burst=1, per_s=1, clock=clock)
    for number in range(KEPT):
        pace.wait_s(number)
    clock.now += 2
    pace.wait_s("a")
    assert len(pace.free_at) == 1
