"""``LOG_FORMAT=json``: an object a line, always of the same fields; what was slow, or failed, has its duration."""

import json
import logging
import re
import time
from datetime import UTC, datetime

import pytest
import requests

from tests.processes import wait_until
from tests.web.log_lines import written
from tests.web.server import server
from tracker.web import middleware

FIELDS = ["time", "level", "logger", "message", "request", "user", "job", "exception"]
TIMED = [*FIELDS, "view", "method", "status", "duration_ms"]
PLACE = "/tracker/place/nearest/?latitude=1&longitude=2"

logger = logging.getLogger("tests.json")


@pytest.fixture
def fails(monkeypatch):
    """One of the pages fails."""

    def fail(*args):
        raise RuntimeError("the towns are lost")

    monkeypatch.setattr("tracker.lib.places.nearest.nearest", fail)


def test_a_line_has_all_fields_and_no_others():
    with written("json", "tests.json") as lines:
        logger.warning("Number %d.", 7, extra={"password": "hunter2", "request": "/?q=secret", "color_message": "x"})
    (line,) = lines.objects
    assert list(line) == FIELDS
    assert (line["level"], line["logger"], line["message"]) == ("WARNING", "tests.json", "Number 7.")
    assert [line[name] for name in ("request", "user", "job", "exception")] == [None] * 4
    at = datetime.fromisoformat(line["time"])
    assert abs((datetime.now(UTC) - at).total_seconds()) < 10
    assert line["time"].endswith("+00:00")


@pytest.mark.parametrize("message", [{"a": 1}, ["b"], "", 7, None])
def test_whatever_is_logged_is_an_object(message):
    with written("json", "tests.json") as lines:
        logger.warning(message)
    assert list(lines.objects[0]) == FIELDS
    assert isinstance(lines.objects[0]["message"], str)


def test_an_error_keeps_its_traceback_in_its_line(viewer, viewer_client, fails):
    viewer_client.raise_request_exception = False
    with written("json", "django.request") as lines:
        answer = viewer_client.get(PLACE)
    (line,) = lines.objects
    assert line["request"] == answer["X-Request-ID"]
    assert line["user"] in {viewer.pk, None}  # a page for anybody need not have looked who it is
    assert line["exception"].endswith("\nRuntimeError: the towns are lost")
    assert "?latitude" not in json.dumps(lines.objects)  # nor anything else that was asked


def test_a_refusal_needs_no_traceback(viewer, viewer_client):
    with written("json", "django.request") as lines:
        assert viewer_client.get("/tracker/incident/create/").status_code == 403
    (line,) = lines.objects
    assert (line["level"], line["user"], line["exception"]) == ("WARNING", viewer.pk, None)


class TestWhatTookHowLong:
    @pytest.fixture(autouse=True)
    def _as_json(self, settings, db):
        settings.LOG_FORMAT = "json"

    def test_a_request_that_failed(self, viewer_client, fails):
        viewer_client.raise_request_exception = False
        with written("json", middleware.__name__) as lines:
            viewer_client.get(PLACE)
        (line,) = lines.objects
        assert list(line) == TIMED
        assert line["message"] == "A request failed."
        assert (line["view"], line["method"], line["status"]) == ("nearest_place", "GET", 500)
        assert 0 <= line["duration_ms"] < 10_000

    def test_a_request_that_was_slow(self, viewer, viewer_client, settings, monkeypatch):
        settings.SLOW_REQUEST_MS = 50
        monkeypatch.setattr("tracker.lib.places.nearest.nearest", lambda *args: time.sleep(0.06))
        with written("json", middleware.__name__) as lines:
            viewer_client.get(PLACE)
            viewer_client.get("/accounts/password_reset/")
        slow = [line for line in lines.objects if line["view"] == "nearest_place"]
        assert len(slow) == 1
        assert slow[0]["duration_ms"] >= 60
        assert "latitude" not in json.dumps(slow)

    def test_one_that_was_neither_is_not_logged(self, viewer_client, settings):
        settings.SLOW_REQUEST_MS = 60_000
        with written("json", middleware.__name__) as lines:
            assert viewer_client.get("/tracker/incident/").status_code == 200
            assert viewer_client.get("/tracker/incident/create/").status_code == 403
        assert lines.objects == []

    def test_lines_for_people_leave_it_to_nginx(self, viewer_client, settings):
        settings.LOG_FORMAT, settings.SLOW_REQUEST_MS = "line", 0
        with written("line", middleware.__name__) as lines:
            viewer_client.get("/tracker/incident/")
        assert lines.text == []

    def test_no_address_is_told_for_one_may_hold_a_token(self, stranger_client, settings):
        settings.SLOW_REQUEST_MS = 0
        with written("json", middleware.__name__) as lines:
            stranger_client.get("/accounts/reset/MQ/abc-secret/?next=secret")
            stranger_client.get("/no-such-page/secret")
            stranger_client.generic("SECRET", "/tracker/incident/")
        assert [line["view"] for line in lines.objects] == ["password_reset_confirm", "other", "incident_list"]
        assert lines.objects[-1]["method"] == "other"
        assert "secret" not in json.dumps(lines.objects).lower()


def test_a_real_server_writes_objects_only(live_site, tmp_path):
    with server(live_site, tmp_path, LOG_FORMAT="json", SLOW_REQUEST_MS="0") as url:
        answer = requests.get(f"{url}/tracker/incident/report/?secret=1", timeout=20)
        requests.get(f"{url}/no-such-page", timeout=20)
        log = tmp_path / "daphne.log"
        wait_until(lambda: "Not Found" in log.read_text(), "the refusal is not logged")
        lines = [json.loads(line) for line in log.read_text().splitlines()]
    slow = next(line for line in lines if line.get("view") == "incident_report")
    assert slow["request"] == answer.headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{16}", slow["request"])
    assert "secret" not in log.read_text()
