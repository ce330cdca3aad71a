"""The site that ``end_to_end`` measures: its own ASGI application, which notes when a report passes each stage.

The notes are taken around functions of the site, from here; the site's own code knows nothing of them. Each is a line
in the file that ``BENCH_STAMPS`` names: the report's number, and CLOCK_MONOTONIC in nanoseconds when its save began,
when its commit began and ended, and when what was numbered was sent.
"""

import os
import threading
import time

from tracker_project.asgi import application

__all__ = ["application"]

from django.db.backends.base.base import BaseDatabaseWrapper

from tracker.events import sending
from tracker.models import Incident

report = threading.local()  # a request is served by one thread
stamps = os.open(os.environ["BENCH_STAMPS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
save, commit, send = Incident.save, BaseDatabaseWrapper._commit, sending.send  # type: ignore[attr-defined]


def stamped_save(self, *args, **kwargs):
    report.number, report.at = self.name.removeprefix("bench-"), [time.monotonic_ns()]
    return save(self, *args, **kwargs)


def stamped_commit(self):
    at = getattr(report, "at", None)
    if at is None or len(at) != 1:
        return commit(self)
    at.append(time.monotonic_ns())
    try:
        return commit(self)
    finally:
        at.append(time.monotonic_ns())


def stamped_send(*args, **kwargs):
    at = getattr(report, "at", None)
    if at is not None and len(at) == 3:
        os.write(stamps, f"{report.number} {at[0]} {at[1]} {at[2]} {time.monotonic_ns()}\n".encode())
        report.at = None
    return send(*args, **kwargs)


Incident.save = stamped_save  # type: ignore[method-assign]
BaseDatabaseWrapper._commit = stamped_commit  # type: ignore[attr-defined]
sending.send = stamped_send
