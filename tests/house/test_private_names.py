"""Every private name of another library that the site uses, and what it is taken to be.

They have no promise behind them. When a new version of a library has changed one, this fails, in a second and not in
production; then look at the module that stands beside it.
"""

import inspect
import re

import autobahn.twisted.websocket
import pytest
from asgiref.sync import SyncToAsync
from autobahn.twisted.websocket import WebSocketServerProtocol
from autobahn.websocket import protocol as websocket
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.contrib.gis.geos import Point
from django.contrib.gis.geos.libgeos import CONTEXT_PTR, GEOM_PTR, GEOSFuncFactory, geos_version_tuple
from django.contrib.gis.geos.prototypes.errcheck import check_geom
from django.contrib.gis.geos.prototypes.threadsafe import GEOSFunc
from django.contrib.sessions.backends.base import SessionBase
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.db.models import QuerySet
from twisted.internet import tcp
from twisted.internet.abstract import FileDescriptor
from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.testing import StringTransport
from twisted.web.http import HTTPChannel, Request, _GenericHTTPChannelProtocol

from tracker.lib.geo import valid

pytestmark = pytest.mark.once

HEAD = b"POST /path?query HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"


@pytest.fixture
def channel() -> HTTPChannel:
    """An HTTP channel that has received the head of a request, and not its body."""
    channel = HTTPChannel()
    channel.requestFactory = Request
    channel.callLater = lambda *args: None  # type: ignore[method-assign]
    channel.timeOut = None
    channel.factory = None
    channel.site = None  # type: ignore[attr-defined]  # Request reads it
    channel.makeConnection(StringTransport())
    channel.dataReceived(HEAD)
    return channel


class TestTwisted:
    """tracker_project/daphne/connections.py, requests.py, work.py"""

    def test_a_channel_between_head_and_body(self, channel):
        assert (channel._command, channel._path, channel._version) == (b"POST", b"/path?query", b"HTTP/1.1")
        assert channel._handlingRequest is False
        assert channel._savedTimeOut is None
        assert channel._receivedHeaderSize > 0
        assert channel._buffer == b""
        assert hasattr(channel._transferDecoder, "dataReceived")
        assert hasattr(channel._networkProducer, "unregisterProducer")
        assert callable(channel._send100Continue)
        assert callable(channel.lineLengthExceeded)
        assert channel.persistent
        assert len(channel.requests) == 1

    def test_a_request_asks_before_it_looks_for_form_fields(self, channel):
        assert channel.requests[0]._parsePOSTFormSubmission is True
        assert "self._parsePOSTFormSubmission" in inspect.getsource(Request.requestReceived)
        for step in ("gotLength", "handleContentChunk", "requestReceived", "process", "finish", "connectionLost"):
            assert callable(getattr(Request, step))

    def test_what_stands_between_a_transport_and_its_channel(self):
        assert isinstance(_GenericHTTPChannelProtocol(HTTPChannel())._channel, HTTPChannel)

    def test_a_transport(self):
        made = inspect.getsource(FileDescriptor)
        for name in ("dataBuffer", "offset", "_tempDataBuffer", "_tempDataLen", "disconnecting", "connected"):
            assert name in made
        assert "self.socket.recv(self.bufferSize)" in inspect.getsource(tcp.Connection.doRead)
        assert callable(tcp.Connection._dataReceived)
        assert issubclass(tcp.Port.transport, tcp.Server)
        assert "self.numberAccepts" in inspect.getsource(tcp.Port.doRead)

    def test_the_reactor_reads_as_a_selectable_says(self):
        assert list(inspect.signature(AsyncioSelectorReactor._readOrWrite).parameters) == ["self", "selectable", "read"]


