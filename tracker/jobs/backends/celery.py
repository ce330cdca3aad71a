"""Jobs in the workers of Celery: ``celery -A tracker_project worker``.

The rows of the jobs are the truth, and tell whose turn it is; a message only says that there is something to do. So one
that comes twice, late or not at all does no harm (tracker/jobs/queue.py).
"""

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from celery import shared_task
from django.db import connection

from tracker.jobs import queue, worker
from tracker.jobs.periodic import PERIODIC
from tracker.lib.request import root_path

logger = logging.getLogger(__name__)


@shared_task(name="tracker.carry_out")
def carry_out(pk: int, attempt: int) -> None:
    """Carry out the job whose turn it is, which need not be this one."""
    if waiting := queue.next_waiting():
        worker.carry_out(*waiting)


@shared_task(name="tracker.periodic")
def periodic(name: str) -> None:
    root_path.use()
    PERIODIC[name].do()


class Outbox:
    """Sends from a thread of its own: a Redis that hangs must hold up neither a request nor the sockets."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.waiting: dict[tuple[int, int], None] = {}
        self.thread = ThreadPoolExecutor(1, "outbox of Celery")  # ends with the process, after what waits was sent

    def put(self, pk: int, attempt: int) -> None:
        with self.lock:
            is_new = (pk, attempt) not in self.waiting
            self.waiting[pk, attempt] = None
        if is_new:
            self.thread.submit(self.send, pk, attempt)

    def send(self, pk: int, attempt: int) -> None:
        with self.lock:
            if (pk, attempt) not in self.waiting:  # one before it could not be sent: the sweep sends all of them again
                return
        try:
            carry_out.apply_async((pk, attempt), retry=False)
            queue.note_sent(pk, attempt)
        except Exception as error:
            logger.warning("Celery's workers cannot be reached; jobs will be sent again: %r", error)
            with self.lock:
                self.waiting.clear()
        finally:
            with self.lock:
                self.waiting.pop((pk, attempt), None)
            connection.close()


outbox = Outbox()


def submit(pk: int, attempt: int) -> None:
    """Send a job to the workers, soon."""
    outbox.put(pk, attempt)


def forget() -> None:
    """In a forked child: the thread stayed with the parent."""
    global outbox
    outbox = Outbox()


os.register_at_fork(after_in_child=forget)
