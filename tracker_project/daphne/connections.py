"""Every TCP connection of this process: whose it is, when its turn to be read comes, and when it must go.

Before it is known who somebody is, their address counts: it has so many connections, and they are read in turn with
those of others (``fair_reads``). A socket whose person is known counts for that account, and is not one of its address.
Behind a proxy (``BEHIND_PROXY``) all connections come from there: each counts for itself until its request has named
the address, and how many there are the proxy bounds. Who sends too slowly, or does not take what was answered, has to
go: a sweep looks for them.
"""

import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from functools import wraps
from typing import Any

from daphne.http_protocol import HTTPFactory
from daphne.server import Server
from django.conf import settings
from twisted.internet import reactor as twisted_reactor
from twisted.internet import tcp
from twisted.internet.main import CONNECTION_LOST
from twisted.web.http import HTTPChannel, _GenericHTTPChannelProtocol

from tracker.lib.request.client_address import counted_network
from tracker.live.socket import PERSON
from tracker_project.daphne.bounds import (
    ACCEPTS,
    ALL_CONNECTIONS,
    ALL_UNREAD_BYTES,
    BODY_BYTES_PER_S,
    BODY_S,
    CONNECTIONS,
    HEAD_S,
    READ_BYTES,
    SLICE_S,
    UNREAD_BYTES,
)
from tracker_project.daphne.fair_reads import FairReads

SWEEP_S = 2.0
reactor: Any = twisted_reactor  # asyncio's, which has more than the interface says

fair_reads = FairReads()


class Connection(tcp.Server):
    """One connection, from when it is accepted until it is lost."""

    everyone: "set[Connection]" = set()  # but those whose person is known
    of_address: Counter[Hashable] = Counter()  # how many of them each address has
    of_addresses = 0  # how many they are together

    # Not in a dictionary: thousands are open.
    __slots__ = (
        "body_bytes",
        "body_since",
        "head_since",  # when the head of a request was first seen unfinished
        "host",  # where it arrived
        "is_called",  # it is its turn
        "is_counted",
        "is_paused",  # its protocol wants nothing now
        "key",  # for whom it is read in turn
        "lets_go",  # is called when it is lost
        "read_bytes",
        "rest",  # looks at what was received already, in the next turn
        "until",  # when this turn ends
    )

    def __init__(self, sock: Any, protocol: Any, client: Any, *args: Any) -> None:
        address = address_of_peer(client[0])
        self.key: Hashable = address or ("connection", id(self))
        self.is_counted, self.is_called, self.is_paused = bool(address), False, False
        self.head_since = self.body_since = 0.0
        self.body_bytes = 0
        self.host: Any = None
        self.lets_go: Callable[[], None] | None = None
        self.rest: Callable[[], None] | None = None
        self.until = 0.0
        self.read_bytes = READ_BYTES  # Twisted's own takes 64 KiB at once, from anybody
        super().__init__(sock, protocol, client, *args)
        self.everyone.add(self)
        if address:
            self.of_address[address] += 1
            Connection.of_addresses += 1

    @classmethod
    def has_room_for(cls, address: str | None) -> bool:
        return not address or (cls.of_address[address] < CONNECTIONS and cls.of_addresses < ALL_CONNECTIONS)

    def doRead(self) -> Any:
        if self.is_called:
            self.is_called = False
        elif not fair_reads.may_read(self):
            self.stopReading()
            return None
        begun = time.perf_counter()
        self.until = begun + SLICE_S
        try:
            if self.rest:
                rest, self.rest = self.rest, None
                rest()
                return None
            return self._dataReceived(self.socket.recv(self.read_bytes))
        except BlockingIOError:
            return None
        except OSError:
            return CONNECTION_LOST
        finally:
            fair_reads.took(time.perf_counter() - begun)

    def read_now(self) -> None:
        """In its turn, as the reactor does it."""
        if not self.connected:
            return
        self.is_called = True
        reactor._readOrWrite(self, True)
        if self.connected and not (self.is_paused or self.disconnecting or self.rest):
            self.startReading()

    def is_turn_over(self) -> bool:
        return time.perf_counter() > self.until

    def go_on_with(self, rest: Callable[[], None]) -> None:
        """In its next turn, before anything more is read."""
        self.rest = rest
        self.stopReading()
        fair_reads.wait(self)

    def pauseProducing(self) -> None:
        self.is_paused = True
        super().pauseProducing()

    def resumeProducing(self) -> None:
        self.is_paused = False
        super().resumeProducing()

    def is_of(self, key: Hashable) -> None:
        """From here on it is known who sends: an address that the proxy names."""
        self.uncount()
        self.key = key

    def is_of_account(self, user: int) -> None:
        """From here on it is known whose socket this is."""
        self.is_of(user)
        self.everyone.discard(self)

    def uncount(self) -> None:
        if self.is_counted:
            self.is_counted = False
            self.of_address[self.key] -= 1
            Connection.of_addresses -= 1
            if not self.of_address[self.key]:
                del self.of_address[self.key]

    def getHost(self) -> Any:
        """Asked several times for each request and each socket; Twisted asks the kernel every time."""
        self.host = self.host or super().getHost()
        return self.host

    def connectionLost(self, reason: Any) -> None:
        self.uncount()
        self.everyone.discard(self)
        if self.lets_go:
            self.lets_go()
        self.lets_go = self.rest = None
        super().connectionLost(reason)

    @property
    def channel(self) -> HTTPChannel | None:
        """None once it is a WebSocket."""
        protocol = getattr(self, "protocol", None)
        channel = protocol._channel if isinstance(protocol, _GenericHTTPChannelProtocol) else None
        return channel if isinstance(channel, HTTPChannel) else None

    def unread_bytes(self) -> int:
        return len(self.dataBuffer) - self.offset + self._tempDataLen

    def is_too_slow(self, now: float) -> bool:
        """Whether a request takes too long to come."""
        channel = self.channel
        if channel is None or channel._handlingRequest:
            self.head_since = 0.0
            return False
        if self.body_since:
            return now - self.body_since > BODY_S + self.body_bytes / BODY_BYTES_PER_S
        if not (channel._receivedHeaderSize or channel._buffer):
            self.head_since = 0.0  # nothing of a request has come; for that the channel has a timeout
            return False
        self.head_since = self.head_since or now
        return now - self.head_since > HEAD_S


