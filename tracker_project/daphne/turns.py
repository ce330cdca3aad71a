"""Several daphne processes that share one listening socket (supervisor's ``fcgi-program``) take turns.

The kernel wakes all of them for a connection, in always the same order, and the first takes it: of twelve sockets that
were opened one after the other, twelve were one process's. So each waits for a random moment before it takes what has
come. Who is busy comes later, so this also spreads by load; it costs about a millisecond a connection.
"""

import random
from collections.abc import Callable
from functools import wraps

from daphne.server import Server
from twisted.internet import reactor
from twisted.internet.task import deferLater
from twisted.internet.tcp import Port

TURN_S = 0.006  # at most; the event loop counts in milliseconds


def take_turns(port: Port) -> None:
    accept = port.doRead

    def wait() -> None:
        port.stopReading()
        deferLater(reactor, random.random() * TURN_S, go_on)

    def go_on() -> None:
        if port.connected:  # else it was closed meanwhile
            accept()
            port.startReading()

    port.doRead = wait  # type: ignore[method-assign]


def with_turns(listen_success: Callable) -> Callable:
    @wraps(listen_success)
    def begin(self: Server, port: Port) -> None:
        listen_success(self, port)
        if any(str(endpoint).startswith("fd:") for endpoint in self.endpoints):
            take_turns(port)

    return begin


def use() -> None:
    """From here on this process shares well."""
    Server.listen_success = with_turns(Server.listen_success)
