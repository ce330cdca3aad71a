"""The core Redis layer keeps messages and memberships in Redis, and forgets both: the log makes up for it."""

import random
import time
from collections.abc import Iterator

import pytest

from tests.faults.conftest import FULL
from tests.faults.fault_site import FaultSite
from tests.faults.scenario import Scenario
from tests.faults.test_redis_faults import flush, freeze, kill

pytestmark = pytest.mark.needs_redis

GROUP = "asgi:group:notifications"


@pytest.fixture(scope="module")
def core(_fault_site) -> Iterator[FaultSite]:
    """The site with a server process, and others, on the core layer, where a membership lasts for a second."""
    sibling = _fault_site.sibling(REDIS_LAYER="core", DJANGO_SETTINGS_MODULE="tests.faults.core_settings")
    yield sibling
    sibling.send_away()


@pytest.fixture
def scenario(site, core, seed) -> Iterator[Scenario]:
    core.bring_up()
    scenario = Scenario(core, seed)
    yield scenario
    scenario.end()


@pytest.mark.parametrize("fault", [kill, flush, freeze])
def test_a_fault_of_redis_under_writes(scenario, core, seed, rounds, fault):
    chance = random.Random(seed)
    clients = scenario.watch(2)
    scenario.write(2)
    for _ in rounds(1, 100):
        time.sleep(chance.uniform(0.1, 0.4))
        fault(core.redis, chance)
    scenario.stop_writing()
    scenario.must_be_clean()
    assert [client.close_codes for client in clients] == [[]] * len(clients), "nobody is disconnected"


def test_a_membership_that_has_expired(scenario, core):
    """The hub joins again only once an hour; until then it hears nothing from the group, and misses nothing."""
    clients = scenario.watch(2)
    time.sleep(1.5)
    scenario.write(2)
    scenario.crowd.wait(lambda: all(client.stretch.handled for client in clients), "nothing comes", 10)
    with core.redis.client() as redis:
        assert redis.zcard(GROUP) == 0, "whoever sends removes the members that have expired"
    time.sleep(60 if FULL else 1)
    scenario.stop_writing()
    scenario.must_be_clean()
    assert [client.close_codes for client in clients] == [[]] * len(clients)
