"""How daphne stops (SIGTERM): it takes nothing new, finishes what it has, and tells its sockets to come back.

daphne by itself cancels what it is doing: who has just sent a report is answered with an error, though it may have been
saved, and sockets break without a word. Behind a listening socket that several processes share (supervisor's
``fcgi-program``) the others take what comes meanwhile, so a site is restarted process by process and nobody notices.
"""

import os
import time
from collections.abc import Callable, Generator
from functools import wraps

from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor
from twisted.internet.defer import Deferred, inlineCallbacks, maybeDeferred
from twisted.internet.task import deferLater
from twisted.internet.tcp import Port

from tracker import health

GRACE_S = 8.0  # for the requests; supervisor and systemd wait longer before they kill
STEP_S = 0.05
SERVICE_RESTART = 1012  # WebSocket close code: come back (IANA's registry)


def say_goodbye(socket: WebSocketProtocol) -> None:
    """Begin to close it. (Its library's ``sendClose`` refuses every code between 1001 and 2999.)"""
    if socket.state == socket.STATE_OPEN:
        socket.sendCloseFrame(code=SERVICE_RESTART, isReply=False)


def is_busy(server: Server) -> bool:
    running = (details.get("application_instance") for details in server.connections.values())
    return any(instance and not instance.done() for instance in running)


@inlineCallbacks
def finish(server: Server) -> Generator[Deferred, object, None]:
    health.stopping = True
    for port in getattr(server, "ports", []):
        yield maybeDeferred(port.stopListening)
    for protocol in list(server.connections):
        if isinstance(protocol, WebSocketProtocol):
            say_goodbye(protocol)
    until = time.monotonic() + GRACE_S
    while is_busy(server) and time.monotonic() < until:
        yield deferLater(reactor, STEP_S)


def remembered(listen_success: Callable) -> Callable:
    """daphne's step when it listens, which keeps the address only."""

    @wraps(listen_success)
    def remember(self: Server, port: Port) -> None:
        listen_success(self, port)
        self.ports = [*getattr(self, "ports", []), port]

    return remember


def gently(kill: Callable) -> Callable:
    """daphne's last step before the reactor ends, after a time in which what runs may finish."""

    @wraps(kill)
    def stop(self: Server) -> Deferred:
        def rest(_: object) -> Deferred | None:
            for protocol, details in list(self.connections.items()):
                if "application_instance" not in details:  # daphne expects one of each
                    del self.connections[protocol]
            late = is_busy(self)
            killed = kill(self)
            if not late:
                return killed
            # A view that hangs in its thread cannot be cancelled, and Python would wait for it before it ends.
            reactor.addSystemEventTrigger("after", "shutdown", os._exit, 0)  # type: ignore[arg-type]
            return None

        return finish(self).addBoth(rest)

    return stop


def use() -> None:
    """From here on this process stops like that."""
    Server.listen_success = remembered(Server.listen_success)
    Server.kill_all_applications = gently(Server.kill_all_applications)
