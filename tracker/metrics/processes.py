"""The metrics of several processes on one machine, any of which answers for all (``PROMETHEUS_MULTIPROC_DIR``).

Each process writes into files of its own there, and whoever is asked adds them up. What a process that has ended has
counted must stay, or the sums would fall; its gauges must go. Whether it has ended its number does not say, for another
may have it by now, and one that was killed says nothing; so each holds a lock on a file for as long as it lives, which
the kernel takes away however it ends.
"""

import contextlib
import fcntl
import os
from pathlib import Path
from typing import IO

from django.conf import settings
from prometheus_client import CollectorRegistry, disable_created_metrics
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER = settings.PROMETHEUS_MULTIPROC_DIR
registry = CollectorRegistry()  # of this process alone
sign_of_life: IO | None = None


def lock_of(process: int) -> Path:
    return Path(FOLDER) / f"process_{process}.lock"


def appear() -> None:
    """This process lives. Gauges that are there under its number are of another, which has ended."""
    global sign_of_life
    if FOLDER:
        if sign_of_life:
            sign_of_life.close()  # in a forked child: the parent's, which must not outlive it here
        sign_of_life = lock_of(os.getpid()).open("w")
        fcntl.flock(sign_of_life, fcntl.LOCK_EX)
        mark_process_dead(os.getpid(), FOLDER)


def bury_the_dead() -> None:
    """Remove the gauges of processes that have ended."""
    numbers = {path.stem.rpartition("_")[2] for path in Path(FOLDER).glob("gauge_live*_*.db")}
    for number in map(int, numbers - {str(os.getpid())}):
        with contextlib.suppress(OSError), lock_of(number).open("w") as file:  # OSError: locked, or just removed
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mark_process_dead(number, FOLDER)


def registry_of_all() -> CollectorRegistry:
    """What all processes of this machine have counted; without the folder, what this one has."""
    if not FOLDER:
        return registry
    bury_the_dead()
    everything = CollectorRegistry()
    MultiProcessCollector(everything, FOLDER)
    return everything


disable_created_metrics()  # when each counter began: nobody asks, and it doubles the text
appear()
os.register_at_fork(after_in_child=appear)