class TestAutobahn:
    """tracker_project/daphne/sockets.py"""

    def test_a_socket(self):
        assert isinstance(WebSocketProtocol.CONFIG_ATTRS, list | tuple)
        for step in ("onFrameBegin", "processData", "onMessageFrameBegin", "sendCloseFrame", "dropConnection"):
            assert callable(getattr(WebSocketProtocol, step))
        assert "self.onFrameBegin()" in inspect.getsource(websocket.WebSocketProtocol.processData)
        assert "message_data_total_length" in inspect.getsource(websocket.WebSocketProtocol.onMessageFrameBegin)
        assert {"STATE_OPEN", "STATE_CONNECTING"} <= set(dir(WebSocketProtocol))

    def test_what_is_left_out(self):
        """What these do beside their work is for a log and for listeners: when they do more, sockets.py must, too."""
        received = inspect.getsource(WebSocketServerProtocol.dataReceived)
        assert set(re.findall(r"self\.([\w.]+)", received)) == {"log.debug", "dataReceived", "peer", "_dataReceived"}
        ended = inspect.getsource(websocket.WebSocketProtocol.onMessageEnd)
        for step in ("if not self.failedByMe", 'b"".join(self.message_data)', 'self.fire("message"'):
            assert step in ended
        assert "self.message_data = None" in ended
        for module in (autobahn.twisted.websocket, websocket):
            assert callable(module.hltype)
            assert callable(module.hlval)

    def test_what_a_handshake_leaves(self):
        handshake = inspect.getsource(websocket.WebSocketServerProtocol.processHandshake)
        assert "self.http_request_data = " in handshake
        assert "self.http_headers, http_headers_cnt = " in handshake


class TestDaphne:
    def test_the_steps_that_are_wrapped(self):
        assert list(inspect.signature(Server.create_application).parameters) == ["self", "protocol", "scope"]
        assert list(inspect.signature(Server.handle_reply).parameters) == ["self", "protocol", "message"]
        assert list(inspect.signature(HTTPFactory.buildProtocol).parameters) == ["self", "addr"]
        for name in ("listen_success", "kill_all_applications", "run", "protocol_connected", "protocol_disconnected"):
            assert callable(getattr(Server, name))
        assert issubclass(WebSocketFactory.protocol, WebSocketProtocol)

    def test_a_request_takes_its_root_path_from_a_header(self):
        """When it does no more, what undoes it can go (requests.py, served_here.py)."""
        assert b"daphne-root-path".decode() in inspect.getsource(WebRequest.process)
        assert "self.content.seek(0, 0)" in inspect.getsource(WebRequest.process)


class TestDjango:
    def test_functions_of_geos_are_called_with_the_context_of_their_thread(self):
        """tracker/lib/geo/valid.py"""
        assert geos_version_tuple() >= (3, 10), "the “structure” method came with GEOS 3.10"
        assert isinstance(valid.make_valid_with, GEOSFuncFactory)
        assert isinstance(valid.make_valid_with.func, GEOSFunc)
        assert valid.make_valid_with.func.argtypes == [CONTEXT_PTR, GEOM_PTR, valid.PARAMS_PTR]
        assert "thread_context" in inspect.getsource(GEOSFunc.__call__)
        assert list(inspect.signature(check_geom).parameters) == ["result", "func", "cargs"]
        assert isinstance(Point(1, 2).ptr, GEOM_PTR)

    def test_the_steps_that_are_replaced(self):
        assert list(inspect.signature(ASGIHandler.read_body).parameters) == ["self", "receive"]
        assert list(inspect.signature(ASGIHandler.get_response_async).parameters) == ["self", "request"]
        reads_the_type = inspect.getattr_static(ASGIRequest, "_set_content_type_params")
        assert list(inspect.signature(reads_the_type).parameters) == ["self", "meta"]
        assert callable(inspect.getattr_static(SessionBase, "_validate_session_key"))
        assert list(inspect.signature(QuerySet._raw_delete).parameters) == ["self", "using"]

    def test_a_request_that_is_given_up_waits_for_its_thread(self):
        """So its turn is not somebody else's before the thread is free (tracker_project/pages.py)."""
        assert "ret = await exec_coro" in inspect.getsource(SyncToAsync.__call__)
