"""A body that is too large is answered 413 by the site itself, however it is sent; what was there before stays."""

import pytest
import requests
from django.conf import settings

from tests.http.server import server
from tracker.models import Incident

pytestmark = pytest.mark.once

FORM_LIMIT = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1024 * 1024
PIECE = b"x" * 65_536


@pytest.fixture(scope="module")
def small(_site, tmp_path_factory):
    """A server that takes files of ten megabytes."""
    with server(_site, tmp_path_factory.mktemp("small"), JOB_UPLOAD_MB="10") as url:
        yield url


def pieces(count: int):
    """A body in chunks, whose length nobody is told."""
    yield b"name="
    for _ in range(count):
        yield PIECE


@pytest.mark.parametrize(
    "path", ["/tracker/incident/report/", "/tracker/incident/create/", "/accounts/login/", "/nowhere/"]
)
def test_a_large_chunked_body(small, path):
    answer = requests.post(f"{small}{path}", data=pieces(120), timeout=30)
    assert answer.status_code == 413
    assert "larger than this site takes here (6 MB)" in answer.text
    assert "Go back" in answer.text


def test_a_body_that_says_how_large_it_is(small):
    answer = requests.post(f"{small}/tracker/incident/report/", data=b"x" * (FORM_LIMIT + 1), timeout=30)
    assert answer.status_code == 413


def test_a_file_to_import_may_be_larger_but_not_without_bound(small):
    page = f"{small}/tracker/job/import/"
    assert requests.post(page, files={"file": b"x" * (FORM_LIMIT + 1)}, timeout=30).status_code == 403, "no CSRF token"
    assert requests.post(page, files={"file": b"x" * 12_000_000}, timeout=30).status_code == 413


def test_what_is_just_small_enough_goes_on(small, live_site):
    olga = live_site.make_user("olga", "Operator")
    session = live_site.browse(olga)
    session.headers.update({"Origin": small, "Referer": f"{small}/"})
    form = {
        "name": "Fits",
        "severity": "HI",
        "location": '{"type":"Point","coordinates":[10,50]}' + " " * 4_000_000,
        "submission": "7f1c1d2e-6a3b-4c55-9d0e-1f2a3b4c5d6e",
    }
    answer = session.post(f"{small}/tracker/incident/create/", form, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text[:500]
    assert Incident.objects.filter(name="Fits").count() == 1
