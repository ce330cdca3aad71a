"""Fire-and-forget tasks: done by ``runworker`` where there is a Redis, by the web process itself where not.

At most once: a task that nobody listens for is gone on the pub/sub layer; on the core layer it waits up to a minute.
"""

import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.processes import wait_until
from tests.web.server import server
from tracker.jobs import fire_and_forget, queue
from tracker.jobs.registry import JOB_TYPES
from tracker.models import Job

needs_redis = pytest.mark.needs_redis
READY = "Running worker for channels"
WAIT_S = 60  # for a process to start on a busy machine


def old_session(key: str) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() - timedelta(days=1))


def old_ones() -> list[str]:
    return list(Session.objects.filter(expire_date__lt=timezone.now()).values_list("session_key", flat=True))


class Worker:
    """``manage.py runworker background-tasks``, and what it says."""

    def __init__(self, site, **env: str):
        self.process = site.manage_in_background("runworker", "background-tasks", **env)
        self.said = ""
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self.said += line

    def has_said(self, words: str) -> bool:
        return words in self.said

    def end(self) -> None:
        self.process.kill()
        self.process.wait(30)
        self.listener.join(30)


def until(condition: Callable[[], object], do: Callable[[], object], what: str) -> None:
    """Do something again and again until it has worked: a task may be lost on a busy machine, as all of them may."""
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end, what
        do()
        time.sleep(0.5)


@contextmanager
def worker(site, **env: str):
    """A worker that listens."""
    running = Worker(site, **env)
    try:
        wait_until(lambda: READY in running.said, "the worker starts", WAIT_S)
        if not env:  # it says so before it listens
            until(lambda: "probe” failed" in running.said, lambda: fire_and_forget.send("probe"), "the worker listens")
        yield running
    finally:
        running.end()


def send(site, task: str, **env: str) -> None:
    """From another process, which is gone when this returns. Nothing waits for the sending, so the process must."""
    script = (
        "import time; from tracker.jobs import fire_and_forget\n"
        f"for _ in range(3): fire_and_forget.send({task!r}); time.sleep(1)"
    )
    site.manage("shell", "-c", script, **env)


def test_who_signs_in_has_expired_sessions_removed(request, live_site):
    """Without a worker the web process must do it itself: on the in-memory layer, and only there."""
    from django.conf import settings

    if settings.REDIS_URL:
        pytest.skip("Does not apply: with Redis a worker does it, below.")
    live_site.make_user("vera")
    old_session("a" * 32)
    session = live_site.sign_in("vera")
    wait_until(lambda: old_ones() == [], "the web process does the task")
    assert Session.objects.filter(session_key=session.cookies["sessionid"]).exists()


def test_a_wrong_password_sends_no_task(live_site):
    live_site.make_user("vera")
    old_session("a" * 32)
    with pytest.raises(AssertionError, match="could not sign in"):
        live_site.sign_in("vera", "wrong")
    time.sleep(1)
    assert old_ones() == ["a" * 32]


@needs_redis
def test_a_worker_in_another_process_does_what_the_web_process_sends(live_site):
    live_site.make_user("vera")
    with worker(live_site) as running:
        old_session("a" * 32)
        until(lambda: old_ones() == [], lambda: live_site.sign_in("vera"), "the worker does the task")
        wait_until(lambda: "1 expired sessions were removed." in running.said, "and says so")


@needs_redis
def test_a_task_without_a_worker_is_lost(live_site):
    live_site.make_user("vera")
    with worker(live_site) as killed:
        killed.end()
        old_session("a" * 32)
        live_site.sign_in("vera")
        time.sleep(1)
        with worker(live_site):
            time.sleep(2)
            assert old_ones() == ["a" * 32], "whoever starts afterwards has never heard of it"
            until(lambda: old_ones() == [], lambda: live_site.sign_in("vera"), "the next task is done")


@needs_redis
def test_on_the_core_layer_it_waits_for_a_worker(live_site):
    core = {"REDIS_LAYER": "core"}
    old_session("a" * 32)
    send(live_site, "clear_sessions", **core)
    assert old_ones() == ["a" * 32]
    with worker(live_site, **core):
        wait_until(lambda: old_ones() == [], "the worker that starts afterwards does it", WAIT_S)


@needs_redis
def test_what_fails_or_is_unknown_does_not_end_the_worker(live_site):
    live_site.make_user("vera")
    with worker(live_site) as running:
        for task in ("no_such_task", "_private"):
            said = f"“{task.replace('_', '.')}” failed"
            until(partial(running.has_said, said), partial(fire_and_forget.send, task), said)
        old_session("a" * 32)
        until(lambda: old_ones() == [], lambda: live_site.sign_in("vera"), "the worker still does such tasks")
        assert running.process.poll() is None


@needs_redis
def test_the_worker_takes_no_jobs(live_site):
    """They are for the threads of the web process."""
    with worker(live_site):
        live_site.stop()
        job = queue.enqueue(JOB_TYPES["try_it"], by=live_site.make_user("vera"), seconds=0.1)
        time.sleep(5)
        assert Job.objects.get(pk=job.pk).state == "queued"
        live_site.start()
        wait_until(lambda: Job.objects.get(pk=job.pk).state == "done", "the web process does it", WAIT_S)


@needs_redis
def test_nobody_waits_for_a_redis_that_does_not_answer(live_site, tmp_path):
    """Signing in takes no longer, and works."""
    user = live_site.make_user("vera")
    with server(live_site, tmp_path, REDIS_URL="redis://127.0.0.1:1/0") as url:
        there, live_site.url = live_site.url, url
        try:
            began = time.monotonic()
            assert live_site.sign_in(user.username).cookies["sessionid"]
        finally:
            live_site.url = there
        assert time.monotonic() - began < 15
