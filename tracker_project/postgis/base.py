"""Django's PostGIS backend, which keeps a few connections for whoever connects next.

Under ASGI each request runs in a thread of its own, and Django opens a connection for each thread: 2 ms, and 6 more
until PostgreSQL's new process has loaded PostGIS. ``CONN_MAX_AGE`` does not help there, for a kept connection would end
with its thread; Django's own pool needs psycopg 3. So what a thread closes in good order is kept here for the next.
"""

import os
import select
import threading
import time
from typing import Any

from django.contrib.gis.db.backends.postgis import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

KEPT = 8  # connections a process; more may be open, but are closed after use
OF_ITS_OWN = {"assume_role", "isolation_level"}  # options that Django sets on a connection after it is open
IDLE_S = 60.0  # after which a kept connection is closed


class Idle:
    """The connections that nobody uses, of one process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.connections: list[tuple[float, dict[str, Any], Any]] = []  # the time and the parameters of each

    def take(self, parameters: dict[str, Any]) -> Any | None:
        """The connection that was used last, if it is still there."""
        with self.lock:
            self.drop_old()
            for at in reversed(range(len(self.connections))):
                if self.connections[at][1] == parameters:
                    connection = self.connections.pop(at)[2]
                    if is_alive(connection):
                        return connection
                    connection.close()
        return None

    def keep(self, parameters: dict[str, Any], connection: Any) -> None:
        with self.lock:
            self.connections.append((time.monotonic(), parameters, connection))
            self.drop_old()
            while len(self.connections) > KEPT:
                self.connections.pop(0)[2].close()

    def drop_old(self) -> None:
        while self.connections and self.connections[0][0] < time.monotonic() - IDLE_S:
            self.connections.pop(0)[2].close()

    def clear(self) -> None:
        with self.lock:
            while self.connections:
                self.connections.pop()[2].close()


def is_alive(connection: Any) -> bool:
    """Nothing comes on an idle connection, unless PostgreSQL has ended it."""
    watch = select.poll()
    watch.register(connection.fileno(), select.POLLIN)
    return not watch.poll(0)


idle = Idle()


def forget() -> None:
    """In a forked child: the connections stay the parent's. psycopg2 does not close what another process opened."""
    global idle
    idle = Idle()


os.register_at_fork(after_in_child=forget)


class DatabaseWrapper(base.DatabaseWrapper):
    parameters: dict[str, Any]  # of the connection that is open
    process = 0  # which opened it
    failed = False  # whether something but the data was ever wrong with it
    error_now = False

    @property
    def errors_occurred(self) -> bool:
        return self.error_now

    @errors_occurred.setter
    def errors_occurred(self, value: bool) -> None:
        """Django sets this after an error, and takes it back when the connection answers at all."""
        self.error_now = value
        self.failed = self.failed or value

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.parameters, self.failed, self.process = conn_params, False, os.getpid()
        connection = idle.take(conn_params)
        if connection is None:
            return super().get_new_connection(conn_params)
        self.isolation_level = IsolationLevel.READ_COMMITTED  # as the parent does
        return connection

    def _close(self) -> None:
        if self.is_in_good_order():
            idle.keep(self.parameters, self.connection)
            return
        if self.failed:
            # A backend remembers the database as it was when it began. What one stumbles over, the others may: after
            # a backup was restored, PostGIS has other numbers, and every old connection fails.
            idle.clear()
        super()._close()  # type: ignore[misc]

    def is_in_good_order(self) -> bool:
        """Whether the connection may be handed on: nothing of this thread's work is left in it."""
        return bool(
            self.connection
            and not self.connection.closed
            and self.process == os.getpid()
            and not self.in_atomic_block
            and not self.failed
            and self.connection.info.transaction_status == TRANSACTION_STATUS_IDLE
            and not OF_ITS_OWN & self.settings_dict["OPTIONS"].keys()
        )

    def close_pool(self) -> None:
        """Before a database is dropped (Django calls this), and after one was restored."""
        super().close_pool()
        idle.clear()
