"""daphne is told to stop (SIGTERM), as in every restart: nobody is cut off in the middle."""

import contextlib
import signal
import socket
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from django.db import transaction

from tests import make
from tests.processes import wait_until
from tracker.alerts import matching
from tracker.models import AreaOfInterest, Incident

FORM = {"name": "Sent just before", "severity": "HI", "location": '{"type":"Point","coordinates":[10,50]}'}


@pytest.fixture
def web(live_site):
    web = live_site.another()
    web.start()
    yield web
    web.kill()


def test_a_report_that_is_being_saved_is_saved_and_answered(live_site, olga, web):
    session = live_site.browse(olga)
    address = f"{web.url}/tracker/incident/create/"
    form = FORM | {"submission": str(uuid.uuid4())}
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            matching.lock(AreaOfInterest)  # for which every writer of incidents waits
            answer = pool.submit(session.post, address, form, allow_redirects=False, timeout=30)
            with pytest.raises(TimeoutError):
                answer.result(1)
            web.process.send_signal(signal.SIGTERM)
            wait_until(lambda: is_closed(web), "it still takes what is new")
            assert web.is_running(), "it waits for what it has"
        assert answer.result(20).status_code == 302
    assert web.process.wait(10) == 0
    assert Incident.objects.filter(name=FORM["name"]).count() == 1


def is_closed(web) -> bool:
    with contextlib.suppress(requests.ReadTimeout):
        try:
            requests.get(f"{web.url}/healthz", timeout=0.5)
        except requests.ConnectionError:
            return True
    return False


def test_one_that_never_ends_is_given_up(live_site, olga, web):
    session = live_site.browse(olga)
    form = FORM | {"submission": str(uuid.uuid4())}
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        matching.lock(AreaOfInterest)
        answer = pool.submit(session.post, f"{web.url}/tracker/incident/create/", form, timeout=30)
        with pytest.raises(TimeoutError):
            answer.result(1)
        web.process.send_signal(signal.SIGTERM)
        with pytest.raises((requests.ConnectionError, AssertionError)):
            assert answer.result(20).status_code == 302


def test_sockets_are_told_to_come_back(live_site, vera, web):
    live_site_url, live_site.ws_url = live_site.ws_url, web.ws_url
    try:
        listener = live_site.on_watch(vera)
    finally:
        live_site.ws_url = live_site_url
    web.process.send_signal(signal.SIGTERM)
    assert listener.close_code() == 1012
    assert web.process.wait(5) == 0


# --- what is on its way, in or out ---------------------------------------------------------------------------------

PAGE = b"GET /tracker/incident/report/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
LARGE = 30_000_000  # bytes; far more than the kernel keeps for a connection


@pytest.fixture
def caller(web) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", web.port), timeout=20) as caller:
        yield caller


def report(session: requests.Session, url: str) -> tuple[bytes, bytes]:
    """The head and the body of a form."""
    body = urlencode(FORM | {"submission": str(uuid.uuid4())}).encode()
    headers = dict(session.headers) | {
        "Host": urlsplit(url).netloc,
        "Cookie": "; ".join(f"{name}={value}" for name, value in session.cookies.items()),
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
    }
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(["POST /tracker/incident/create/ HTTP/1.1", *lines, "", ""]).encode(), body


def all_of(caller: socket.socket) -> bytes:
    """What comes until the server closes."""
    return b"".join(iter(lambda: caller.recv(65536), b""))


def test_a_report_of_which_half_has_come_is_saved(live_site, olga, web, caller):
    head, body = report(live_site.browse(olga), web.url)
    caller.sendall(head + body[:40])
    time.sleep(0.2)
    web.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    caller.sendall(body[40:])
    answer = all_of(caller)
    assert answer.startswith(b"HTTP/1.1 302 ")
    assert b"\r\nconnection: close\r\n" in answer.lower(), "nothing more may be asked here"
    assert Incident.objects.filter(name=FORM["name"]).count() == 1
    assert web.process.wait(5) == 0


def test_a_report_that_comes_for_longer_than_a_hanging_one_may_take_is_saved(live_site, olga, web, caller):
    head, body = report(live_site.browse(olga), web.url)
    pieces = [
        head[:50],
        head[50:],
        *(body[at : at + 1 + len(body) // 10] for at in range(0, len(body), 1 + len(body) // 10)),
    ]
    caller.sendall(pieces[0])
    time.sleep(0.2)
    web.process.send_signal(signal.SIGTERM)
    for piece in pieces[1:]:
        time.sleep(0.9)
        caller.sendall(piece)
    assert all_of(caller).startswith(b"HTTP/1.1 302 ")
    assert web.process.wait(5) == 0


def test_one_that_does_not_go_on_coming_is_given_up(live_site, olga, web, caller):
    head, body = report(live_site.browse(olga), web.url)
    caller.sendall(head + body[:40])
    time.sleep(0.2)
    web.process.send_signal(signal.SIGTERM)
    assert all_of(caller) == b""
    assert web.process.wait(5) == 0


@pytest.mark.parametrize("before_s", [0.0, 1.5], ids=["new", "not new"])
def test_who_has_come_in_and_then_asks_is_answered(web, caller, before_s):
    time.sleep(before_s)
    web.process.send_signal(signal.SIGTERM)
    time.sleep(0.15)
    caller.sendall(PAGE)
    assert all_of(caller).startswith(b"HTTP/1.1 200 ")
    assert web.process.wait(5) == 0


def test_who_reads_slowly_gets_it_whole(live_site, vera, web):
    folder = Path(web.env["JOB_FILES"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "large").write_bytes(bytes(LARGE))
    job = make.job(vera, "done", result="large", result_name="large.csv")
    session = live_site.browse(vera)
    with session.get(f"{web.url}{job.get_absolute_url()}result/", stream=True, timeout=20) as answer:
        assert answer.status_code == 200
        time.sleep(0.5)
        web.process.send_signal(signal.SIGTERM)
        got = 0
        for piece in answer.iter_content(1_000_000):
            got += len(piece)
            time.sleep(0.1)
    assert got == LARGE
    assert web.process.wait(5) == 0


def test_connections_that_are_kept_open_for_more_hold_nothing_up(web):
    kept = [HTTPConnection("127.0.0.1", web.port, timeout=10) for _ in range(3)]
    for connection in kept:
        connection.request("GET", "/tracker/incident/report/")
        assert connection.getresponse().read()
    web.process.send_signal(signal.SIGTERM)
    assert web.process.wait(2) == 0
    for connection in kept:
        assert connection.sock.recv(1) == b""
        connection.close()
