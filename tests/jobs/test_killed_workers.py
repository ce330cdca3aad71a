"""Whatever carries jobs out dies in the middle: nothing is done twice, and the job says what happened."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.jobs.importing import feature
from tests.processes import wait_until
from tracker.jobs import queue
from tracker.models import Incident, Job

FEATURES = 6_000
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
UNTIL_NOTICED_S = queue.DEAD_AFTER_S + 45  # a start on a busy machine, and the sweep, which comes every five seconds


@pytest.fixture
def vera(live_site):
    return live_site.make_user("vera", "Operator")


def begin_import(jobs, vera, text: str) -> None:
    """By the page of the web process that the worker belongs to."""
    session = jobs.site.browse(vera)
    fields = {"what": "import_incidents", "name": "name", "default": "IN"}
    files = {"file": ("some.geojson", text)}
    answer = session.post(
        f"{jobs.site.url}/tracker/job/import/", fields, files=files, allow_redirects=False, timeout=30
    )
    assert answer.status_code == 302, answer.text[:2_000]


def test_a_job_that_cannot_go_on_says_so_and_is_run_again(jobs, vera):
    # Older than it is: the test process has no workers to send it to, so it is left to the site's sweep.
    Job.objects.create(kind="try_it", name="Count", owner=vera, parameters={"seconds": 8}, created=LONG_AGO)
    wait_until(lambda: Job.objects.get().done > 5, "it runs", 20)
    jobs.kill_the_workers()
    left_off = Job.objects.get()
    assert left_off.state == "running", "nobody knows yet"
    wait_until(lambda: Job.objects.get().state != "running", "the loss is noticed", UNTIL_NOTICED_S)
    job = Job.objects.get()
    assert (job.state, job.attempt, job.done) == ("interrupted", 1, left_off.done)
    assert job.message == f"Its worker ended in the middle after {job.done} of 80. Run it again to have the rest done."
    assert queue.run_again(job)
    Job.objects.update(parameters={"seconds": 1}, sent=None)
    wait_until(lambda: Job.objects.get().state == "done", "run again, it is done", 30)
    assert Job.objects.get().attempt == 2


def test_an_import_goes_on_by_itself_and_brings_nothing_twice(jobs, vera):
    features = [feature(f"{at}", {"type": "Point", "coordinates": [at / 100, 50]}) for at in range(FEATURES)]
    features[4_321]["geometry"]["coordinates"] = [0, 100]  # refused
    begin_import(jobs, vera, json.dumps({"type": "FeatureCollection", "features": features}))
    wait_until(lambda: Incident.objects.count() >= 500, "a piece is written", 60)
    jobs.kill_the_workers()
    written = Incident.objects.count()
    assert 500 <= written < FEATURES - 1, "killed in the middle"
    wait_until(lambda: not Job.objects.get().is_active, "the import is over", UNTIL_NOTICED_S + 60)
    job = Job.objects.get()
    assert (job.state, job.attempt) == ("done", 2), job.message
    assert job.message == f"{FEATURES} features: {FEATURES - 1} imported, 1 refused."
    assert [row for row, _sentence in job.problems] == [4_322]
    names = Counter(Incident.objects.values_list("name", flat=True))
    assert names == Counter(str(at) for at in range(FEATURES) if at != 4_321)
