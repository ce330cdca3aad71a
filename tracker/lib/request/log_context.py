"""Which request, socket or job a line of the log belongs to, and which person's it is (tracker_project/logs.py).

In a context variable, as who acts is: it reaches every function, and the threads that asgiref hands work to.
A person may quote the number that an error page shows; it finds every line of that request.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from logging import LogRecord

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import LazyObject, empty

HEADER = "X-Request-ID"
USABLE = re.compile(r"[A-Za-z0-9-]{8,64}")  # what a proxy may have called a request


class LogContext:
    """Of one request, one socket for as long as it is open, or one attempt of a job."""

    __slots__ = ("id", "job", "request", "user")

    def __init__(
        self, id: str | None, *, request: HttpRequest | None = None, job: int | None = None, user: int | None = None
    ):
        self.id = id
        self.request = request  # whose person may not be known yet
        self.job = job
        self.user = user

    @property
    def person(self) -> int | None:
        """The number of the account, if it is known by now. Never asks the database: a log line must not."""
        user: object = getattr(self.request, "user", None)
        if isinstance(user, LazyObject):
            user = None if user._wrapped is empty else user._wrapped
        return getattr(user, "pk", None) or self.user


current: ContextVar[LogContext | None] = ContextVar("log_context", default=None)
NOWHERE = LogContext(None)


def new_id(given: str | None) -> str:
    """The id of a request: what the proxy before us called it, if there is one, else a fresh one."""
    return given if given and settings.BEHIND_PROXY and USABLE.fullmatch(given) else secrets.token_hex(8)


def id_of(request: HttpRequest) -> str | None:
    """The id that this request was given."""
    context = getattr(request, "log_context", None)
    return context.id if context else None


def of_line(record: LogRecord) -> LogContext:
    """Where a line comes from. Django's last words about a request come after it, and name it."""
    context = current.get() or getattr(getattr(record, "request", None), "log_context", None)
    return context if isinstance(context, LogContext) else NOWHERE


def begin_socket(headers: dict[bytes, bytes]) -> LogContext:
    """From here on in this task: the context of a socket."""
    context = LogContext(new_id(headers.get(HEADER.lower().encode(), b"").decode("latin-1")))
    current.set(context)
    return context


@contextmanager
def of_job(job: int, owner: int | None) -> Iterator[None]:
    """What is logged in here is about this job."""
    token = current.set(LogContext(None, job=job, user=owner))
    try:
        yield
    finally:
        current.reset(token)
