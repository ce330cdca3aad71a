"""How daphne stops (SIGTERM): it takes nothing new, finishes what it has, and tells its sockets to come back.

daphne by itself cancels what it is doing: who has just sent a report is answered with an error, though it may have been
saved, and sockets break without a word. Behind a listening socket that several processes share (supervisor's
``fcgi-program``) the others take what comes meanwhile, so a site is restarted process by process and nobody notices.
What gets on, as a long upload does, is waited for; what does not, as a view that hangs, is given up soon.
"""

import os
import time
from collections.abc import Callable, Generator, Hashable
from functools import wraps

from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor
from twisted.internet.defer import Deferred, inlineCallbacks, maybeDeferred
from twisted.internet.task import deferLater
from twisted.internet.tcp import Port

from tracker_project.daphne import work as daphne_work
from tracker_project.monitoring import health

SETTLE_S = 0.2  # at least, for what is on its way
GRACE_S = 8.0  # for what does not get on
LONGEST_S = 60.0  # for everything; supervisor and systemd wait longer before they kill
STEP_S = 0.05
SERVICE_RESTART = 1012  # WebSocket close code: come back (IANA's registry)


def say_goodbye(socket: WebSocketProtocol) -> None:
    """Begin to close it. (Its library's ``sendClose`` refuses every code between 1001 and 2999.)"""
    if socket.state == socket.STATE_OPEN:
        socket.sendCloseFrame(code=SERVICE_RESTART, isReply=False)


class Patience:
    """Lasts while something gets on: what has not changed for a time is no longer waited for."""

    def __init__(self) -> None:
        self.seen: dict[int, tuple[Hashable, float]] = {}  # how far each was, and since when it is no further

    def lasts(self, work: daphne_work.Work) -> bool:
        now = time.monotonic()
        before = {key: self.seen.get(key, (None, now)) for key in work}
        self.seen = {key: before[key] if before[key][0] == state else (state, now) for key, state in work.items()}
        return any(now - since < GRACE_S for _, since in self.seen.values())


def tell_sockets(server: Server) -> None:
    """Those, too, that are opened on a connection from before."""
    for protocol in list(server.connections):
        if isinstance(protocol, WebSocketProtocol):
            say_goodbye(protocol)


@inlineCallbacks
def finish(server: Server) -> Generator[Deferred, object, None]:
    health.stopping = True
    begun = time.monotonic()
    for port in getattr(server, "ports", []):
        port.doRead()  # who waits at this door would be thrown out with it
        yield maybeDeferred(port.stopListening)
    tell_sockets(server)
    yield deferLater(reactor, SETTLE_S)
    patience = Patience()
    while patience.lasts(daphne_work.in_hand(server)) and time.monotonic() - begun < LONGEST_S:
        tell_sockets(server)
        daphne_work.end_connections()
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
            late = daphne_work.running(self)
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
    daphne_work.use()
    Server.listen_success = remembered(Server.listen_success)
    Server.kill_all_applications = gently(Server.kill_all_applications)
