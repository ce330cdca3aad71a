"""The metrics of several processes on one machine, any of which answers for all (``PROMETHEUS_MULTIPROC_DIR``).

Each process writes into files of its own there, and whoever is asked adds them up. What a process that has ended has
counted must stay, or the sums would fall, and goes into one file with that of others (ended.py); its gauges must go.
Whether it has ended its number does not say, for another may have it by now, and one that was killed says nothing; so
each holds a lock on a file for as long as it lives, which the kernel takes away however it ends.
"""

import contextlib
import fcntl
import glob
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from django.conf import settings
from prometheus_client import CollectorRegistry, disable_created_metrics
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from tracker.lib.metrics import ended

FOLDER = settings.PROMETHEUS_MULTIPROC_DIR
OWN_FILE = re.compile(r"(?:(?:counter|histogram|gauge_live[a-z]*)_(\d+)\.db|process_(\d+)\.lock)")
registry = CollectorRegistry()  # of this process alone
sign_of_life: IO | None = None


def lock_of(process: int) -> Path:
    return Path(FOLDER) / f"process_{process}.lock"


def hold(path: Path, flags: int = 0) -> IO:
    """Lock a file that is still there once it is locked: who buries its owner removes it. Raises OSError."""
    while True:
        file = path.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | flags)
        except OSError:
            file.close()
            raise
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()


def appear() -> None:
    """This process lives. Gauges that are there under its number are of another, which has ended."""
    global sign_of_life
    if FOLDER:
        if sign_of_life:
            sign_of_life.close()  # in a forked child: the parent's, which must not outlive it here
        sign_of_life = hold(lock_of(os.getpid()))
        if (Path(FOLDER) / ended.LIST).exists():  # it may name files of this number, which are to be made anew
            with contextlib.suppress(BlockingIOError), ended.alone(Path(FOLDER)):
                ended.finish(Path(FOLDER))
        mark_process_dead(os.getpid(), FOLDER)


def bury_the_dead(patience_s: float = ended.PATIENCE_S) -> None:
    """Remove what processes have left that have ended, but for what they have counted."""
    folder = Path(FOLDER)
    with contextlib.ExitStack() as until_it_is_done:
        until_it_is_done.enter_context(ended.alone(folder, patience_s))
        ended.finish(folder)
        found = filter(None, (OWN_FILE.fullmatch(path.name) for path in folder.iterdir()))
        numbers = {int(match[1] or match[2]) for match in found} - {os.getpid()}
        dead = []
        for number in sorted(numbers):
            with contextlib.suppress(OSError):  # it lives
                until_it_is_done.enter_context(hold(lock_of(number), fcntl.LOCK_NB))
                dead.append(number)
        for number in dead:
            mark_process_dead(number, FOLDER)
        ended.compact(folder, dead)
        for number in dead:
            lock_of(number).unlink()


class OfAll(Collector):
    """What all processes of this machine have counted."""

    def collect(self) -> Iterable[Metric]:
        bury_the_dead()
        with ended.together(Path(FOLDER)):
            # In the same order each time: another one may round to a sum that is less by its last digit.
            return MultiProcessCollector.merge(sorted(glob.glob(f"{glob.escape(FOLDER)}/*.db")))


def registry_of_all() -> CollectorRegistry:
    """What all processes of this machine have counted; without the folder, what this one has."""
    if not FOLDER:
        return registry
    everything = CollectorRegistry(auto_describe=False)
    everything.register(OfAll())
    return everything


disable_created_metrics()  # when each counter began: nobody asks, and it doubles the text
appear()
os.register_at_fork(after_in_child=appear)
if FOLDER:  # also where nobody ever asks, those that crash and start again leave no more than the last
    with contextlib.suppress(OSError):
        bury_the_dead(patience_s=0)
