"""daphne's requests, with a bound on what they bring before it is known who brings it.

daphne takes a body of any size, has its HTTP library look for form fields in it on the event loop, where nothing else
happens meanwhile, though Django looks for itself, and hands it to the application as a whole. Here a body is counted
while it comes and kept in a file, which the application reads. One that is larger than a stranger's may be waits until
it is known whether somebody is signed in. What is refused is answered at once, and the rest of it dropped.

A request says nothing about where the site is served: daphne would take the root path from a header, and the whole of
a target such as http://host/path for its path.
"""

import asyncio
import io
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from functools import partial, wraps
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import unquote

from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server
from django.conf import settings
from twisted.internet import reactor as twisted_reactor
from twisted.web.http import HTTPChannel

from tracker.lib.request.client_address import counted_network
from tracker_project.body_limits import BODY, REFUSED, limit_of
from tracker_project.daphne.bounds import (
    ALL_LINGERING,
    ALL_UPLOADS,
    IN_MEMORY_BYTES,
    LINGER_S,
    LINGERING,
    READ_BYTES,
    STREAM_AHEAD_BYTES,
    UPLOADS,
    WHOLESALE_BYTES,
)
from tracker_project.daphne.connections import Connection
from tracker_project.known_sessions import known_sessions

STEP_S = 0.01
ABSOLUTE = re.compile(rb"https?://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
reactor: Any = twisted_reactor  # asyncio's, which has more than the interface says

lingering: Counter[Hashable] = Counter()  # bodies that were refused and are read on, by whom they come from
uploads: Counter[int] = Counter()  # bodies larger than a stranger's that are coming, by account
tasks: set[asyncio.Task] = set()  # kept until they are done


class Sink:
    """In the place of what would take a body."""

    def dataReceived(self, data: bytes) -> None:
        pass


class Request(WebRequest):
    limit = 0
    received = 0
    is_asking = False  # whether somebody is signed in
    expects = False
    is_whole = False
    is_begun = False  # the application has it
    uploader: int | None = None
    refusal: tuple[int, int] | None = None  # status, and how many bytes may be sent

    def __init__(self, channel: HTTPChannel, *args: Any, **kwargs: Any) -> None:
        super().__init__(channel, *args, **kwargs)
        self._parsePOSTFormSubmission = False
        self.body: Any = None

    # --- what comes ---

    def gotLength(self, length: int | None) -> None:
        """The head has come; *length* is None where it does not tell."""
        self.requestHeaders.removeHeader(b"Daphne-Root-Path")
        self.take_target()
        self.connection = self.channel.transport
        if settings.BEHIND_PROXY and isinstance(self.connection, Connection):
            named = self.requestHeaders.getRawHeaders(b"X-Forwarded-For", [b""])[-1].rpartition(b",")[2]
            self.connection.is_of(counted_network(named.decode("latin-1")) or self.connection.key)
        if length == 0:
            self.content: Any = io.BytesIO()
            return
        self.content = SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  the application closes it
        path = self.channel._path.partition(b"?")[0].decode("latin-1")
        self.limit_of_body = partial(limit_of, unquote(path))
        self.limit, most = self.limit_of_body(is_signed_in=False), self.limit_of_body(is_signed_in=True)
        self.connection.body_since, self.connection.body_bytes = time.monotonic(), 0
        if length and length > most:
            self.limit = most
            self.refuse(413)
        elif length and length > self.limit:
            self.ask()

    def take_target(self) -> None:
        """Of a target with a host (RFC 9112, 3.2.2), take the path, and the host for that of the request."""
        if absolute := ABSOLUTE.fullmatch(self.channel._path):
            host, path = absolute.groups()
            self.requestHeaders.setRawHeaders(b"Host", [host])
            self.channel._path = path if path.startswith(b"/") else b"/" + path

    def handleContentChunk(self, data: bytes) -> None:
        if self.refusal:
            return
        self.received += len(data)
        self.connection.body_bytes = self.received
        self.content.write(data)
        if self.received > self.limit and not self.is_asking:
            if self.uploader is None:
                self.ask()
            else:
                self.refuse(413)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """The body has come."""
        self.connection.body_since = 0.0
        if not self.is_begun:
            super().requestReceived(command, path, version)

    def process(self) -> Any:
        if self.is_asking:
            self.is_whole = True
            return None
        self.is_begun = True
        if not self.is_readable():
            self.basic_error(400, b"Bad Request", "Invalid request line or header")
            return None
        self.content.seek(0)
        self.body, self.content = self.content, io.BytesIO()
        return super().process()

    def is_readable(self) -> bool:
        """Whether all is ASCII that daphne takes for it, and the target a path.

        A socket's handshake has no body, and none that is refused.
        """
        if self.requestHeaders.hasHeader(b"Upgrade"):
            protocols = self.requestHeaders.getRawHeaders(b"Sec-WebSocket-Protocol", [])
            if self.received or self.refusal or not all(value.isascii() for value in protocols):
                return False
        return self.method.isascii() and self.clientproto.isascii() and self.uri.startswith(b"/")

    # --- who sends it ---

    def ask(self) -> None:
        """Read no further before it is known whether somebody is signed in."""
        self.is_asking = True
        self.expects = self.requestHeaders.hasHeader(b"Expect")  # to be told to go on, which it is not yet
        self.requestHeaders.removeHeader(b"Expect")
        self.connection.pauseProducing()
        task = asyncio.get_running_loop().create_task(self.find_out())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def find_out(self) -> None:
        cookies = b"; ".join(self.requestHeaders.getRawHeaders(b"Cookie", [])).decode("latin-1")
        account = await known_sessions.account_of(cookies)
        self.is_asking = False
        if self.channel is None or not self.connection.connected:
            return
        if account is None:
            self.refuse(413)
        elif uploads[account] >= UPLOADS or uploads.total() >= ALL_UPLOADS:
            self.refuse(429)
        else:
            self.uploader = account
            uploads[account] += 1
            self.connection.read_bytes = WHOLESALE_BYTES
            self.limit = self.limit_of_body(is_signed_in=True)
            if self.received > self.limit:
                self.refuse(413)
            elif self.expects and self.clientproto != b"HTTP/1.0":
                self.channel._send100Continue()
        self.connection.resumeProducing()
        if self.is_whole and not self.is_begun:
            self.process()

    def has_uploaded(self) -> None:
        if self.uploader is not None:
            uploads[self.uploader] -= 1
            if not uploads[self.uploader]:
                del uploads[self.uploader]
            self.connection.read_bytes = READ_BYTES
            self.uploader = None

    # --- how it ends ---

    def refuse(self, status: int) -> None:
        """Have it answered now; what still comes of it is dropped."""
        self.refusal = status, self.limit
        channel = self.channel
        self.requestHeaders.removeHeader(b"Expect")
        self.responseHeaders.setRawHeaders(b"connection", [b"close"])
        self.content.close()
        self.content = io.BytesIO()
        channel.persistent = 0
        channel._transferDecoder = Sink()
        channel.loseConnection = partial(linger, channel)
        if not self.is_whole:
            self.requestReceived(channel._command, channel._path, channel._version)

    def finish(self) -> None:
        self.has_uploaded()
        super().finish()

    def connectionLost(self, reason: Any) -> None:
        self.has_uploaded()
        super().connectionLost(reason)


def linger(channel: Any) -> None:
    """Close after what was answered is sent, but read on for a moment: a sender that is cut off sees no answer."""
    connection = channel.transport
    if not connection.connected:
        return
    channel.loseConnection = connection.abortConnection  # a second time, as by a timeout, it is meant
    channel.dataReceived = lambda data: None
    channel._networkProducer.unregisterProducer()
    connection.loseWriteConnection()
    reactor.callLater(LINGER_S, connection.abortConnection)
    if not (isinstance(connection, Connection) and has_room_to_linger(connection)):
        connection.pauseProducing()  # the kernel keeps a little of it, and takes no more
        return
    connection.read_bytes = WHOLESALE_BYTES
    connection.resumeProducing()


def has_room_to_linger(connection: Connection) -> bool:
    key = connection.key
    if lingering[key] >= LINGERING or lingering.total() >= ALL_LINGERING:
        return False
    lingering[key] += 1
    connection.lets_go = partial(has_lingered, key)
    return True


def has_lingered(key: Hashable) -> None:
    lingering[key] -= 1
    if not lingering[key]:
        del lingering[key]


def line_too_long(channel: Any, line: bytes) -> None:
    """Twisted would close without an answer."""
    channel.transport.write(b"HTTP/1.1 414 URI Too Long\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    linger(channel)


# --- daphne's steps ------------------------------------------------------------------------------------------------


def with_requests(build_protocol: Callable) -> Callable:
    @wraps(build_protocol)
    def build(self: HTTPFactory, peer: Any) -> Any:
        protocol = build_protocol(self, peer)
        if protocol is not None:
            protocol.requestFactory = Request
        return protocol

    return build


def with_body(create_application: Callable) -> Callable:
    """daphne's step from a request to its application, which is given the body's file, or why it was refused."""

    @wraps(create_application)
    def create(self: Server, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(protocol, Request):
            scope.setdefault("extensions", {}).update({BODY: protocol.body, REFUSED: protocol.refusal})
        return create_application(self, protocol, scope)

    return create


def in_step(handle_reply: Callable) -> Callable:
    """daphne's step from a part of an answer to its sender, which waits while too much is not taken."""

    async def wait_for_reader(self: Server, protocol: Any, message: dict[str, Any]) -> None:
        await handle_reply(self, protocol, message)
        connection = getattr(protocol, "connection", None)
        if isinstance(connection, Connection):
            while connection.connected and connection.unread_bytes() > STREAM_AHEAD_BYTES:
                await asyncio.sleep(STEP_S)

    @wraps(handle_reply)
    def reply(self: Server, protocol: Any, message: dict[str, Any]) -> Awaitable[None]:
        step = wait_for_reader if message.get("more_body") else handle_reply
        return step(self, protocol, message)

    return reply


def use() -> None:
    """From here on the requests of this process are these."""
    HTTPChannel.lineLengthExceeded = line_too_long  # type: ignore[method-assign]
    HTTPFactory.buildProtocol = with_requests(HTTPFactory.buildProtocol)
    Server.create_application = with_body(Server.create_application)
    Server.handle_reply = in_step(Server.handle_reply)
