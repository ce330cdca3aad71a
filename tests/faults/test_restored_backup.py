"""A backup is restored under open maps: they reload by themselves, and end with what the restored database has."""

import time

from django.contrib.auth import get_user_model

from tracker.models import LogState


def test_restored_under_open_maps(scenario, site, rounds, tmp_path):
    clients, olga = scenario.watch(2), site.browse(get_user_model().objects.get(username="olga"))
    for n in rounds(1, 100):
        backup = tmp_path / f"backup {n}"
        scenario.write(2)
        for web in site.webs:
            site.save_by_form(olga, web)
        site.back_up(backup)  # while they write
        position = clients[0].position
        scenario.crowd.wait(lambda position=position: clients[0].position > position + 20, "nothing is written", 15)
        scenario.stop_writing()
        scenario.settle()
        before = scenario.oracle.newest()
        site.restore(backup)
        assert LogState.current().last < before, "the numbers of what was lost are given again"
        site.process_pool.actor("begin_new_log").result()
        scenario.confirmed.clear()  # some of it is gone, as it must be
        log = LogState.current().log_id
        scenario.crowd.wait(
            lambda log=log: all(c.log == log and c.is_live() for c in clients), "they do not reload", 30
        )
        backup.unlink()
        time.sleep(1.5)  # every server process has seen that the log is another one
        for web in site.webs:
            for _ in range(3):
                site.save_by_form(olga, web)  # it goes on as if nothing had happened
    scenario.write(2)
    time.sleep(1)
    scenario.stop_writing()
    scenario.must_be_clean(may_reload=clients)
    assert all(len(client.stretches) > n + 1 for client in clients)
