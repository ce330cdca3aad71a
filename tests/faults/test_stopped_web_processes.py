"""All server processes are stopped at once, as when a new version is rolled out (SIGTERM), while others write."""

import random
import signal
import time


def test_all_are_stopped_and_started_again(scenario, site, seed, rounds):
    chance = random.Random(seed)
    scenario.write(2)
    scenario.watch(3)
    for _ in rounds(1, 100):
        time.sleep(chance.uniform(0, 0.5))
        for web in site.webs:
            web.process.send_signal(signal.SIGTERM)
        for web in site.webs:
            began = time.monotonic()
            web.stop()
            assert time.monotonic() - began < 10, "it ends soon although sockets are open"
        time.sleep(chance.uniform(0, 0.3))
        site.bring_up()
    scenario.stop_writing()
    scenario.must_be_clean()
