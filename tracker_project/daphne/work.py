"""What a daphne process has in hand: connections that bring a request, and answers on their way out.

daphne itself counts a request from when its body is whole until its application has returned. Who is still sending a
report, who has just come in and has not said a word yet, and who reads a large file slowly would not be in that number.
"""

import time
from array import array
from collections.abc import Callable, Hashable, Iterator
from fcntl import ioctl
from functools import wraps
from termios import TIOCOUTQ
from typing import Any
from weakref import WeakKeyDictionary

from daphne.http_protocol import HTTPFactory
from daphne.server import Server
from twisted.web.http import HTTPChannel, _GenericHTTPChannelProtocol

Work = dict[int, Hashable]  # by what it is done for (its id); how far it is, which changes as long as it gets on

FIRST_REQUEST_S = 1.0  # how long a new connection may take to begin

# When each was accepted. Its transport alone holds a connection: it is in here until it is lost or becomes a socket.
accepted: WeakKeyDictionary[_GenericHTTPChannelProtocol, float] = WeakKeyDictionary()


def channels() -> Iterator[tuple[HTTPChannel, float]]:
    for connection, since in list(accepted.items()):
        channel = connection._channel
        if isinstance(channel, HTTPChannel) and getattr(channel.transport, "connected", False):
            yield channel, since


def unsent(channel: HTTPChannel) -> int:
    transport: Any = channel.transport
    return len(transport.dataBuffer) - transport.offset + transport._tempDataLen


def in_kernel(channel: HTTPChannel) -> int:
    """Bytes that the other side has not confirmed: the kernel takes more from us in large steps, and seldom."""
    transport: Any = channel.transport
    waiting = array("i", [0])
    ioctl(transport.fileno(), TIOCOUTQ, waiting)
    return waiting[0]


def is_new(channel: HTTPChannel, since: float) -> bool:
    """Nothing has been asked here, and there is still time. (The channel saves its timeout with the first request.)"""
    return channel._savedTimeOut is None and time.monotonic() - since < FIRST_REQUEST_S


def is_idle(channel: HTTPChannel, since: float) -> bool:
    return not (channel.requests or channel._buffer or unsent(channel) or is_new(channel, since))


def progress_of(channel: HTTPChannel) -> Hashable:
    head = channel._receivedHeaderSize, len(channel._buffer)
    bodies = [request.content for request in channel.requests]
    received = sum(body.tell() for body in bodies if body is not None and not body.closed)
    sent = sum(request.sentLength for request in channel.requests), unsent(channel), in_kernel(channel)
    return head, received, sent


def running(server: Server) -> Work:
    """What applications have not finished, those of sockets, too. How far one is cannot be seen."""
    tasks = {id(protocol): details.get("application_instance") for protocol, details in server.connections.items()}
    return {key: None for key, task in tasks.items() if task and not task.done()}


def in_hand(server: Server) -> Work:
    """All that there is to wait for."""
    return running(server) | {
        id(channel): progress_of(channel) for channel, since in channels() if not is_idle(channel, since)
    }


def end_connections() -> None:
    """Close those on which nothing happens; the answers that are being made say that they are the last ones."""
    for channel, since in channels():
        if is_idle(channel, since):
            channel.loseConnection()
        elif channel._handlingRequest:
            channel.persistent = 0
            for request in channel.requests:
                if not request.startedWriting:
                    request.responseHeaders.setRawHeaders(b"connection", [b"close"])


def remembered(build_protocol: Callable) -> Callable:
    @wraps(build_protocol)
    def build(self: HTTPFactory, address: object) -> _GenericHTTPChannelProtocol:
        connection = build_protocol(self, address)
        accepted[connection] = time.monotonic()
        return connection

    return build


def use() -> None:
    """From here on this process remembers its connections."""
    HTTPFactory.buildProtocol = remembered(HTTPFactory.buildProtocol)
