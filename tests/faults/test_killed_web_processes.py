"""Server processes are killed one after another while others write; nobody misses anything."""

import random
import time


def test_killed_one_after_another_under_writes(scenario, site, seed, rounds):
    chance = random.Random(seed)
    scenario.write(2)
    scenario.watch(3)
    for n in rounds(3, 100, for_s=600):
        web = site.webs[n % len(site.webs)]
        time.sleep(chance.uniform(0, 0.5))
        web.kill()
        time.sleep(chance.choice([0, 0, 0.3]))
        web.start()
    scenario.stop_writing()
    scenario.must_be_clean()
