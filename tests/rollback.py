"""Rows that several tests look at are made once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction


@contextmanager
def taken_back(django_db_blocker: Any) -> Iterator[None]:
    """What is written meanwhile goes at the end, as after a test; for a fixture of a class or a module."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # it is no transaction of who writes
    with django_db_blocker.unblock(), block:
        yield
        transaction.set_rollback(True)
