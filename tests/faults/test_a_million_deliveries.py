"""Many clients, many notifications, server processes killed all the while: a million deliveries, each exactly once."""

import random
import time

from tests.faults.conftest import FULL

SEED = 1_000_000  # always the same; FAULT_SEED does not change it
DELIVERIES = 1_000_000 if FULL else 5_000
CLIENTS = 400 if FULL else 16
BETWEEN_KILLS_S = 1.5
WITHIN_S = 1_200 if FULL else 60


def test_none_lost_none_twice(scenario, site):
    scenario.seed = SEED
    chance = random.Random(SEED)
    people = [scenario.vera, scenario.olga, *[site.person(f"watcher {n}") for n in range(CLIENTS // 20)]]
    began = time.monotonic()
    for n in range(CLIENTS):
        scenario.crowd.start(people[n % len(people)])
    clients = scenario.crowd.clients
    scenario.crowd.wait(lambda: all(client.is_live() for client in clients), "some clients were not greeted", WITHIN_S)
    scenario.write(3)
    kills = 0
    while scenario.deliveries() < DELIVERIES:
        assert time.monotonic() - began < WITHIN_S, f"only {scenario.deliveries()} deliveries"
        time.sleep(BETWEEN_KILLS_S)
        web = chance.choice(site.webs)
        web.kill()
        web.start()
        kills += 1
    scenario.stop_writing()
    scenario.must_be_clean(at_least=DELIVERIES)
    print(  # noqa: T201
        f"{scenario.deliveries()} deliveries of {len(scenario.oracle.announced())} features to {CLIENTS} clients in"
        f" {time.monotonic() - began:.0f} s, {kills} server processes killed: none lost, none twice."
    )
