"""Kinds of jobs that only tests have, and a worker in the test's own thread."""

import itertools

import pytest

from tests.jobs.sites import JobSite, with_celery
from tracker.background import kinds, worker
from tracker.background.kinds import job
from tracker.models import Job

NUMBERS = itertools.count(1)


@pytest.fixture
def declare():
    """``declare(function)``: a kind of job that is gone after the test; options as the decorator takes them."""
    before = dict(kinds.KINDS)

    def declare_it(function, **options):
        return job(f"test_{next(NUMBERS)}", title="A test", **options)(function)

    yield declare_it
    kinds.KINDS.clear()
    kinds.KINDS.update(before)


def now(given: Job) -> Job:
    """The job as its row stands."""
    return Job.objects.get(pk=given.pk)


def carried_out(given: Job) -> Job:
    """The job after a worker has had it."""
    given = now(given)
    worker.carry_out(given.pk, given.attempt)
    return now(given)


@pytest.fixture(scope="session")
def _celery(_site):
    """One worker for all tests: it takes seconds to start."""
    pairs: list[JobSite] = []

    def pair() -> JobSite:
        if not pairs:
            pairs.append(with_celery(_site))
        return pairs[0]

    yield pair
    for each in pairs:
        each.worker.end()
        each.web.stop()


@pytest.fixture(params=["threads", pytest.param("celery", marks=pytest.mark.needs_redis)])
def jobs(request, live_site, _celery) -> JobSite:
    """The site, with jobs in its threads, and then with jobs in a worker of Celery."""
    return JobSite(live_site, live_site, None) if request.param == "threads" else _celery()
