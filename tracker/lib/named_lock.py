"""A lock that has a name: of all threads of the site one holds it at a time, in Redis where there is one.

It is for what must not be done by two at once and takes too long for a transaction. While Redis is away each process
locks by itself: what the lock is for must go on, so whoever uses it looks once more at what matters afterwards.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

from django.conf import settings
from redis import Redis, RedisError

logger = logging.getLogger(__name__)

PREFIX = "tracker-lock:"
LOOK_S = 0.05  # how often a process that waits for another one looks
REDIS_S = 1.0  # how long a Redis that does not answer may hold up whoever asks
KEPT_S = 20.0  # after which the lock of a process that was killed is free again
MANY = 100  # threads of a process that wait for one name; each holds a connection to the database


class Busy(Exception):
    """Others were before, and it took too long."""


class Waiting:
    """A lock of this process, and how many threads have it or wait for it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.threads = 0


here: dict[str, Waiting] = {}
guard = Lock()


@cache
def redis() -> Redis | None:
    if not settings.REDIS_URL:
        return None
    return Redis.from_url(settings.REDIS_URL, socket_timeout=REDIS_S, socket_connect_timeout=REDIS_S)


@contextmanager
def held(name: str, patience_s: float) -> Iterator[None]:
    """Hold the lock with this name. Raises Busy after waiting so long for it."""
    until = time.monotonic() + patience_s
    with held_here(name, until), held_by_process(name, until):
        yield


@contextmanager
def held_here(name: str, until: float) -> Iterator[None]:
    """Among the threads of this process."""
    with guard:
        waiting = here.setdefault(name, Waiting())
        if waiting.threads > MANY:
            raise Busy
        waiting.threads += 1
    try:
        if not waiting.lock.acquire(timeout=max(0.0, until - time.monotonic())):
            raise Busy
        try:
            yield
        finally:
            waiting.lock.release()
    finally:
        with guard:
            waiting.threads -= 1
            if not waiting.threads:
                del here[name]


@contextmanager
def held_by_process(name: str, until: float) -> Iterator[None]:
    """Among the processes, of which one thread each gets here."""
    lock = None
    if client := redis():
        patience_s = max(0.0, until - time.monotonic())
        asked = client.lock(PREFIX + name, timeout=KEPT_S, sleep=LOOK_S, blocking_timeout=patience_s)
        try:
            if not asked.acquire():
                raise Busy
            lock = asked
        except RedisError as error:
            logger.warning("Redis does not lock; this process goes by itself: %r", error)
    try:
        yield
    finally:
        if lock:
            try:
                lock.release()
            except RedisError as error:
                logger.warning("A lock in Redis could not be given back, and ends by itself: %r", error)
