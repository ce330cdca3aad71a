"""Negative controls: under the same faults a client that goes about it differently loses alerts, and is found out."""

import time

import pytest

from tests.faults.wrong_clients import Forgetful, GroupListener, NaiveCursor
from tests.processes import wait_until


def test_who_comes_back_without_a_number_loses_what_happened_meanwhile(scenario, site):
    scenario.write(1)
    right = scenario.watch(1)
    wrong = scenario.crowd.join(scenario.vera, kind=Forgetful)
    for web in site.webs:
        web.kill()
    time.sleep(0.3)
    site.bring_up()
    scenario.stop_writing()
    scenario.must_be_clean(right)
    findings = scenario.oracle.findings(wrong)
    assert any("lost" in finding for finding in findings), findings


@pytest.mark.needs_postgis
def test_a_cursor_over_ids_skips_what_commits_late(scenario, site, seed):
    """The same writers with a client that trusts the log's numbers: it loses nothing."""
    right, wrong = scenario.watch(1), NaiveCursor(scenario.vera)
    writers = [site.process_pool.actor("overlap", seed=seed + n, longest_s=0.03) for n in range(4)]
    enough = site.log_position() + 150
    wait_until(lambda: site.log_position() > enough, "the writers do not write", 60)
    for writer in writers:
        writer.stop()
    scenario.must_be_clean(right)
    wrong.stop()
    findings = scenario.oracle.findings([wrong])
    assert any("lost" in finding for finding in findings), findings


@pytest.mark.needs_redis
def test_the_group_alone_loses_what_is_sent_while_redis_is_away(scenario, site):
    right, wrong = scenario.watch(1), GroupListener(scenario.vera, site.env["REDIS_URL"])
    channel = scenario.crowd.call(wrong.join)
    scenario.crowd.begin(wrong.follow(channel))
    scenario.write(1, areas=False)
    scenario.crowd.wait(lambda: len(wrong.stretches[0].handled) > 5, "it hears nothing while all is well", 10)
    site.redis.kill()
    time.sleep(0.5)
    site.redis.start()
    time.sleep(0.5)
    scenario.stop_writing()
    scenario.must_be_clean(right)
    findings = scenario.oracle.findings([wrong])
    assert any("lost" in finding for finding in findings), findings
