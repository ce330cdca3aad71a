"""Frames that are built once and written past daphne's queue: byte for byte what the standard says, and in order."""

import json

import pytest
from websockets.frames import Frame, Opcode

from tracker.events import log, publishing
from tracker_project.daphne import sockets


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 200_000])
def test_a_frame_is_as_the_standard_says(size):
    text = "x" * size
    assert sockets.frame_of(text) == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def test_the_length_counts_bytes():
    text = "ä♥" * 40
    assert sockets.frame_of(text) == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def test_every_text_has_its_own_frame():
    first, second = "a" * 20, "b" * 20
    frames = [sockets.frame_of(text) for text in (first, second, first)]
    assert frames[0] == frames[2] != frames[1]


def record(size: int) -> None:
    log.record("changed", {"model": "Incident", "count": 1, "pad": "x" * size})
    publishing.publish()


def test_who_reads_late_gets_everything_in_order(live_site, vera, olga):
    """A socket that is full is not written past its own queue: what waits there comes first."""
    late, prompt = live_site.on_watch(vera), live_site.on_watch(olga)
    start = live_site.log_position()
    sizes = [300_000, 10, 700_000, 900_000, 65_536, 600_000, 10]
    for size in sizes:
        record(size)
        frames(prompt, live_site.log_position())
    late.say({"type": "ping", "t": 1})  # answered behind all that
    got = frames(late, start + len(sizes))
    assert [m["seq"] for m in got] == list(range(start + 1, start + len(sizes) + 1))
    assert [len(m["pad"]) for m in got] == sizes
    assert json.loads(late.ws.recv(timeout=10)) == {"type": "pong", "t": 1}


def test_who_asks_and_is_cut_off_in_one_breath_is_no_error_of_the_server(live_site, vera, olga):
    """The library drops who breaks the protocol at once; what was asked before that is answered to nobody."""
    there = live_site.on_watch(olga)
    written = len(live_site.log.read_bytes())
    for _ in range(5):
        hasty = live_site.on_watch(vera)
        question = Frame(Opcode.TEXT, b'{"type":"job_start","kind":"none"}').serialize(mask=True)  # it takes a moment
        broken = bytes([question[0] | 0x40]) + question[1:]  # a bit that nothing was agreed about
        hasty.ws.socket.sendall(question + broken)
        assert hasty.close_code() in {1002, 1006}
    assert there.ping() == []
    last = live_site.on_watch(vera)
    last.say({"type": "job_start", "kind": "none"})  # those who ask wait in one line: now all were answered
    assert last.next_of("error")["message"]
    assert b"ERROR" not in live_site.log.read_bytes()[written:], live_site.tail_of_log()


def frames(listener, seq: int) -> list[dict]:
    """The log's messages up to number *seq*."""
    got: list[dict] = []
    while not got or got[-1]["seq"] < seq:
        lines = listener.ws.recv(timeout=10).split("\n")
        got += [m for m in map(json.loads, lines) if m["type"] == "changed"]
    return got
