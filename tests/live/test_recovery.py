"""The server dies while sockets are open and others write; who comes back has missed nothing and gets nothing twice."""

import contextlib
import random
import threading

import pytest
from websockets.exceptions import ConnectionClosed

from tests import make
from tests.make import AWAY, HOME
from tests.processes import START_S, wait_until
from tracker.models import LogState

WRITE = """
import sys, time
from tests import make
for n in range({count}):
    make.incident(f"Fire {{n}}", at={place}, severity="HI")
    time.sleep({pause})
"""


@pytest.fixture
def writer(live_site):
    """``writer(count)``: another process of the site, which reports so many incidents; it ends with the test."""
    begun = []

    def begin(count: int, pause_s: float = 0.01, place=AWAY):
        code = WRITE.format(count=count, pause=pause_s, place=place)
        begun.append(live_site.manage_in_background("shell", "--no-imports", "-c", code))
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.wait()


def finish(process) -> None:
    output, _ = process.communicate(timeout=START_S)
    assert process.returncode == 0, output


def handled(listener, got: list[dict]) -> None:
    """Move what has arrived at a socket that may be broken into *got*."""
    got += [
        m for m in listener.received if m["type"] in {"post_save", "post_delete", "alert", "alert_state", "changed"}
    ]


def read_until_it_breaks(listener) -> None:
    with pytest.raises(ConnectionClosed):
        while True:
            listener.next()


def test_killed_while_others_write(live_site, vera, writer):
    make.area("Town")
    start, log = live_site.log_position(), LogState.current().log_id
    crowd = [live_site.on_watch(vera, since=start, log=log) for _ in range(3)]
    writing = writer(120, place=HOME)
    wait_until(lambda: LogState.current().last > start + 10, "the writer does not write", START_S)
    crowd[0].up_to(start + 4)
    live_site.kill()
    got: list[list[dict]] = [[] for _ in crowd]
    for listener, mine in zip(crowd, got, strict=True):
        read_until_it_breaks(listener)
        handled(listener, mine)
    live_site.start()
    again = [live_site.socket(vera, since=mine[-1]["seq"] if mine else start, log=log) for mine in got]
    finish(writing)
    end = live_site.log_position()
    expected = live_site.log_since(start)
    assert [m["type"] for m in expected].count("alert") == 120
    for listener, mine in zip(again, got, strict=True):
        assert listener.next()["type"] == "hello"
        mine += listener.up_to(end)
        assert mine == expected
        assert listener.ping() == []


def test_killed_again_and_again(live_site, vera, writer):
    """Whenever it is killed, and however far a client was: the sum of what it has received is the log."""
    start, log = live_site.log_position(), LogState.current().log_id
    writing = writer(150, pause_s=0.02)
    got: list[dict] = []
    for _ in range(3):
        listener = live_site.socket(vera, since=got[-1]["seq"] if got else start, log=log)
        listener.next()
        with contextlib.suppress(TimeoutError):  # on a slow machine the writer may be through
            for _ in range(random.randrange(11)):
                listener.next(2)
        live_site.kill()
        read_until_it_breaks(listener)
        assert listener.received[0]["type"] == "hello"
        assert "reset" not in {m["type"] for m in listener.received}
        handled(listener, got)
        live_site.start()
    finish(writing)
    end = live_site.log_position()
    if not got or got[-1]["seq"] < end:
        listener = live_site.socket(vera, since=got[-1]["seq"] if got else start, log=log)
        got += listener.up_to(end)
    assert got == live_site.log_since(start)
    assert len(got) == 150


def test_the_writer_dies_before_it_could_tell(live_site, vera):
    """Committed, and killed before the numbering: the server that runs on finishes its work."""
    listener = live_site.on_watch(vera)
    code = (
        "import os\nfrom tracker.events import numbering\nfrom tests import make\n"
        "numbering.number_pending = lambda: os.kill(os.getpid(), 9)\nmake.incident('Last words')"
    )
    assert live_site.manage("shell", "--no-imports", "-c", code, check=False).returncode == -9
    message = listener.next_of("post_save", timeout_s=3)
    assert message["feature"]["properties"]["name"] == "Last words"


def test_stopped_by_an_administrator(live_site, vera):
    """SIGTERM ends it soon although sockets are open; who comes back goes on."""
    start = live_site.log_position()
    listener = live_site.on_watch(vera, since=start)
    stopping = threading.Thread(target=live_site.stop)
    stopping.start()
    read_until_it_breaks(listener)
    stopping.join(15)
    assert not stopping.is_alive()
    assert not live_site.is_running()
    make.incident("Meanwhile")
    live_site.start()
    again = live_site.socket(vera, since=start)
    assert [m["feature"]["properties"]["name"] for m in again.up_to(start + 1)] == ["Meanwhile"]
