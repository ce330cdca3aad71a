"""Redis is killed, restarted, flushed and frozen under writes: nothing is lost, nobody is cut off, saving goes on."""

import random
import time
from statistics import median

import pytest
from django.contrib.auth import get_user_model

from tests import make

pytestmark = pytest.mark.needs_redis

FROZEN_MS = 250  # how much longer a save may take while Redis is frozen
AWAY_S = 8.0  # within which a message comes while Redis is away: seconds, not never


def kill(redis, chance) -> None:
    redis.kill()
    time.sleep(chance.uniform(0, 0.5))
    redis.start()


def restart(redis, chance) -> None:
    redis.restart(chance.uniform(0, 0.2))


def flush(redis, chance) -> None:
    redis.flush()


def freeze(redis, chance) -> None:
    redis.freeze()
    time.sleep(chance.uniform(0.1, 1.0))
    redis.thaw()


@pytest.mark.parametrize("fault", [kill, restart, flush, freeze])
def test_a_fault_of_redis_under_writes(scenario, site, seed, rounds, fault):
    chance = random.Random(seed)
    clients = scenario.watch(2)
    scenario.write(2)
    for _ in rounds(2, 100):
        time.sleep(chance.uniform(0.1, 0.4))
        fault(site.redis, chance)
    scenario.stop_writing()
    scenario.must_be_clean()
    assert [client.close_codes for client in clients] == [[]] * len(clients), "nobody is disconnected"


def test_delivery_goes_on_while_redis_is_away(scenario, site):
    """By the log, also to those who come, and from a server process that starts, while Redis is away."""
    clients = scenario.watch(1)
    site.redis.kill()
    make.incident("While it is away")
    scenario.crowd.wait(lambda: all(client.stretch.handled for client in clients), "it does not come", AWAY_S)
    web = site.webs[-1]
    web.kill()
    web.begin()
    late = scenario.crowd.join(scenario.vera, hosts=lambda: [web.host])
    make.incident("While it is away still")
    scenario.crowd.wait(lambda: bool(late[0].stretch.handled), "it does not come", AWAY_S)
    site.redis.start()
    scenario.must_be_clean()


@pytest.mark.alone
def test_saving_while_redis_is_frozen(scenario, site, rounds):
    """By another process, and by a form in a server process. Medians of one run: noise hits both alike."""
    scenario.watch(1)
    actor, olga = site.process_pool.actor("time_saves"), site.browse(get_user_model().objects.get(username="olga"))
    ordinary: list[tuple[float, float]] = []
    frozen: list[tuple[float, float]] = []

    def measure(into: list[tuple[float, float]], count: int) -> None:
        actor.tell(saves=count)
        into += zip(actor.hear()["took_ms"], [site.save_by_form(olga) for _ in range(count)], strict=True)

    count = 3
    measure([], count)  # the first of everything takes longer
    for _ in rounds(2, 100):
        measure(ordinary, count)
        site.redis.freeze()
        measure(frozen, count)
        site.redis.thaw()
    actor.stop()
    for how, usual, without in zip(
        ("a process", "a form"), zip(*ordinary, strict=True), zip(*frozen, strict=True), strict=True
    ):
        longer = median(without) - median(usual)
        print(f"A save by {how}: {median(usual):.0f} ms; while Redis is frozen {longer:.0f} ms longer.")  # noqa: T201
        assert longer <= FROZEN_MS, how
    scenario.must_be_clean()
