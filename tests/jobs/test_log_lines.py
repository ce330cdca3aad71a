"""What a job logs says which job it is and whose; how it ended is counted."""

import json
import logging

import pytest

from tests import make
from tests.asgi import answer
from tests.job_site import on_celery
from tests.jobs.conftest import carried_out
from tests.metrics import TOKEN, Metrics
from tests.processes import wait_until
from tests.web.log_lines import written
from tracker.jobs import queue
from tracker.jobs.registry import JobFailed
from tracker.lib.request import log_context

logger = logging.getLogger("tests.jobs")


@pytest.fixture
def vera(transactional_db):
    return make.person("vera")


@pytest.mark.parametrize("log_format", ["line", "json"])
def test_a_line_says_which_job_it_is_and_whose(declare, vera, log_format):
    def fail(run):
        logger.warning("Working.")
        raise RuntimeError("x\nERROR forged")

    job = queue.enqueue(declare(fail), by=vera)
    with written(log_format, "tests.jobs", "tracker.jobs") as lines:
        carried_out(job)
    if log_format == "line":
        assert f" [job {job.pk}] WARNING tests.jobs: Working." in lines.text[0]
        assert not [line for line in lines.text if line.startswith("ERROR forged")]
        return
    assert [(line["job"], line["user"], line["request"]) for line in lines.objects] == [(job.pk, vera.pk, None)] * 2
    assert lines.objects[1]["exception"].endswith("RuntimeError: x\\nERROR forged")


def test_after_it_nothing_is_the_jobs(declare, vera):
    carried_out(queue.enqueue(declare(lambda run: None), by=vera))
    assert log_context.current.get() is None


def test_how_jobs_end_is_counted(declare, vera, monkeypatch):
    def fail(run):
        raise JobFailed("It cannot be done.")

    kinds = {"done": declare(lambda run: None), "failed": declare(fail)}
    for kind in kinds.values():
        carried_out(queue.enqueue(kind, by=vera))
    waiting = queue.enqueue(kinds["done"], by=vera)
    assert queue.cancel(waiting)
    assert not queue.cancel(waiting), "it is over"
    said = Metrics(answer("/metrics", authorization=TOKEN["Authorization"]).body.decode())
    for state, code, count in (("done", "done", 1), ("failed", "failed", 1), ("cancelled", "done", 1)):
        assert said.value("tracker_jobs_ended_total", kind=kinds[code].code, state=state) == count


@pytest.mark.needs_redis
def test_a_worker_of_celery_logs_and_counts_as_web_processes_do(live_site, tmp_path):
    before = dict(live_site.env)
    live_site.env |= {"LOG_FORMAT": "json", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics")}
    try:
        with on_celery(live_site) as site:
            live_site.start()
            vera = live_site.make_user("vera")
            started = live_site.browse(vera).post(f"{live_site.url}/tracker/job/start/", {"kind": "try_it"}, timeout=10)
            assert started.ok, started.text
            labels = {"kind": "try_it", "state": "done"}
            wait_until(
                lambda: Metrics.at(live_site.url).value("tracker_jobs_ended_total", **labels) == 1,
                "a web process does not tell what a worker has counted",
                30,
            )
            assert site.worker is not None
            said = [line for line in site.worker.log.read_text().splitlines() if "celery" in line and "ready" in line]
            assert [json.loads(line)["level"] for line in said] == ["INFO"]
    finally:
        live_site.env = before
