"""What a client may say, how it is answered, and what happens to one that talks nonsense."""

import contextlib
import itertools
import json
import time

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from tests import make
from tracker.events import messages

ABNORMAL_CLOSURE = 1006  # RFC 6455, 7.4.1: without a close frame


def nested(depth: int) -> list:
    """Lists in lists."""
    return [nested(depth - 1)] if depth else []


class TestWhatIsAnswered:
    @pytest.mark.parametrize(
        "t", [1, 1.5, "now", None, [1, {"a": 2}], "😀\n", "\ud800", int("9" * 4000), -0.0, 1e308, nested(30), {"": ""}]
    )
    def test_a_ping_is_echoed(self, watch, t):
        watch.say({"type": "ping", "t": t})
        assert watch.next_of("pong") == {"type": "pong", "t": t}

    def test_a_ping_without_a_time(self, watch):
        watch.say({"type": "ping"})
        assert watch.next_of("pong") == {"type": "pong", "t": None}

    def test_an_acknowledgement_is_not_answered(self, watch):
        watch.say({"type": "ack", "seq": 5})
        assert watch.ping() == []

    def test_an_unknown_type_gets_an_error_and_the_socket_stays(self, watch):
        watch.say({"type": "no such thing" * 10})
        error = watch.next_of("error")
        assert error["type"] == "error"
        assert "no such thing" in error["message"]
        assert watch.ping() == []

    @pytest.mark.parametrize(
        "frame",
        [
            "",
            "x",
            "{",
            "[]",
            "7",
            "null",
            '"ping"',
            "{}",
            '{"type": 7}',
            '{"type": null}',
            '{"type": ["ping"]}',
            '{"type": "ping", "t": NaN}',
            '{"type": "ping", "t": 1e400}',
            '{"type": "ping", "t": [{"a": -1E999}]}',
            '{"type": "ping", "t": -Infinity}',
            json.dumps({"type": "ping", "t": nested(32)}),
            *['{"type": "ping", "t": ' + "[" * n + "]" * n + "}" for n in (900, 974, 975, 990, 1200)],
            '{"type": "ping", "t": ' + '{"a":' * 500 + "1" + "}" * 501,
            '{"type": "ack", "seq": 1e400}',
            '{"type": "ack"}',
            '{"type": "ack", "seq": "5"}',
            '{"type": "ack", "seq": -1}',
            '{"type": "ack", "seq": true}',
            '{"type": "ack", "seq": 1.5}',
            "[" * 2000,
            "9" * 4096,
            b"\x00\x01",
            b'{"type": "ping"}',
        ],
        ids=lambda frame: str(frame[:30]),
    )
    def test_nonsense_closes_after_an_error(self, watch, frame):
        watch.say(frame)
        try:
            assert watch.next_of("error")["message"]
        except ConnectionClosed as closed:  # the library drops what it has read when its own close finds nobody
            assert isinstance(closed.__cause__, ConnectionError)
        assert watch.close_code() == messages.BAD_MESSAGE

    def test_an_oversized_frame_closes(self, watch):
        watch.say(json.dumps({"type": "ping", "t": ""}).ljust(4097))
        assert watch.close_code() == messages.BAD_MESSAGE

    def test_a_gigabyte_is_refused_when_it_is_announced(self, watch):
        header = b"\x81\xff" + (1 << 30).to_bytes(8, "big") + b"mask"  # RFC 6455, 5.2: masked, 64-bit length
        watch.ws.socket.sendall(header)
        assert watch.close_code() == ABNORMAL_CLOSURE

    def test_a_message_in_endless_pieces_is_refused(self, watch):
        pieces = itertools.repeat("x" * 1000)
        with pytest.raises(ConnectionClosed):
            watch.ws.send(itertools.islice(pieces, 100_000))

    def test_a_frame_as_large_as_allowed(self, watch):
        watch.say(json.dumps({"type": "ping", "t": 1}).ljust(4096))
        assert watch.next_of("pong") == {"type": "pong", "t": 1}

    def test_the_nonsense_of_one_does_not_disturb_another(self, live_site, watch, olga):
        bad = live_site.on_watch(olga)
        bad.say("nonsense")
        assert bad.close_code() == messages.BAD_MESSAGE
        make.incident("Fire")
        assert watch.next_of("post_save")["feature"]["properties"]["name"] == "Fire"


class TestFrames:
    """Those that never become a message are counted, too."""

    PING = b"\x89\x80mask"  # RFC 6455, 5.2: final, masked, empty
    PONG = b"\x8a\x80mask"
    FRAGMENT = b"\x00\x80mask"
    FIRST_FRAGMENT = b"\x01\x80mask"

    @pytest.mark.parametrize("frame", [PING, PONG, FRAGMENT], ids=["pings", "pongs", "empty fragments"])
    def test_a_flood_of_them_closes(self, watch, frame):
        if frame == self.FRAGMENT:
            watch.ws.socket.sendall(self.FIRST_FRAGMENT)
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                watch.ws.socket.sendall(frame * 1000)
        assert watch.close_code() in {messages.BAD_MESSAGE, ABNORMAL_CLOSURE}

    def test_who_is_slow_to_read_is_told_why(self, watch):
        """And goes on meanwhile: a connection that is dropped at once takes the reason with it."""
        with watch.ws.protocol_mutex:  # nothing that comes is looked at
            for _ in range(4):
                watch.ws.socket.sendall(self.PING * 100)
                time.sleep(0.4)
        assert watch.close_code() == messages.BAD_MESSAGE

    def test_nobody_else_is_closed(self, live_site, watch, olga):
        bad = live_site.on_watch(olga)
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                bad.ws.socket.sendall(self.PING * 1000)
        bad.close_code()
        assert watch.ping() == []

    def test_as_many_as_may_be_sent_at_once_are_all_answered(self, watch):
        """They are looked at in several turns of the event loop: in order, and none twice."""
        count = 150
        asked = [Frame(Opcode.TEXT, b'{"type":"ping","t":%d}' % number) for number in (1, 2)]
        pings = [Frame(Opcode.PING, b"%d" % number) for number in range(count)]
        watch.ws.socket.sendall(b"".join(each.serialize(mask=True) for each in (asked[0], *pings, asked[1])))
        assert watch.next_of("pong")["t"] == 1
        assert watch.next_of("pong")["t"] == 2
        assert watch.ping() == []

    def test_a_message_in_a_few_fragments_between_pings_is_heard(self, watch):
        watch.ws.ping()
        watch.ws.send(iter(['{"type": ', '"ping", ', '"t": 5}']))
        assert watch.next_of("pong")["t"] == 5
