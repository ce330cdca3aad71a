"""Matching comes to rows by their place: however many lie elsewhere, it is no more work. On the seams neither."""

import json
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.alerting import change
from tracker.alerts import matching
from tracker.incidents.writing import write
from tracker.models import AreaOfInterest, Incident

pytestmark = pytest.mark.django_db

MANY = 250  # rows in each direction; each that is looked at is at least one more piece of work
SOMEWHERE, ANTIMERIDIAN, NORTH_POLE, SOUTH_POLE = (10.0, 50.0), (180.0, 0.0), (25.0, 90.0), (25.0, -90.0)


def elsewhere(place: tuple[float, float]) -> list[tuple[float, float]]:
    """Places on its parallel and on its meridian, from five degrees on in all four directions."""
    longitude, latitude = place
    parallel = max(-89.5, min(89.5, latitude))  # the pole itself has every longitude
    away = [5 + n / 100 for n in range(MANY)]
    east_and_west = [(longitude + sign * d, parallel) for d in away for sign in (1, -1)]
    north_and_south = [(longitude, latitude + sign * d) for d in away for sign in (1, -1)]
    return [(x, y) for x, y in east_and_west + north_and_south if abs(y) < 90]


def work(match: Callable[[], list]) -> int:
    """How much the database does for it: the rows that PostgreSQL comes to, the steps of SQLite's machine."""
    return rows_touched(match) if connection.vendor == "postgresql" else steps(match)


def steps(match: Callable[[], list]) -> int:
    count = 0

    def step() -> None:
        nonlocal count
        count += 1

    connection.connection.set_progress_handler(step, 1)
    try:
        match()
    finally:
        connection.connection.set_progress_handler(None, 1)
    return count


def rows_touched(match: Callable[[], list]) -> int:
    """By the indexes, which for as few rows as a test makes PostgreSQL would do without."""
    with CaptureQueriesContext(connection) as queries:
        match()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tracker_incident, tracker_areaofinterest")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + queries[-1]["sql"])
        (plan,) = cursor.fetchone()
    return sum(touched(node) for node in nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))


def nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


def touched(node: dict) -> int:
    removed = sum(count for name, count in node.items() if name.startswith("Rows Removed by"))
    return int((node["Actual Rows"] + removed) * node["Actual Loops"])


near = pytest.mark.parametrize(
    ("polygon", "place"),
    [
        (make.around(SOMEWHERE), SOMEWHERE),
        (make.box(178, -1, 180, 1), ANTIMERIDIAN),
        (make.box(-180, -1, -178, 1), ANTIMERIDIAN),
        (make.box(20, 88, 30, 90), NORTH_POLE),
        (make.box(20, -90, 30, -88), SOUTH_POLE),
    ],
    ids=["somewhere", "west of the antimeridian", "east of it", "north pole", "south pole"],
)


@near
def test_the_areas_around_an_incident(polygon, place, on_postgis):
    if place == ANTIMERIDIAN and on_postgis:
        pytest.skip("Does not apply: 180 and -180 together are searched for as a box around the Earth.")
    area, incident = make.area(polygon=polygon.clone()), make.incident(at=place)
    before = work(lambda: matching.areas_around([incident.pk]))
    with write(AreaOfInterest) as rows:
        rows.create([AreaOfInterest(name="", polygon=make.around(each, 0.25)) for each in elsewhere(place)])
    assert work(lambda: matching.areas_around([incident.pk])) < before + MANY
    assert [pair.area for pair in matching.areas_around([incident.pk])] == [area.pk]


@near
def test_the_incidents_in_an_area(polygon, place, on_postgis):
    if place in (NORTH_POLE, SOUTH_POLE) and not on_postgis:
        pytest.skip("Does not apply: SQLite reads the whole R*Tree for one of two poles.")
    area, incident = make.area(polygon=polygon.clone()), make.incident(at=place)
    before = work(lambda: matching.incidents_within([area.pk]))
    far_side = [(180.0, place[1] + n / 1000) for n in range(MANY) if place == SOMEWHERE]
    with write(Incident) as rows:
        rows.create([Incident(name="", location=make.point(*each)) for each in elsewhere(place) + far_side])
    assert work(lambda: matching.incidents_within([area.pk])) < before + MANY
    assert [pair.incident for pair in matching.incidents_within([area.pk])] == [incident.pk]


@pytest.mark.needs_sqlite
def test_saving_an_incident_that_alerts():
    """What comes after matching: of the other incidents nothing is read."""
    make.area(polygon=make.around(SOMEWHERE))
    incident = make.incident(at=SOMEWHERE)

    def save(name: str) -> Callable[[], list]:
        return lambda: [change(incident, name=name)]

    before = steps(save("Before"))
    with write(Incident) as rows:
        rows.create([Incident(name="", location=make.point(*each)) for each in elsewhere(SOMEWHERE)])
    assert steps(save("After")) < before + MANY
