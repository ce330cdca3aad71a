"""A page that was opened by another name than BASE_URL is refused for good: the log says it, once a minute at most."""

import logging
from urllib.parse import urlparse

import pytest

from tracker.live import origins
from tracker.live.origins import LoggedOriginValidator


@pytest.fixture
def validator():
    return LoggedOriginValidator(None, ["https://tracker.test"])


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.WARNING, "tracker.live.origins")
    return lambda: [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("origin", ["https://tracker.test", "https://tracker.test:443"])
def test_our_own_is_let_in_and_nothing_is_said(validator, said, origin):
    assert validator.valid_origin(urlparse(origin))
    assert said() == []


@pytest.mark.parametrize("origin", ["https://map.test", "http://tracker.test", "https://tracker.test:8443", "null"])
def test_another_is_refused_and_the_log_says_why(validator, said, settings, origin):
    settings.BASE_URL = "https://tracker.test"
    assert not validator.valid_origin(urlparse(origin))
    (sentence,) = said()
    assert "opened by another name than BASE_URL" in sentence
    assert origin in sentence
    assert "BASE_URL is https://tracker.test" in sentence


def test_once_a_minute_at_most(validator, said, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(origins.time, "monotonic", lambda: now)
    for _ in range(100):
        validator.valid_origin(urlparse("https://map.test"))
    assert len(said()) == 1
    now += 59
    validator.valid_origin(urlparse("https://map.test"))
    assert len(said()) == 1
    now += 1
    validator.valid_origin(urlparse("https://map.test"))
    assert len(said()) == 2


def test_what_a_stranger_sends_stays_one_short_line(validator, said):
    validator.valid_origin(urlparse("https://a\u202eb\x1b(31m" + "x" * 5000))
    validator.valid_origin(None)
    (sentence,) = said()
    assert "\x1b" not in sentence
    assert "\u202e" not in sentence
    assert len(sentence) < 600
