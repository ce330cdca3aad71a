"""Transactions that take long, that are rolled back, and that commit at the same moment."""

import pytest

from tests.faults.conftest import FULL
from tests.faults.writer import ROLLED_BACK
from tracker.alerts import lifecycle
from tracker.models import Incident


@pytest.mark.needs_postgis
def test_a_transaction_stays_open_beside_quick_ones(scenario, site, rounds):
    """Its rows are older than those that were numbered meanwhile; it is delivered when it commits."""
    clients = scenario.watch(2)
    scenario.write(2, areas=False)  # who writes areas waits for whoever holds an incident's transaction open
    for n in rounds(1, 2):
        late = site.process_pool.actor("hold_open", at_least_s=30 if FULL else 1, name=f"Late {n}")
        assert late.hear() == {"holding": True}
        before = [client.position for client in clients]
        scenario.crowd.wait(
            lambda before=before: all(c.position > b + 20 for c, b in zip(clients, before, strict=True)),
            "the quick ones wait for the one that is open",
            30,
        )
        assert not told_of(clients[0], f"Late {n}")
        late.stop()
        scenario.crowd.wait(lambda n=n: told_of(clients[0], f"Late {n}"), "the late one is not announced", 5)
    scenario.stop_writing()
    scenario.must_be_clean()


def told_of(client, name: str) -> bool:
    return any(name in str(message) for message in client.stretch.handled)


def test_what_is_rolled_back_was_never_announced(scenario, site, seed, rounds):
    clients = scenario.watch(1)
    scenario.write(1)
    count = rounds.count(30, 300)
    actors = [site.process_pool.actor("roll_back", seed=seed + n, count=count) for n in range(2)]
    for actor in actors:
        actor.result()
    scenario.stop_writing()
    scenario.must_be_clean()
    assert not [client.name for client in clients if told_of(client, ROLLED_BACK)]
    assert not Incident.objects.filter(name__startswith=ROLLED_BACK).exists()


def test_an_incident_and_an_area_committed_at_the_same_moment_alert(scenario, site, rounds):
    clients = scenario.watch(1)
    pair = [site.process_pool.actor("meet", what=what) for what in ("incident", "area")]
    places = [[-170 + 2 * (n % 80), -60 + 3 * (n // 80)] for n in range(rounds.count(20, 300))]
    for place in places:
        for actor in pair:
            actor.tell(place=place)
        for actor in pair:
            assert actor.hear().get("wrote"), f"the {actor.operation} failed"
    for actor in pair:
        actor.stop()
    scenario.must_be_clean()
    for client in clients:
        alerted = [
            (message["feature"]["properties"]["name"], area["name"])
            for message in client.stretch.handled
            if message["type"] == "alert"
            for area in message["areas_of_interest"]
        ]
        assert alerted == [(f"incident at {place}", f"area at {place}") for place in places]
    assert lifecycle.differences(Incident.objects.values_list("pk", flat=True)) == ([], [])
