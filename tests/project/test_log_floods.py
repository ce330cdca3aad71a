"""Refusals that are alike are written a few times a minute, and then counted."""

import io
import logging

import pytest

from tracker_project.log_floods import ALIKE, MINUTE_S, Floods

pytestmark = pytest.mark.once


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lines(clock, monkeypatch):
    """``lines()``: what has been written by a console of its own, the only one that counts."""
    handlers = [handler for name in (None, "django") for handler in logging.getLogger(name).handlers]
    for handler in handlers:
        monkeypatch.setattr(handler, "filters", [each for each in handler.filters if not isinstance(each, Floods)])
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(Floods(clock=clock))
    loggers = [logging.getLogger(name) for name in ("django.request", "django.security", "tracker.log")]
    for logger in loggers:
        logger.addHandler(handler)
    yield lambda: stream.getvalue().splitlines()
    for logger in loggers:
        logger.removeHandler(handler)


def refuse(count: int, status: int = 429) -> None:
    for number in range(count):
        logging.getLogger("django.request").warning(
            "Too Many Requests: %s", f"/{number}/", extra={"status_code": status}
        )


def test_the_first_are_written_and_the_others_counted(lines, clock):
    refuse(500)
    assert len(lines()) == ALIKE
    clock.now += MINUTE_S + 1
    refuse(1)
    assert lines()[ALIKE:] == [
        f"django.request: {500 - ALIKE} more lines of this kind (429) were not written.",
        "Too Many Requests: /0/",
    ]


def test_another_kind_is_written_beside_it(lines):
    refuse(500)
    refuse(1, status=403)
    assert len(lines()) == ALIKE + 1


def test_errors_are_all_written(lines):
    for _ in range(500):
        logging.getLogger("django.request").error("Internal Server Error: %s", "/", extra={"status_code": 500})
    assert len(lines()) == 500


def test_a_wrong_host_is_a_refusal_though_django_calls_it_an_error(lines):
    for number in range(500):
        text = f"Invalid HTTP_HOST header: 'x{number}.example'."
        logging.getLogger("django.security.DisallowedHost").error(text, extra={"status_code": 400})
    assert len(lines()) == ALIKE


def test_few_are_written_in_every_minute(lines, clock):
    for _ in range(10):
        refuse(2)
        clock.now += MINUTE_S + 1
    assert len(lines()) == 20
