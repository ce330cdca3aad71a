"""A broken shape is repaired, or given up within limits: a small text must not hold up or kill the server."""

import random
import resource
import time

import pytest
from django.core.exceptions import ValidationError

from tracker.lib.geo import geometry, repair

pytestmark = pytest.mark.once


def tangle(points: int) -> dict:
    """A ring through random points: nearly every edge crosses every other."""
    numbers = random.Random(20261120)
    ring = [[numbers.uniform(0, 10), numbers.uniform(0, 10)] for _ in range(points)]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


TRIANGLE = [[[0, 0], [1, 0], [0, 1], [0, 0]]]


def lattice(slats: int) -> dict:
    """So many slats across as many others: their union has a hole between each four."""
    ranges = [(2 * n / slats, (2 * n + 1) / slats) for n in range(slats)]
    across = [[[[0, a], [3, a], [3, b], [0, b], [0, a]]] for a, b in ranges]
    along = [[[[a, 0], [b, 0], [b, 3], [a, 3], [a, 0]]] for a, b in ranges]
    return {"type": "MultiPolygon", "coordinates": [*across, *along]}


@pytest.mark.parametrize(
    "shape",
    [tangle(3000), lattice(500)],
    ids=["a ring that crosses itself millions of times", "a union with a quarter of a million holes"],
)
def test_what_cannot_be_repaired_within_the_limits_is_refused(shape):
    before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValidationError, match="crosses itself"):
        geometry.area_from_geojson(shape)
    elapsed_s = time.monotonic() - before[0]
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before[1]
    assert elapsed_s < 12 * repair.CPU_S, "the limit on time did not end it"
    assert grown_kb < 300_000, "it was this process that tried"


def test_the_same_triangle_thousands_of_times_is_one(monkeypatch):
    monkeypatch.setattr(repair, "TIMEOUT_S", 12 * repair.CPU_S)
    area = geometry.area_from_geojson({"type": "MultiPolygon", "coordinates": [TRIANGLE] * 2_000})
    assert (area.geom_type, area.area) == ("Polygon", 0.5)


def test_one_that_is_not_through_in_time_is_refused(monkeypatch):
    monkeypatch.setattr(repair, "TIMEOUT_S", 0.01)
    with pytest.raises(ValidationError, match="crosses itself"):
        geometry.area_from_geojson(tangle(100))


def test_a_large_shape_with_one_flaw_is_repaired():
    """As real countries are: thousands of points, and a ring that touches or crosses itself in one place."""
    row = [[x / 100, 0.0] for x in range(1000)]
    flaw = [[10.0, 0.0], [10.5, 1.0], [10.5, -1.0], [10.0, 1.0]]
    ring = [*row, *flaw, [0.0, 1.0], [0.0, 0.0]]
    repaired = geometry.area_from_geojson({"type": "Polygon", "coordinates": [ring]})
    assert repaired.valid
    assert repaired.area == pytest.approx(10.0, rel=0.05)
