"""PostgreSQL loses its power under writes and starts again. What it had confirmed is announced; nobody misses it."""

import random
import time

import pytest
from django.db import connections

pytestmark = pytest.mark.needs_postgis


def test_stopped_immediately_and_started(scenario, site, seed, rounds):
    chance = random.Random(seed)
    scenario.watch(2)
    scenario.write(3, pause_s=0.003)
    for _ in rounds(2, 100):
        time.sleep(chance.uniform(0.2, 0.8))
        site.postgres.stop_immediately()
        time.sleep(chance.choice([0, 0, 1]))
        site.postgres.start()
    connections.close_all()  # this process's own was cut as well
    scenario.stop_writing()
    scenario.must_be_clean()
    assert scenario.confirmed


def test_maps_are_opened_while_it_is_away(scenario, site):
    """They wait, as the page does, and are live when it is back."""
    scenario.write(1)
    person = site.person("late")
    site.postgres.stop_immediately()
    new = [scenario.crowd.start(person) for _ in range(4)]
    time.sleep(0.5)
    site.postgres.start()
    connections.close_all()
    scenario.crowd.wait(lambda: all(client.is_live() for client in new), "they do not come in", 30)
    scenario.stop_writing()
    scenario.must_be_clean()
