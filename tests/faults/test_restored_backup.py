"""A backup is restored under open maps: they reload by themselves, and end with what the restored database has."""

import time

from tracker.models import LogState


def test_restored_under_open_maps(play, site, rounds, tmp_path):
    clients = play.watch(2)
    for n in rounds(1, 30):
        backup = tmp_path / f"backup {n}"
        play.write(2)
        time.sleep(0.5)
        site.back_up(backup)  # while they write
        position = clients[0].position
        play.crowd.wait(lambda position=position: clients[0].position > position + 20, "nothing is written", 15)
        play.stop_writing()
        play.settle()
        before = play.oracle.newest()
        site.restore(backup)
        assert LogState.current().last < before, "the numbers of what was lost are given again"
        site.stage.actor("begin_new_log").result()
        play.confirmed.clear()  # some of it is gone, as it must be
        log = LogState.current().log_id
        play.crowd.wait(lambda log=log: all(c.log == log and c.is_live() for c in clients), "they do not reload", 30)
        backup.unlink()
    play.write(2)
    time.sleep(1)
    play.stop_writing()
    play.must_be_clean()
    assert all(len(client.stretches) > len(rounds(1, 30)) for client in clients)
