"""A body that is too large is answered 413 by the site itself, however it is sent; what was there before stays.

A stranger's is refused before it is sent: what is not known to be wanted is neither waited for nor kept.
"""

import socket
from urllib.parse import urlsplit

import pytest
import requests
from django.conf import settings

from tests.web.server import DAPHNE, UVICORN, server
from tracker.models import Incident

pytestmark = pytest.mark.once

FORM_LIMIT = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1024 * 1024
PIECE = b"x" * 65_536
STRANGERS_PAGES = ["/tracker/incident/report/", "/tracker/incident/create/", "/accounts/login/", "/nowhere/", "/"]


@pytest.fixture(scope="module", params=[DAPHNE, UVICORN], ids=["daphne", "uvicorn"])
def small(request, _site, tmp_path_factory):
    """A server that takes files of ten megabytes."""
    home = tmp_path_factory.mktemp(request.param[0])
    with server(_site, home, request.param, JOB_UPLOAD_MB="10") as url:
        yield url


@pytest.fixture
def olga(live_site, small):
    """Olga's browser at this server."""
    session = live_site.browse(live_site.make_user("olga", "Operator"))
    session.headers.update({"Origin": small, "Referer": f"{small}/"})
    return session


def pieces(count: int):
    """A body in chunks, whose length nobody is told."""
    yield b"name="
    for _ in range(count):
        yield PIECE


def answer_to_head(url: str, path: str, *headers: str) -> bytes:
    """The first line that is answered when only the head of a request was sent."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        lines = [f"POST {path} HTTP/1.1", f"Host: {place.netloc}", *headers, "", ""]
        connection.sendall("\r\n".join(lines).encode())
        return connection.makefile("rb").readline()


@pytest.mark.parametrize("path", STRANGERS_PAGES)
def test_a_large_chunked_body(small, path):
    answer = requests.post(f"{small}{path}", data=pieces(20), timeout=30)
    assert answer.status_code == 413
    assert "larger than this site takes here (256 kB)" in answer.text
    assert "Go back" in answer.text


@pytest.mark.parametrize("path", [*STRANGERS_PAGES, "/tracker/job/import/"])
@pytest.mark.parametrize("cookie", ["", "Cookie: sessionid=abcdefghijklmnopqrstuvwxyz012345"])
def test_a_stranger_is_refused_before_the_body_is_sent(small, path, cookie):
    headers = ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 5900000", *filter(None, [cookie])]
    assert answer_to_head(small, path, *headers).split()[1] == b"413"


def test_expecting_to_be_told_first(small):
    headers = ["Content-Type: text/plain", "Content-Length: 5900000", "Expect: 100-continue"]
    assert answer_to_head(small, "/", *headers).split()[1] == b"413", "not: go on"


def test_nobody_is_asked_about_what_no_page_takes(small):
    headers = ["Content-Type: text/plain", "Content-Length: 999999999999"]
    assert answer_to_head(small, "/tracker/job/import/", *headers).split()[1] == b"413"


def test_a_body_of_who_is_signed_in_may_be_larger(small, olga):
    answer = olga.post(f"{small}/tracker/incident/create/", data=b"x" * (FORM_LIMIT + 1), timeout=30)
    assert answer.status_code == 413
    assert "(6 MB)" in answer.text
    assert olga.post(f"{small}/tracker/incident/create/", data=pieces(120), timeout=30).status_code == 413


def test_a_file_to_import_may_be_larger_but_not_without_bound(small, olga):
    page = f"{small}/tracker/job/import/"
    olga.headers.pop("X-CSRFToken")
    assert olga.post(page, files={"file": b"x" * (FORM_LIMIT + 1)}, timeout=30).status_code == 403, "no CSRF token"
    assert olga.post(page, files={"file": b"x" * 12_000_000}, timeout=30).status_code == 413


def test_what_is_just_small_enough_goes_on(small, olga):
    form = {
        "name": "Fits",
        "severity": "HI",
        "latitude": "50",
        "longitude": "10",
        "unknown": " " * 4_000_000,
        "submission": "7f1c1d2e-6a3b-4c55-9d0e-1f2a3b4c5d6e",
    }
    answer = olga.post(f"{small}/tracker/incident/create/", form, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text[:500]
    assert Incident.objects.filter(name="Fits").count() == 1


def test_the_longest_report_of_a_stranger_is_taken(small, live_site):
    session = requests.Session()
    page = f"{small}/tracker/incident/report/"
    session.get(page, timeout=30).raise_for_status()
    form = {
        "name": "🔥" * 100,
        "severity": "HI",
        "latitude": "50",
        "longitude": "10",
        "description": "🔥" * 10_000,
        "place": "🔥" * 100,
        "csrfmiddlewaretoken": session.cookies["csrftoken"],
    }
    answer = session.post(page, form, headers={"Referer": page}, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text[:500]
    assert Incident.objects.get().description == "🔥" * 10_000
