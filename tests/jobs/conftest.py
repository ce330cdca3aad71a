"""Kinds of jobs that only tests have, and a worker in the test's own thread."""

import itertools

import pytest

from tracker.jobs import queue, registry, worker
from tracker.jobs.registry import job
from tracker.models import Job

NUMBERS = itertools.count(1)


@pytest.fixture
def declare():
    """``declare(function)``: a kind of job that is gone after the test; options as the decorator takes them."""
    before = dict(registry.JOB_TYPES)

    def declare_it(function, **options):
        return job(f"test_{next(NUMBERS)}", title="A test", **options)(function)

    yield declare_it
    registry.JOB_TYPES.clear()
    registry.JOB_TYPES.update(before)


def now(given: Job) -> Job:
    """The job as its row stands."""
    return Job.objects.get(pk=given.pk)


def carried_out(given: Job) -> Job:
    """The job after a worker has had it."""
    given = now(given)
    worker.carry_out(given.pk, given.attempt)
    return now(given)


def swept() -> None:
    """Two sweeps, so that what gives no sign of life between them counts as dead."""
    before, queue.DEAD_AFTER_S = queue.DEAD_AFTER_S, 0.0
    try:
        queue.sweep()
        queue.sweep()
    finally:
        queue.DEAD_AFTER_S = before
