"""Of all threads of the site one holds a lock of a name, and nobody waits for another name."""

import logging
import threading
import time

import pytest
from django.conf import settings as site
from redis import Redis

from tests.web.same_moment import at_the_same_moment
from tracker.lib import named_lock
from tracker.lib.named_lock import Busy, held

SOON_S = 20.0


@pytest.fixture(autouse=True)
def _fresh():
    named_lock.redis.cache_clear()
    yield
    named_lock.redis.cache_clear()
    assert not named_lock.here, "nothing is kept of a lock that nobody holds"


def hold(name: str):
    """Hold the lock in a thread; returns what ends it."""
    end, there = threading.Event(), threading.Event()

    def work():
        with held(name, SOON_S):
            there.set()
            end.wait(SOON_S)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert there.wait(SOON_S)

    def release():
        end.set()
        thread.join(SOON_S)

    return release


def test_one_holds_it_at_a_time():
    inside: list[int] = []
    most: list[int] = []

    def work():
        with held("a", SOON_S):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.005)
            inside.pop()

    at_the_same_moment(*[work] * 12)
    assert most == [1] * 12


def test_who_waits_too_long_is_told_and_disturbs_nobody():
    release = hold("a")
    with pytest.raises(Busy), held("a", 0.05):
        pytest.fail("it is held")
    release()
    with held("a", 0.05):
        pass


def test_another_name_is_another_lock():
    release = hold("a")
    with held("b", 0.05):
        pass
    release()


def test_too_many_do_not_wait(monkeypatch):
    monkeypatch.setattr(named_lock, "MANY", 0)
    release = hold("a")
    with pytest.raises(Busy), held("a", SOON_S):
        pytest.fail("it is held")
    release()


def test_an_error_gives_it_back():
    with pytest.raises(ZeroDivisionError), held("a", SOON_S):
        1 / 0  # noqa: B018
    with held("a", 0.05):
        pass


@pytest.mark.needs_redis
def test_another_process_is_waited_for():
    other = Redis.from_url(site.REDIS_URL).lock(named_lock.PREFIX + "a", timeout=SOON_S)
    assert other.acquire(blocking=False)
    with pytest.raises(Busy), held("a", 0.2):
        pytest.fail("another process holds it")
    other.release()
    with held("a", 0.2):
        assert not other.acquire(blocking=False)
    assert other.acquire(blocking=False)
    other.release()


@pytest.mark.needs_redis
def test_the_lock_of_a_process_that_was_killed_ends():
    killed = Redis.from_url(site.REDIS_URL).lock(named_lock.PREFIX + "a", timeout=0.3)
    assert killed.acquire(blocking=False)
    with held("a", SOON_S):
        pass


def test_without_redis_the_process_locks_by_itself(settings, caplog):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # where nobody listens
    release = hold("a")
    with pytest.raises(Busy), held("a", 0.05):
        pytest.fail("it is held")
    release()
    assert "Redis does not lock" in caplog.text
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
