"""The clock of a web process: does what is periodic, unless ``celery beat`` does.

Jobs that lost their worker are looked for in any case: a site whose workers are all gone must say so.
"""

import logging
import random
import threading
import time

from django.conf import settings
from django.db import connection

from tracker.jobs.periodic import PERIODIC
from tracker.lib.request import root_path

logger = logging.getLogger(__name__)

TICK_S = 1.0
FIRST_S = 300.0  # within which everything is done for the first time
ALWAYS = {"sweep_jobs"}


class Clock:
    def __init__(self, names: set[str]):
        now = time.monotonic()
        # Soon after the start, for a site that is started every day, too. Several processes that start together do not
        # all begin together; any of them may do it, twice does no harm.
        self.due = {name: now + min(PERIODIC[name].every_s, FIRST_S) * random.uniform(0.2, 1) for name in names}

    def start(self) -> None:
        threading.Thread(target=self.forever, name="clock", daemon=True).start()

    def forever(self) -> None:
        root_path.use()
        while True:
            time.sleep(TICK_S)
            for name in [name for name, due in self.due.items() if due <= time.monotonic()]:
                self.due[name] = time.monotonic() + PERIODIC[name].every_s
                try:
                    PERIODIC[name].do()
                except Exception as error:
                    logger.warning("%s failed, and is tried again when it is due: %r", name, error)
                finally:
                    connection.close()


def start() -> None:
    """From here on this process does what is periodic."""
    Clock(ALWAYS if settings.BACKGROUND == "celery" else set(PERIODIC)).start()
