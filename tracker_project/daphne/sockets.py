"""daphne's sockets, with what it leaves out: a bound on what it collects, and broadcasts that are not built per socket.

Everything works without this module, as it does under other servers. It replaces a few methods of daphne's protocol:

- daphne hands over whole messages and sets no limit, so one client could make it buffer a gigabyte. (Its WebSocket
  library can bound messages only in both directions, and ours to the client may be large. uvicorn: ``--ws-max-size``.)
- Pings, and fragments with nothing in them, never become a message, so no consumer can count them; here frames are.
- For every socket of a broadcast daphne encodes the text, builds the frame, queues it, has the reactor watch the
  socket, and writes in a later turn, with two system calls more than the write itself. Frames to clients are not masked
  (RFC 6455, 5.1), so one frame fits all sockets; and a socket with nothing waiting can be written to at once. An ASGI
  extension, "tracker.push", lets the hub do that with a plain call: a text, and no answer.
- What a client has not read when it goes stays in memory until the collector comes by, for the objects form a cycle.
- For every socket that comes its library copies three dozen options, and for it and for all that it receives writes
  coloured words for a log that nobody keeps; every message it tells to listeners that there are none of.
- What a handshake said stays in memory, several times over, for as long as its socket is open.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import autobahn.twisted.websocket
import autobahn.websocket.protocol
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet.tcp import Connection
from twisted.python.failure import Failure

from tracker.events.messages import BAD_MESSAGE
from tracker.live.socket import PUSH
from tracker_project.daphne.connections import Connection as FairConnection

FRAMES = 200  # of any kind that a client may send at once
FRAMES_PER_S = 20.0  # and how many a second in the long run
CLOSE_S = 3  # for the answer to a close frame; the library rounds the end down to a second, so its 1 was often none
MAX_BYTES = 64 * 1024  # of one message, in however many frames; the consumer refuses far smaller ones in words

newest: tuple[str | None, bytes] = (None, b"")  # the text that was sent last, and its frame


def frame_of(text: str) -> bytes:
    """The frame that carries this text from a server (RFC 6455, 5.2); the newest is kept for the next socket."""
    global newest
    if text is not newest[0]:
        payload = text.encode()
        size = len(payload)
        if size < 126:
            head = bytes([0x81, size])
        elif size < 1 << 16:
            head = b"\x81\x7e" + size.to_bytes(2, "big")
        else:
            head = b"\x81\x7f" + size.to_bytes(8, "big")
        newest = text, head + payload
    return newest[1]


class DaphneSocket(WebSocketProtocol):
    is_plain = False  # bytes given to the transport go to the kernel as they are
    is_flooding = False
    allowance = float(FRAMES)
    counted_at = 0.0

    def connectionMade(self) -> None:
        """Take the factory's options once for all sockets; the library copies, compares and prints them for each."""
        kind = type(self)
        if kind.CONFIG_ATTRS:
            self.factory.setProtocolOptions(closeHandshakeTimeout=CLOSE_S)
        for option in kind.CONFIG_ATTRS:
            value = getattr(self.factory, option)
            setattr(kind, option, staticmethod(value) if callable(value) else value)
        kind.CONFIG_ATTRS = ()
        super().connectionMade()
        self.is_plain = isinstance(self.transport, Connection) and not self.transport.TLS

    def dataReceived(self, data: bytes) -> None:
        self._dataReceived(data)

    def onMessageEnd(self) -> None:
        if not self.failedByMe:
            self.onMessage(b"".join(self.message_data), self.message_is_binary)  # type: ignore[has-type]
        self.message_data = None

    def onOpen(self) -> None:
        super().onOpen()
        self.http_request_data = b""
        self.http_headers = self.request.headers = {}

    def connectionLost(self, reason: Failure) -> None:
        """Let go of what was never sent: the rest is a cycle, which the collector finds much later."""
        transport = self.transport
        super().connectionLost(reason)
        if isinstance(transport, Connection):
            transport.dataBuffer, transport._tempDataBuffer, transport._tempDataLen = b"", [], 0

    def onFrameBegin(self) -> None:
        """The header of a frame has come, of whatever kind."""
        now = time.monotonic()
        self.allowance = min(FRAMES, self.allowance + (now - (self.counted_at or now)) * FRAMES_PER_S) - 1
        self.counted_at = now
        if self.allowance < 0:
            self.end_flood()
        super().onFrameBegin()

    def end_flood(self) -> None:
        """Say why, and read nothing more. The library drops who does not answer."""
        self.is_flooding = True
        self.sendCloseFrame(code=BAD_MESSAGE, isReply=False)
        self.transport.pauseProducing()

    def processData(self) -> bool:
        if self.is_flooding:
            self.data = b""
            return False
        # A few kilobytes can be a thousand frames, which take as many moments of the event loop.
        if self.data and isinstance(self.transport, FairConnection) and self.transport.is_turn_over():
            self.transport.go_on_with(self.consumeData)
            return False
        return super().processData()

    def onMessageFrameBegin(self, length: int) -> None:
        """The header of a frame has come, its payload not yet."""
        super().onMessageFrameBegin(length)
        if self.message_data_total_length > MAX_BYTES:
            self.dropConnection(abort=True)

    def serverSend(self, content: Any, binary: bool = False) -> None:
        if binary:
            super().serverSend(content, binary)
        else:
            self.push(content)

    def push(self, text: str) -> None:
        """Send a text that may go to many sockets. What the kernel has no room for waits in the transport."""
        if self.state in {self.STATE_CLOSING, self.STATE_CLOSED}:
            return  # it asked and went: the library would raise an error, which the log would show as one of ours
        transport = self.transport
        if not self.is_plain or self.state != self.STATE_OPEN or self.send_queue:
            super().serverSend(text)
            return
        frame = newest[1] if text is newest[0] else frame_of(text)
        if not (transport.dataBuffer or transport._tempDataBuffer or transport.disconnecting):
            try:
                written = transport.socket.send(frame)
            except OSError:  # full, or gone: the transport finds out which
                written = 0
            if written == len(frame):
                return
            frame = frame[written:]
        transport.write(frame)


def with_push(create_application: Callable) -> Callable:
    """daphne's step from a protocol to its application, with the extension in the scope."""

    @wraps(create_application)
    def create(self: Server, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(protocol, DaphneSocket):
            scope.setdefault("extensions", {})[PUSH] = protocol.push
        return create_application(self, protocol, scope)

    return create


def unwritten(_value: object) -> str:
    """In the place of what colours a word for the library's log."""
    return ""


def use() -> None:
    """From here on every socket of this process is one of these."""
    for module in (autobahn.twisted.websocket, autobahn.websocket.protocol):
        module.hltype = module.hlval = unwritten  # type: ignore[attr-defined]
    WebSocketFactory.protocol = DaphneSocket
    Server.create_application = with_push(Server.create_application)
