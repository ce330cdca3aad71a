"""Hashing passwords, a few at a time.

A hash is made to be slow: most of a second on one processor. Whoever sends many sign-ins at once would have all
processors to themselves; so they wait for each other here, whatever the page, and everybody else's pages do not.
"""

import os
from threading import BoundedSemaphore

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection


def at_once() -> int:
    """How many this process may compute at the same time: all of the site together half of the processors."""
    return max(1, len(os.sched_getaffinity(0)) // 2 // settings.WEB_PROCESSES)


turn = BoundedSemaphore(at_once())


class PasswordHasher(PBKDF2PasswordHasher):
    """Django's own: what it has stored stays good."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        if connection.in_atomic_block:  # as an administrator's form: others may wait for what this transaction holds
            return super().encode(password, salt, iterations)
        with turn:
            return super().encode(password, salt, iterations)
