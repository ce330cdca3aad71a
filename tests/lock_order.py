"""Refuses, in every test on PostGIS, a writer that locks a row of incidents or areas before it takes matching's lock.

Two such writers wait for each other, and PostgreSQL ends one of them: a form is refused for nothing. Django's own
``update_or_create`` does it.
"""

import re
from typing import Any

from django.db.backends.signals import connection_created

ROW_LOCKS = re.compile(
    r'^\s*(UPDATE "?tracker_(incident|areaofinterest)"?\s'
    r'|DELETE FROM "?tracker_(incident|areaofinterest)"?\s'
    r'|SELECT .*FROM "?tracker_(incident|areaofinterest)"?\s.*FOR (NO KEY )?UPDATE)',
    re.DOTALL,
)
MATCHING = "pg_advisory_xact_lock"


class LockOrder:
    """Of one connection; to be called around each of its statements (``connection.execute_wrappers``)."""

    def __init__(self) -> None:
        self.transaction: object = None
        self.row_lock: str | None = None
        self.has_lock = False

    def __call__(self, execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        transaction = outermost(context["connection"])
        if transaction is not self.transaction:
            self.transaction, self.row_lock, self.has_lock = transaction, None, False
        if transaction and not self.has_lock:
            if MATCHING in sql:
                assert self.row_lock is None, f"A row is locked before the lock of matching is taken: {self.row_lock}"
                self.has_lock = True
            elif ROW_LOCKS.match(sql):
                self.row_lock = sql[:200]
        return execute(sql, params, many, context)


def outermost(connection: Any) -> object:
    """The transaction that is open, but not the one that a test itself is wrapped in; None in autocommit."""
    return next((block for block in connection.atomic_blocks if not block._from_testcase), None)


def watch(sender, connection, **kwargs) -> None:
    if connection.vendor == "postgresql" and not any(isinstance(w, LockOrder) for w in connection.execute_wrappers):
        connection.execute_wrappers.append(LockOrder())


def begin() -> None:
    """Watch every connection that this process opens from now on."""
    connection_created.connect(watch, dispatch_uid="lock order")
