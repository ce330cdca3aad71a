"""What somebody whom nobody knows yet can take of a server process: not its event loop, nor its memory or connections.

Times are the processor's (/proc), of the thread that runs the event loop: a busy machine does not lengthen them.
"""

import contextlib
import os
import re
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.processes import wait_until
from tests.web.server import server
from tracker_project.daphne import bounds

pytestmark = pytest.mark.once

SIZE = 5_900_000
BOUNDARY = "multipart/form-data; boundary=b"
URLENCODED = "application/x-www-form-urlencoded"
FORMS = {
    "empty parts": (BOUNDARY, b"--b\r\n\r\n\r\n" * (SIZE // 9) + b"--b--\r\n"),
    "named parts": (BOUNDARY, b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * (SIZE // 52) + b"--b--"),
    "fields": (URLENCODED, b"a=&" * (SIZE // 3)),
    "escapes": (URLENCODED, b"%=;" * (SIZE // 3)),
}
TICKS = os.sysconf("SC_CLK_TCK")


def loop_s(pid: int) -> float:
    """What the process's first thread, which runs the event loop, has used of the processor."""
    fields = Path(f"/proc/{pid}/task/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_mb(pid: int) -> float:
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(peak) / 1024


def pid_of(url: str) -> int:
    """The process that listens there: the kernel knows whose socket it is."""
    port = urlsplit(url).port
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    (inode,) = {row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(os.readlink(each) == f"socket:[{inode}]" for each in (folder / "fd").iterdir()):
                return int(folder.name)
    raise AssertionError("nobody listens")


def open_to(url: str, address: str = "127.0.0.1") -> socket.socket:
    """A connection from one of this machine's own addresses."""
    place = urlsplit(url)
    return socket.create_connection((place.hostname, place.port), timeout=30, source_address=(address, 0))


@pytest.fixture
def url(live_site, tmp_path):
    with server(live_site, tmp_path) as url:
        yield url


@pytest.fixture(scope="module")
def shared_url(_site, tmp_path_factory):
    """Of a server for several tests: what each takes of its event loop is measured, and leaves nothing there."""
    with server(_site, tmp_path_factory.mktemp("shared")) as url:
        yield url


class TestTheEventLoop:
    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize("path", ["/", "/healthz", "/tracker/incident/report/"])
    def test_a_strangers_form_costs_it_nothing(self, live_site, shared_url, form, path):
        url = shared_url
        kind, body = FORMS[form]
        pid = pid_of(url)
        before = loop_s(pid)
        answer = requests.post(f"{url}{path}", data=body, headers={"Content-Type": kind}, timeout=120)
        assert answer.status_code == (405 if path == "/healthz" else 413)
        assert loop_s(pid) - before < 0.5

    @pytest.mark.parametrize("form", FORMS)
    def test_nor_does_the_form_of_who_is_signed_in(self, live_site, shared_url, form):
        url = shared_url
        kind, body = FORMS[form]
        session = live_site.browse(live_site.make_user("olga", "Operator"))
        session.headers.pop("X-CSRFToken")  # it is looked for in the form, which is parsed in the request's thread
        pid = pid_of(url)
        before = loop_s(pid)
        answer = session.post(
            f"{url}/tracker/area_of_interest/create/", data=body, headers={"Content-Type": kind}, timeout=120
        )
        assert answer.status_code in {400, 403}
        assert loop_s(pid) - before < 1.0


class TestMemory:
    def test_a_large_file_does_not_pass_through_it(self, live_site, url):
        session = live_site.browse(live_site.make_user("olga", "Operator"))
        session.headers.update({"Origin": url, "Referer": f"{url}/"})
        page = f"{url}/tracker/job/import/"
        session.get(page, timeout=30).raise_for_status()
        pid = pid_of(url)
        before = peak_mb(pid)
        answer = session.post(page, files={"file": b"x" * 100_000_000}, timeout=120)
        assert answer.status_code == 200, "the form again: what is to be imported was not said"
        assert peak_mb(pid) - before < 50

    def test_a_download_that_nobody_reads_is_not_kept_there(self, live_site, url, operator_download):
        pid = pid_of(url)
        before = peak_mb(pid)
        with open_to(url) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(operator_download.encode())
            assert connection.recv(15) == b"HTTP/1.1 200 OK"
            time.sleep(2)
            assert peak_mb(pid) - before < 40


@pytest.fixture
def operator_download(live_site, url) -> str:
    """The request of a file of 100 MB that a job has made."""
    from django.core.files.base import ContentFile

    from tracker.models import Job

    vera = live_site.make_user("vera")
    job = Job(kind="export_incidents", name="All", owner=vera, state=Job.State.DONE, result_name="all.csv")
    name = job.result.storage.save("large", ContentFile(b"x" * 100_000_000))
    os.makedirs(live_site.env["JOB_FILES"], exist_ok=True)
    os.replace(job.result.storage.path(name), f"{live_site.env['JOB_FILES']}/large")
    job.result.name = "large"
    job.save()
    lines = [f"GET /tracker/job/{job.pk}/result/ HTTP/1.1", f"Host: {urlsplit(url).netloc}"]
    return "\r\n".join([*lines, f"Cookie: sessionid={live_site.session_key(vera)}", "", ""])


class TestConnections:
    def test_an_address_has_so_many(self, url):
        with contextlib.ExitStack() as stack:
            many = [stack.enter_context(open_to(url, "127.0.0.9")) for _ in range(bounds.CONNECTIONS)]
            one_more = stack.enter_context(open_to(url, "127.0.0.9"))
            assert one_more.recv(1) == b"", "closed"
            assert requests.get(f"{url}/healthz", timeout=30).status_code == 200, "another address has room"
            many.pop().close()

            def is_taken_again() -> bool:
                with open_to(url, "127.0.0.9") as again:
                    again.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                    with contextlib.suppress(ConnectionError):
                        return again.recv(12).endswith(b"200")
                return False

            wait_until(is_taken_again, "there is room again")

    def test_a_signed_in_socket_is_not_one_of_them(self, live_site, url, monkeypatch):
        monkeypatch.setattr(live_site, "ws_url", url.replace("http", "ws", 1) + "/notifications/")
        vera = live_site.make_user("vera")
        listener = live_site.on_watch(vera, origin=url)
        with contextlib.ExitStack() as stack:
            many = [stack.enter_context(open_to(url)) for _ in range(bounds.CONNECTIONS)]
            assert many[-1].send(b"G")
            assert listener.ping() == []
        live_site.close_sockets()

    @pytest.mark.parametrize(
        "begun",
        [b"G", b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"],
        ids=["a letter", "half a head", "half a body"],
    )
    def test_who_sends_without_end_has_to_go(self, live_site, tmp_path, begun):
        """A byte now and then keeps no connection open."""
        impatient = server(live_site, tmp_path, application="tests.web.impatient:application")
        with impatient as url, open_to(url) as connection:
            connection.sendall(begun)
            ended = threading.Event()
            threading.Thread(target=keep_sending, args=(connection, ended), daemon=True).start()
            connection.settimeout(60)
            with contextlib.suppress(ConnectionResetError):
                while connection.recv(1000):
                    pass
            ended.set()

    def test_an_address_that_is_too_long_is_answered(self, url):
        with open_to(url) as connection:
            connection.sendall(b"GET /?" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 414"


def keep_sending(connection: socket.socket, ended: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while not ended.wait(0.2):
            connection.sendall(b"x")


def test_of_bodies_that_were_refused_few_are_read_on(url):
    """The others are left in the kernel, which holds some megabytes of each, and are cut off."""
    much = 40_000_000
    head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {much * 10}\r\n\r\n".encode()
    refused = [open_to(url) for _ in range(bounds.LINGERING + 5)]
    for each in refused:
        each.sendall(head)
        assert each.recv(4096).split()[1] == b"413"
        each.setblocking(False)
    sent = dict.fromkeys(refused, 0)
    end = time.monotonic() + bounds.LINGER_S - 1
    while time.monotonic() < end and sum(size > much for size in sent.values()) < bounds.LINGERING:
        for each in refused:
            with contextlib.suppress(BlockingIOError):
                sent[each] += each.send(b"x" * 65_536)
    for each in refused:
        each.close()
    read_on = [size for size in sent.values() if size > much / 2]
    assert 1 <= len(read_on) <= bounds.LINGERING, sorted(sent.values())
