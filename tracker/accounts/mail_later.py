"""Mail is sent after the answer: a mail server that is slow, or hangs, holds up no page.

Nor does anybody learn by how long an answer takes whether a mail was sent, and so who has an account. So what is to be
found out before a mail is sent belongs here, too.

A few threads of the process do it, and there is nothing to set up. What waits when the process is killed is lost, and
asked for again by who misses it. At an orderly end it is waited for, for a moment.
"""

import atexit
import logging
from collections.abc import Callable
from functools import partial
from queue import Full, Queue
from threading import Lock, Thread

from django.db import connection

from tracker.lib.request import log_context, root_path

logger = logging.getLogger(__name__)

SENDERS = 4  # one that waits for a mail server holds up none of the others
MANY = 1_000  # that may wait; more come only while no mail server answers, and somebody asks from many addresses
END_S = 10.0  # how long the end of a process waits for them

Work = Callable[[], object]


class Mails:
    """What waits to be sent by this process, and the threads that send."""

    def __init__(self) -> None:
        self.waiting: Queue[Work] = Queue(MANY)
        self.lock = Lock()
        self.senders: list[Thread] = []

    def send(self, work: Work) -> None:
        """Call this later. It may look into the database, and may fail."""
        with self.lock:
            if not self.senders:
                self.senders = [Thread(target=self.forever, name=f"mail {n + 1}", daemon=True) for n in range(SENDERS)]
                for sender in self.senders:
                    sender.start()
                atexit.register(self.end)
        try:
            self.waiting.put_nowait(partial(logged_where_it_was_asked_for, work, log_context.current.get()))
        except Full:
            logger.error("%d mails wait to be sent already: one is not sent.", MANY)

    def forever(self) -> None:
        root_path.use()
        while True:
            work = self.waiting.get()
            try:
                work()
            except Exception:
                logger.exception("A mail could not be sent.")
            finally:
                log_context.current.set(None)
                connection.close()
                self.waiting.task_done()

    def are_sent_within(self, seconds: float) -> bool:
        """Wait until nothing is left to be sent, for so long at most; whether it is so."""
        with self.waiting.all_tasks_done:
            return self.waiting.all_tasks_done.wait_for(lambda: not self.waiting.unfinished_tasks, seconds)

    def end(self) -> None:
        if not self.are_sent_within(END_S):
            logger.error("The process ends before %d mails were sent.", self.waiting.unfinished_tasks)


def logged_where_it_was_asked_for(work: Work, asked_by: log_context.LogContext | None) -> None:
    """With the number of the request in each line of the log."""
    log_context.current.set(asked_by)
    work()


mails = Mails()
