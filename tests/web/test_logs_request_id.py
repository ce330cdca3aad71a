"""Every request has an id: in its answer, on its error page, and in every line that the server logs meanwhile."""

import asyncio
import logging
import re
import threading

import pytest
import requests
from asgiref.sync import sync_to_async
from django.conf import settings as project
from django.test import override_settings

from tests.web.log_lines import written
from tests.web.server import server
from tracker.lib.request import log_context

HEADER = "X-Request-ID"
FRESH = re.compile(r"[0-9a-f]{16}")
PLACE = "/tracker/place/nearest/?latitude=1&longitude=2"

logger = logging.getLogger("tests.ids")


@pytest.fixture
def fails(monkeypatch, viewer_client):
    """One of the pages fails, and logs something before."""

    def fail(*args):
        logger.warning("Looking for a town.")
        raise RuntimeError("the towns are lost")

    monkeypatch.setattr("tracker.lib.places.nearest.nearest", fail)
    viewer_client.raise_request_exception = False


@pytest.mark.parametrize("path", ["/accounts/login/", "/no-such-page", "/", "/tracker/incident/", "/static/nothing.js"])
def test_every_answer_has_one_of_its_own(path, stranger_client, db):
    first, second = stranger_client.get(path)[HEADER], stranger_client.get(path)[HEADER]
    assert FRESH.fullmatch(first)
    assert FRESH.fullmatch(second)
    assert first != second


def test_a_bad_request_has_one_too(stranger_client, db):
    with override_settings(ALLOWED_HOSTS=["tracker.example.org"]):
        answer = stranger_client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert FRESH.fullmatch(answer[HEADER])


class TestWhatAClientCallsIt:
    def test_is_not_believed(self, stranger_client, db):
        assert stranger_client.get("/accounts/login/", headers={HEADER: "a" * 32})[HEADER] != "a" * 32

    @pytest.mark.parametrize("name", ["a" * 8, "0123456789abcdef" * 4, "550e8400-e29b-41d4-a716-446655440000"])
    def test_is_taken_from_a_proxy(self, name, stranger_client, db, settings):
        settings.BEHIND_PROXY = True
        assert stranger_client.get("/accounts/login/", headers={HEADER: name})[HEADER] == name

    @pytest.mark.parametrize(
        "name", ["", "short", "a" * 65, "with space", "x" * 8 + "\n", "12345678_", "é" * 8, "<script>alert"]
    )
    def test_is_not_taken_if_it_is_no_id(self, name, stranger_client, db, settings):
        settings.BEHIND_PROXY = True
        assert FRESH.fullmatch(stranger_client.get("/accounts/login/", headers={HEADER: name})[HEADER])


class TestAFailure:
    def test_the_page_tells_it(self, viewer_client, fails):
        answer = viewer_client.get(PLACE, headers={"accept": "text/html,*/*;q=0.8"})
        assert answer.status_code == 500
        assert f"<code>{answer[HEADER]}</code>" in answer.content.decode()

    def test_json_tells_it(self, viewer_client, fails):
        answer = viewer_client.get(PLACE, headers={"accept": "application/json"})
        assert answer.status_code == 500
        assert answer.json() == {"error": "Something went wrong here.", "request": answer[HEADER]}

    @pytest.mark.parametrize("log_format", ["line", "json"])
    def test_every_line_has_it(self, viewer_client, fails, log_format):
        with written(log_format, "tests.ids", "django.request") as lines:
            number = viewer_client.get(PLACE)[HEADER]
        if log_format == "json":
            assert [line["request"] for line in lines.objects] == [number, number]
        else:
            headed = [line for line in lines.text if " WARNING " in line or " ERROR " in line]
            assert len(headed) == 2
            assert all(f" [{number}] " in line for line in headed)


def test_a_refusal_that_django_logs_after_all_has_it_too(stranger_client, db):
    """It is the handler that says so, when all middleware has done."""
    with written("json", "django.request") as lines:
        answer = stranger_client.get("/tracker/incident/feature_collection/")
    assert answer.status_code == 401
    assert [line["request"] for line in lines.objects] == [answer[HEADER]]


def test_who_is_signed_in_is_said_by_number(viewer, viewer_client):
    with written("json", "django.request") as lines:
        assert viewer_client.get("/tracker/incident/create/").status_code == 403
    assert [line["user"] for line in lines.objects] == [viewer.pk]


def test_a_line_never_asks_who_it_is(viewer_client, db, monkeypatch, django_assert_num_queries):
    """Who that is costs a query, which a page for anybody does without; and the database may be what failed."""
    monkeypatch.setattr("tracker.lib.places.nearest.nearest", lambda *args: logger.warning("Looking for a town."))
    with written("json", "tests.ids") as lines, django_assert_num_queries(0):
        viewer_client.get(PLACE)
    assert {line["user"] for line in lines.objects} == {None}


def test_threads_that_work_for_a_request_have_it_and_others_do_not(db):
    async def work() -> None:
        log_context.current.set(log_context.LogContext("of-a-request"))
        await sync_to_async(logger.warning, thread_sensitive=False)("in a thread of asgiref's")
        await asyncio.to_thread(logger.warning, "in a thread of asyncio's")
        thread = threading.Thread(target=logger.warning, args=("in a thread of its own",))
        thread.start()
        thread.join()

    with written("json", "tests.ids") as lines:
        asyncio.run(work())
    assert [line["request"] for line in lines.objects] == ["of-a-request", "of-a-request", None]


def test_nothing_is_left_of_it_afterwards(stranger_client, db):
    stranger_client.get("/accounts/login/")
    assert log_context.current.get() is None


def test_a_real_server_keeps_its_requests_apart(live_site, tmp_path):
    with server(live_site, tmp_path, BEHIND_PROXY="1") as url:
        names = [f"request-{number:04}" for number in range(8)]
        threads = [
            threading.Thread(
                target=requests.get, args=(f"{url}/no-such-page/{name}",), kwargs={"headers": {HEADER: name}}
            )
            for name in names
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        log = (tmp_path / "daphne.log").read_text()
    for name in names:
        assert f"[{name}] WARNING django.request: Not Found: /no-such-page/{name}" in log


def test_the_form_of_a_line_is_a_setting():
    assert project.LOG_FORMAT == "line"
    assert project.LOGGING["handlers"]["console"]["formatter"] == "line"
