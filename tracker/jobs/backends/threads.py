"""Jobs in the web process itself: a few threads that take what waits in the table. Nothing to start, nothing to set up.

The queue is the table: what waited when the process ended is taken by the next one.
"""

import logging
import threading

from django.conf import settings
from django.db import connection

from tracker.jobs import queue
from tracker.jobs.worker import carry_out

logger = logging.getLogger(__name__)

LOOK_S = 2.0  # how often to look for jobs that another process has queued: a command, the shell


class Threads:
    """The threads of this process; they are there once it serves."""

    def __init__(self, count: int):
        self.count = count
        self.work = threading.Condition()

    def start(self) -> None:
        for number in range(self.count):
            # One looks for what other processes have queued; the rest wait until they are needed.
            look_s = LOOK_S if number == 0 else None
            name = f"job thread {number + 1}"
            threading.Thread(target=self.forever, args=(look_s,), name=name, daemon=True).start()

    def wake(self) -> None:
        """One of those that have nothing to do."""
        with self.work:
            self.work.notify()

    def forever(self, look_s: float | None) -> None:
        while True:
            with self.work:
                self.work.wait(look_s)
            try:
                while waiting := queue.next_waiting():
                    self.wake()  # there may be more
                    carry_out(*waiting)
            except Exception as error:
                logger.warning("A thread for jobs had to begin again: %r", error)
            finally:
                connection.close()


pool: Threads | None = None


def submit(pk: int, attempt: int) -> None:
    """Wake a thread, if this process has any; else it is a process that does not serve, and the one that does looks."""
    if pool:
        pool.wake()


def start() -> None:
    """From here on this process carries jobs out."""
    global pool
    if pool is None:
        pool = Threads(settings.JOB_THREADS)
        pool.start()
