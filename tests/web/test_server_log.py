"""The lines that the server writes for its administrator: a refusal is one line, an error keeps where it happened."""

import io
import logging
import logging.config

import pytest

from tracker_project.settings import LOGGING


@pytest.fixture
def lines():
    """``lines()``: what Django's requests have written, as the console shows it."""
    name = LOGGING["handlers"]["console"]["formatter"]
    configurator = logging.config.DictConfigurator(LOGGING)
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(configurator.configure_formatter(LOGGING["formatters"][name]))
    loggers = [logging.getLogger(name) for name in ("django.request", "django.security")]
    for logger in loggers:
        logger.addHandler(handler)
    yield lambda: handler.stream.getvalue().splitlines()
    for logger in loggers:
        logger.removeHandler(handler)


def test_a_page_that_is_not_for_somebody_is_one_line(viewer_client, lines):
    assert viewer_client.get("/tracker/incident/create/").status_code == 403
    (line,) = lines()
    assert line.endswith("WARNING django.request: Forbidden (Permission denied): /tracker/incident/create/")


@pytest.mark.parametrize("host", ["evil.example", "/", "127.0.0.1:x", "a_b"])
def test_a_host_that_is_not_ours_is_one_line(host, stranger_client, lines):
    """Django calls it an error; a stranger could fill the log with where in its code it was refused."""
    assert stranger_client.get("/accounts/login/", headers={"host": host}).status_code == 400
    (line,) = lines()
    assert f"django.security.DisallowedHost: Invalid HTTP_HOST header: '{host}'" in line


def test_an_error_keeps_its_traceback(viewer_client, lines, monkeypatch):
    def fail(*args):
        raise RuntimeError("the towns are lost")

    monkeypatch.setattr("tracker.lib.places.nearest.nearest", fail)
    viewer_client.raise_request_exception = False
    assert viewer_client.get("/tracker/place/nearest/?latitude=1&longitude=2").status_code == 500
    assert "Internal Server Error" in lines()[0]
    assert lines()[-1] == "RuntimeError: the towns are lost"
