"""A process dies at the worst moment of a save: what it had committed is delivered, what it had not is not."""

import random
import time

import pytest


def names(client) -> list[str]:
    features = [message["feature"] for message in client.stretch.handled if message["type"] == "post_save"]
    return [feature["properties"]["name"] for feature in features]


@pytest.mark.parametrize("moment", ["before the numbering", "before the sending"])
def test_who_dies_after_the_commit_has_told(scenario, site, rounds, moment):
    """Nobody else writes: it is the servers that run on which finish the work of the dead."""
    clients = scenario.watch(1)
    expected = []
    for n in rounds(3, 100):
        expected.append(f"Last words {n}")
        site.process_pool.actor("die", moment=moment, name=expected[-1]).wait_for_its_death()
    scenario.must_be_clean()
    for client in clients:
        assert names(client) == expected


def test_who_dies_before_the_commit_has_said_nothing(scenario, site, rounds):
    scenario.watch(1)
    scenario.write(1)
    for n in rounds(3, 100):
        site.process_pool.actor("die", moment="before the commit", name=f"Unsaid {n}").wait_for_its_death()
    scenario.stop_writing()
    scenario.must_be_clean()
    assert not [name for client in scenario.crowd.clients for name in names(client) if name.startswith("Unsaid")]


def test_who_dies_at_any_moment(scenario, seed, rounds):
    """Writers are killed wherever they happen to be; others go on."""
    chance = random.Random(seed)
    scenario.watch(1)
    scenario.write(1)
    for _ in rounds(8, 100):
        scenario.write(1, pause_s=0)
        time.sleep(chance.uniform(0.02, 0.2))
        scenario.writers.pop().kill()
    scenario.stop_writing()
    scenario.must_be_clean()
