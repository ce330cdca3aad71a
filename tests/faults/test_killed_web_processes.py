"""Server processes are killed one after another while others write; nobody misses anything."""

import random
import time


def test_killed_one_after_another_under_writes(play, site, seed, rounds):
    chance = random.Random(seed)
    play.write(2)
    play.watch(3)
    for n in rounds(3, 100, for_s=600):
        web = site.webs[n % len(site.webs)]
        time.sleep(chance.uniform(0, 0.5))
        web.kill()
        time.sleep(chance.choice([0, 0, 0.3]))
        web.start()
    play.stop_writing()
    play.must_be_clean()
