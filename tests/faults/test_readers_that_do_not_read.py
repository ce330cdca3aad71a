"""Somebody opens sockets and never reads them: they are closed, their memory comes back, others notice nothing."""

import time
from pathlib import Path

from tests.faults.conftest import FULL
from tests.faults.mute_reader import MuteReader
from tests.live_site import Daphne

WITHIN_S = 60.0
LETTERS = 9_000  # of an incident's text
MESSAGES = 700 if FULL else 150  # 700 are more than a socket may leave unacknowledged


def memory_mib(web: Daphne) -> float:
    """The resident memory of a process."""
    assert web.process is not None
    pages = int(Path(f"/proc/{web.process.pid}/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def test_let_go_and_forgotten(scenario, site, fresh_web, rounds):
    """Each wants what it has missed, so that the server has something of its own for each."""
    clients = scenario.watch(1, hosts=lambda: [fresh_web.host])
    since = site.log_position()
    site.process_pool.actor("swell", count=MESSAGES, letters=LETTERS).result()
    scenario.settle()
    before = memory_mib(fresh_web)
    readers: list[MuteReader] = []
    scenario.write(1)
    began = time.monotonic()
    try:
        for n in range(rounds.count(6, 100)):
            readers.append(MuteReader(fresh_web.host, site.url, scenario.vera, since, talks=bool(n % 2)))
        peak, open_ones = before, readers
        while open_ones and time.monotonic() - began < WITHIN_S:
            for reader in open_ones:
                reader.talk()
            time.sleep(0.5)
            peak = max(peak, memory_mib(fresh_web))
            open_ones = [reader for reader in open_ones if not reader.is_let_go()]
        assert not open_ones, f"{len(open_ones)} of {len(readers)} who do not read are still there"
        took_s = time.monotonic() - began
    finally:
        for reader in readers:
            reader.close()
    scenario.stop_writing()
    scenario.must_be_clean(at_least=MESSAGES)
    after = memory_mib(fresh_web)
    print(f"{len(readers)} readers: {before:.0f} MiB, {peak:.0f} MiB with them, {after:.0f} MiB after {took_s:.0f} s.")  # noqa: T201
    if FULL:  # a few readers are no burden that can be measured
        assert peak - before > len(readers), "they were no burden"
        assert after - before < 20 + (peak - before) / 4, "their memory does not come back"
    assert [client.close_codes for client in clients] == [[]] * len(clients), "the others stay"
