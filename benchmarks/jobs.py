"""Are alerts delayed while background work goes on? 1,000 jobs are queued at once, and reports posted meanwhile.

As in ``end_to_end``: an operator posts the incident form, 1,000 signed-in clients wait for the alert. First nothing
else goes on; then a thousand jobs wait, and as many run as there are workers: every other one exports 20,000 incidents,
the others count to three seconds. The operator, whose jobs they are, has the page of jobs open. Once with the jobs in
threads of the web process, once in Celery, whose worker may use both cores. The peer is the same site without the jobs,
in the same run.
"""

import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks import environment, ground, people, report
from benchmarks.cores import ended_with_parent
from benchmarks.end_to_end import Site, draw, medians, play

WARM = 20
FULL = {"areas": 10_000, "clients": 1_000, "reports": 100, "runs": 3, "jobs": 1_000, "incidents": 20_000}
QUICK = {"areas": 1_000, "clients": 100, "reports": 20, "runs": 1, "jobs": 100, "incidents": 2_000}
MODES = ("threads", "celery")
WORKERS = 4  # JOB_THREADS, and --concurrency


def measure(quick: bool, only: frozenset[str] = frozenset()) -> dict:
    size = QUICK if quick else FULL
    dice = random.Random(21)
    centres = draw(size["areas"])
    fill(size["incidents"])

    def place() -> tuple[float, float]:
        longitude, latitude = dice.choice(centres)
        return longitude + dice.uniform(-0.01, 0.01), latitude + dice.uniform(-0.01, 0.01)

    result: dict[str, Any] = dict(size)
    with tempfile.TemporaryDirectory() as home:
        cookies = people.sign_in(size["clients"], Path(home) / "cookies")
        os.environ["JOB_FILES"] = f"{home}/job_files"
        for mode in [mode for mode in MODES if not only or mode in only]:
            with (
                Site(size["clients"], cookies, Path(home) / f"stamps-{mode}", BACKGROUND=mode) as site,
                workers(mode),
                JobPage(site) as page,
            ):
                play(site.report, place, dice, WARM)
                runs: dict[str, list[dict]] = {"idle": [], "busy": []}
                for _ in range(size["runs"]):
                    runs["idle"].append(play(site.report, place, dice, size["reports"]))
                queued_s = queue_jobs(mode, size["jobs"])
                page.wait_for_progress()
                begun, heard = time.monotonic(), page.heard
                for _ in range(size["runs"]):
                    runs["busy"].append(play(site.report, place, dice, size["reports"]))
                result[mode] = {
                    "idle": medians(runs["idle"]),
                    "busy": medians(runs["busy"]),
                    "queued_s": queued_s,
                    "messages_per_s": (page.heard - heard) / (time.monotonic() - begun),
                    "waiting_at_the_end": count("queued"),
                    "running_at_the_end": count("running"),
                    "failed": count("failed"),
                    "done": count("done"),
                    "page_lost": page.lost,
                }
                drop_jobs()
    return result


def fill(incidents: int) -> None:
    """Something to export."""
    from django.db import connection

    with connection.cursor() as cursor:
        ground.report_incidents(cursor, incidents)


def count(state: str) -> int:
    from tracker.models import Job

    return Job.objects.filter(state=state).count()


def queue_jobs(mode: str, count: int) -> float:
    """Queue them as the site does, one after the other; how long that took, in seconds."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import override_settings

    from tracker.jobs import queue
    from tracker.jobs.registry import JOB_TYPES

    operator = get_user_model().objects.get(username="operator")
    begun = time.monotonic()
    with override_settings(JOB_BACKEND=settings.JOB_BACKENDS[mode]):
        for number in range(count):
            kind = JOB_TYPES["try_it" if number % 2 else "export_incidents"]
            queue.enqueue(kind, by=operator, name=f"Bench {number}")
    return time.monotonic() - begun


def drop_jobs() -> None:
    """The next part begins without them; what runs ends by finding its row gone."""
    from tracker.models import Job

    Job.objects.all().delete()


@contextlib.contextmanager
def workers(mode: str):
    """Celery's worker, on both cores; nothing for threads, which the site has itself."""
    if mode != "celery":
        yield
        return
    command = [sys.executable, "-m", "celery", "-A", "tracker_project", "worker", f"--concurrency={WORKERS}"]
    env = os.environ | {"BACKGROUND": "celery"}

    def prepare() -> None:
        ended_with_parent()
        os.sched_setaffinity(0, range(os.cpu_count() or 1))

    process = subprocess.Popen(
        [*command, "--loglevel=WARNING", "--without-mingle", "--without-gossip"], env=env, preexec_fn=prepare
    )
    try:
        time.sleep(8)
        yield
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()


class JobPage:
    """The operator's page of jobs: its socket, whose messages are counted."""

    def __init__(self, site: Site):
        from websockets.sync.client import connect
        from websockets.typing import Origin

        cookie = "; ".join(f"{name}={value}" for name, value in site.operator.cookies.items())
        self.opening = connect(
            f"ws://127.0.0.1:{site.server.port}/notifications/?only=job",
            origin=Origin(environment.origin()),
            additional_headers={"Cookie": cookie},
            max_size=None,
        )
        self.heard = 0
        self.progressed = threading.Event()
        self.lost = True

    def __enter__(self) -> "JobPage":
        self.ws = self.opening.__enter__()
        self.lost = False
        threading.Thread(target=self.listen, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.ws.close()

    def listen(self) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            while True:
                for line in str(self.ws.recv()).split("\n"):
                    message = json.loads(line)
                    if message["type"] == "job":
                        self.heard += 1
                        if message["job"]["done"]:
                            self.progressed.set()
                    elif message["type"] == "heartbeat":
                        self.ws.send(json.dumps({"type": "ack", "seq": 0}))
        except ConnectionClosed:
            self.lost = True

    def wait_for_progress(self) -> None:
        assert self.progressed.wait(60), "no job has made progress"


# --- in words ------------------------------------------------------------------------------------------------------


def table(result: dict) -> str:
    rows, notes = [], []
    for mode in [mode for mode in MODES if mode in result]:
        of = result[mode]
        for state in ("idle", "busy"):
            total = of[state]["total"]
            rows.append([f"{mode}, {state}", *(f"{total[figure]:.1f}" for figure in ("p50", "p99", "max"))])
        ratio = of["busy"]["total"]["p50"] / of["idle"]["total"]["p50"]
        notes.append(
            f"{mode}: {ratio:.2f} times the median without jobs; {of['messages_per_s']:.1f} messages a second to the "
            f"page of jobs from {of['running_at_the_end']} that ran. At the end {of['done']} were done, {of['failed']} "
            f"had failed, {of['waiting_at_the_end']} still waited. Queueing {result['jobs']:,} took "
            f"{of['queued_s']:.1f} s; the page's socket {'was lost' if of['page_lost'] else 'stayed open'}."
        )
    return "\n".join([report.table(["ms from the POST to the last client", "p50", "p99", "max"], rows), "", *notes])
