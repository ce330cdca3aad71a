"""Clients come back with numbers that the log cannot go on from: they reload, and end with what everybody has."""

import random
import time

import pytest

ODD: dict[str, dict[str, object]] = {
    "another log": {"since": 1, "log": "0" * 32},
    "no log by that name": {"since": 1, "log": "nonsense"},
    "the future": {"since": 10**9},
    "the far future": {"since": 10**30},
    "a negative number": {"since": -1},
    "a fraction": {"since": "1.0"},
    "an exponent": {"since": "1e3"},
    "a sign": {"since": "+1"},
    "hexadecimal": {"since": "0x1"},
    "Arabic digits": {"since": "١٢"},
    "a superscript": {"since": "²"},
    "a space": {"since": " 1"},
    "a line break": {"since": "1\n"},
    "a null byte": {"since": "1\0"},
    "a word": {"since": "latest"},
    "SQL": {"since": "1 OR 1=1"},
    "JSON": {"since": '{"seq": 1}'},
    "a long number": {"since": "1" * 3000},
}

HUB_KNOWS_S = 1.5  # every server process has looked at the log again


def test_a_future_or_a_nonsense_number(scenario, rounds):
    clients = scenario.watch(1)
    scenario.write(1)
    kinds = list(ODD)
    for n in rounds(len(ODD), 120):
        kind, client = kinds[n % len(kinds)], clients[n % len(clients)]
        stretches = len(client.stretches)
        scenario.crowd.tell(client.go_away)
        scenario.crowd.tell(lambda client=client, kind=kind: client.come_back(**ODD[kind]))
        scenario.crowd.wait(
            lambda client=client, stretches=stretches: len(client.stretches) > stretches and client.is_live(),
            f"{kind}: it was not told to reload",
            15,
        )
    scenario.stop_writing()
    scenario.must_be_clean(may_reload=clients)
    with pytest.raises(AssertionError, match="had to reload"):  # had nobody a reason to, it would be found
        scenario.must_be_clean()


def test_a_number_without_a_log_is_good_enough(scenario):
    """As from a script that keeps a number only."""
    clients = scenario.watch(1)
    scenario.write(1)
    for client in clients:
        scenario.crowd.tell(client.go_away)
        time.sleep(0.2)
        scenario.crowd.tell(lambda client=client: client.come_back(since=client.position))
    scenario.stop_writing()
    scenario.must_be_clean()


def test_a_pruned_number(scenario, site, seed, rounds):
    """The log is pruned while clients are away, and while others follow it."""
    chance = random.Random(seed)
    away, there = scenario.watch(1), scenario.watch(1)
    scenario.write(2)
    for n in rounds(2, 100):
        scenario.crowd.tell(*[client.go_away for client in away])
        start = max(client.position for client in away)
        scenario.crowd.wait(
            lambda start=start: all(client.position > start + 40 for client in there), "nothing is written", 15
        )
        # What is removed before a server process has read it, nobody can be given: then all would have to reload.
        upto = chance.randrange(start + 20, min(client.position for client in there))
        scenario.oracle.keep()
        assert site.process_pool.actor("prune", upto=upto).result() > 0
        resets = [len(client.why) for client in away]
        told_at_once = n % 2  # it may still have at hand what the log has lost, and replay that
        if not told_at_once:
            time.sleep(HUB_KNOWS_S)
        scenario.crowd.tell(*[client.come_back for client in away])
        scenario.crowd.wait(
            lambda least=[r if told_at_once else r + 1 for r in resets]: all(
                len(client.why) >= count and client.is_live() for client, count in zip(away, least, strict=True)
            ),
            "they are not live again, or were not told to reload",
            15,
        )
    scenario.stop_writing()
    scenario.must_be_clean(may_reload=away)  # who was up to date has no need to
