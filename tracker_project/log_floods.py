"""A stranger does not fill the log: of refusals that are alike only the first of a minute are written, then how many.

Django writes a line for every request that it refuses. Each is of use; ten thousand of them bury what else is there,
and fill a disk.
"""

import logging
import time
from collections.abc import Callable

ALIKE = 20  # lines of one kind in a minute
MINUTE_S = 60.0
OF_REQUESTS = ("django.", "axes", "daphne")  # loggers that write what somebody outside makes them write
REFUSALS = "django.security."  # which are no errors of the site, though Django calls that of a wrong Host one


class Floods(logging.Filter):
    """Passes so many lines of each kind in a minute; errors, and what the site writes by itself, all of it."""

    def __init__(self, alike: int = ALIKE, clock: Callable[[], float] = time.monotonic):
        super().__init__()
        self.alike, self.clock = alike, clock
        self.begun = clock()
        self.counts: dict[tuple[str, object], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        is_error = record.levelno >= logging.ERROR and not record.name.startswith(REFUSALS)
        if is_error or not record.name.startswith(OF_REQUESTS):
            return True
        if self.clock() - self.begun > MINUTE_S:
            self.tell()
        kind = record.name, getattr(record, "status_code", record.msg)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return self.counts[kind] <= self.alike

    def tell(self) -> None:
        """A new minute: say what was not written in the one before."""
        counts, self.counts, self.begun = self.counts, {}, self.clock()
        for (name, kind), count in counts.items():
            if count > self.alike:
                logging.getLogger("tracker.log").warning(
                    "%s: %d more lines of this kind (%s) were not written.", name, count - self.alike, kind
                )