def address_of_peer(host: Any) -> str | None:
    """Whose requests are counted together; None if the peer does not tell: a proxy, or a unix socket."""
    if settings.BEHIND_PROXY or not isinstance(host, str):
        return None
    return counted_network(host)


def refusing(build_protocol: Callable) -> Callable:
    """daphne's step from an accepted connection to its protocol; None closes it again."""

    @wraps(build_protocol)
    def build(self: HTTPFactory, peer: Any) -> _GenericHTTPChannelProtocol | None:
        if not Connection.has_room_for(address_of_peer(getattr(peer, "host", None))):
            return None
        protocol = build_protocol(self, peer)
        protocol.timeOut = HEAD_S
        return protocol

    return build


def with_person(create_application: Callable) -> Callable:
    """daphne's step from a socket to its application, which tells whose it is."""

    @wraps(create_application)
    def create(self: Server, protocol: Any, scope: dict[str, Any]) -> Any:
        transport = getattr(protocol, "transport", None)
        if scope["type"] == "websocket" and isinstance(transport, Connection):
            scope.setdefault("extensions", {})[PERSON] = transport.is_of_account
        return create_application(self, protocol, scope)

    return create


def few_at_once(accept: Callable) -> Callable:
    """Twisted's step from a listening socket to its new connections, of which it takes a hundred and more at once."""

    @wraps(accept)
    def accept_few(self: tcp.Port) -> None:
        self.numberAccepts = min(self.numberAccepts, ACCEPTS)
        accept(self)

    return accept_few


# --- who has to go -------------------------------------------------------------------------------------------------


def sweep() -> None:
    now = time.monotonic()
    for connection in [each for each in Connection.everyone if each.is_too_slow(now)]:
        connection.abortConnection()
    for connection in list(too_much_unread()):
        connection.abortConnection()
    reactor.callLater(SWEEP_S, sweep)


def too_much_unread() -> Iterator[Connection]:
    """Of those who do not take what they were answered, the ones with the most, until the rest is within the bounds.

    Not the sockets: each has a window of its own (tracker/live/socket.py).
    """
    unread = Counter({each: size for each in Connection.everyone if each.channel and (size := each.unread_bytes())})
    by_key: Counter[Hashable] = Counter()
    for connection, size in unread.items():
        by_key[connection.key] += size
    total = by_key.total()
    for connection, size in unread.most_common():
        if by_key[connection.key] > UNREAD_BYTES or total > ALL_UNREAD_BYTES:
            by_key[connection.key] -= size
            total -= size
            yield connection


def swept(run: Callable) -> Callable:
    @wraps(run)
    def begin(self: Server) -> None:
        reactor.callLater(SWEEP_S, sweep)
        run(self)

    return begin


def use() -> None:
    """From here on the connections of this process are these."""
    tcp.Port.transport = Connection  # type: ignore[assignment]
    tcp.Port.doRead = few_at_once(tcp.Port.doRead)  # type: ignore[method-assign]
    HTTPFactory.buildProtocol = refusing(HTTPFactory.buildProtocol)
    Server.create_application = with_person(Server.create_application)
    Server.run = swept(Server.run)
