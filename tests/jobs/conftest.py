"""Kinds of jobs that only tests have, imports, and a worker in the test's own thread."""

import itertools
import json

import pytest
from django.core.files.base import ContentFile

from tracker.events import log
from tracker.files import writer
from tracker.incidents import bulk
from tracker.jobs import queue, registry, worker
from tracker.jobs.registry import JOB_TYPES, job
from tracker.lib import piece_size
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


@pytest.fixture
def given(operator):
    """``given("incidents", content)``: the job that imports a collection, as Python values, text or bytes."""

    def given(what: str, content: object, **fields: str) -> Job:
        if isinstance(content, list):
            content = {"type": "FeatureCollection", "features": content}
        if not isinstance(content, str | bytes):
            content = json.dumps(content)
        file = ContentFile(content.encode() if isinstance(content, str) else content, "it.geojson")
        fields = {"name": "name", "default": "IN"} | fields
        return queue.enqueue(JOB_TYPES[f"import_{what}"], by=operator, upload=file, fields=fields)

    return given


@pytest.fixture
def few(monkeypatch):
    """Ten rows are many, and a piece is three."""
    monkeypatch.setattr(bulk, "ANNOUNCE_AT_MOST", 10)
    monkeypatch.setattr(log, "PIECE", 3)
    monkeypatch.setattr(writer, "AREAS_AT_ONCE", 3)
    monkeypatch.setattr(piece_size, "FIRST_OF", 1)
    monkeypatch.setattr(piece_size, "PIECE_S", 60)  # however slow the machine is


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
