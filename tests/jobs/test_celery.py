"""Celery beside the site: JSON only, what is periodic by ``beat``, and a Redis that is away."""

import signal
import socket
import subprocess
import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.job_site import on_celery
from tests.processes import start_python, wait_until
from tracker.jobs.periodic import PERIODIC


@pytest.fixture
def celery_site(live_site):
    with on_celery(live_site) as site:
        live_site.start()
        yield site


def celery(site, *arguments: str) -> subprocess.Popen:
    command = ["-m", "celery", "-A", "tracker_project", *arguments]
    return start_python(*command, env=site.site.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


@pytest.mark.needs_redis
def test_a_worker_does_what_is_periodic_and_takes_nothing_but_json(celery_site):
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(days=1))
    refused = celery(celery_site, "call", "tracker.periodic", "--args", '["clear_sessions"]', "--serializer", "pickle")
    refused.communicate(timeout=60)
    asked = celery(celery_site, "call", "tracker.periodic", "--args", '["clear_sessions"]')
    output, _ = asked.communicate(timeout=60)
    assert asked.returncode == 0, output
    wait_until(lambda: not Session.objects.filter(session_key="old").exists(), "the worker has cleared it", 20)
    log = celery_site.worker.log.read_text()
    assert "pickle" in log, "what is not JSON was refused, in the log"


@pytest.mark.needs_redis
def test_beat_sends_what_is_due(celery_site, tmp_path):
    celery_site.site.env["JOB_FILES"] = str(tmp_path / "not there yet")
    try:
        beat = celery(celery_site, "beat", "--loglevel=INFO")
    finally:
        celery_site.site.env["JOB_FILES"] = str(celery_site.site.home / "job_files")
    assert beat.stdout is not None
    lines: list[str] = []
    end = time.monotonic() + 60
    try:
        while not any("Sending due task sweep_jobs" in line for line in lines):
            assert time.monotonic() < end, "".join(lines)
            lines.append(beat.stdout.readline())
            assert beat.poll() is None, "".join(lines)
    finally:
        beat.send_signal(signal.SIGTERM)
        beat.communicate(timeout=20)


@pytest.mark.needs_redis
def test_everything_periodic_is_in_the_schedule():
    from tracker_project.celery import app

    app.finalize()  # as a worker and beat do
    assert {entry["args"] for entry in app.conf.beat_schedule.values()} == {(name,) for name in PERIODIC}
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_acks_late


HANGS = """
import time
from django.contrib.auth import get_user_model
from tracker.jobs import queue
from tracker.jobs.registry import JOB_TYPES
from tracker.models import Job

person = get_user_model().objects.get()
began = time.monotonic()
for number in range(3):
    queue.enqueue(JOB_TYPES["try_it"], by=person, name=f"Job {number}")
queue.sweep()
print("TOOK", time.monotonic() - began, Job.objects.filter(state="queued", sent=None).count())
"""


def test_a_redis_that_hangs_holds_up_nobody_who_starts_a_job(live_site, tmp_path):
    live_site.make_user("vera")
    live_site.stop()  # whose threads would take the jobs
    with socket.socket(socket.AF_UNIX) as frozen:
        frozen.bind(str(tmp_path / "redis.sock"))
        frozen.listen(50)  # whoever connects is let in, and never answered
        url = f"unix://{tmp_path}/redis.sock"
        done = live_site.manage("shell", "-c", HANGS, BACKGROUND="celery", REDIS_URL=url)
    line = next(line for line in done.stdout.splitlines() if line.startswith("TOOK"))
    _took, seconds, unsent = line.split()
    assert (float(seconds) < 5, unsent) == (True, "3"), done.stdout
