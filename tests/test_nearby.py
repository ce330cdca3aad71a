"""Which open incidents are near a point: within a kilometre or the accuracy, newest first, at most five."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from tracker import nearby

pytestmark = pytest.mark.django_db
KM = 1 / 111.2  # degrees of latitude


def names(longitude: float, latitude: float, accuracy_m: float = 0) -> list[str]:
    return [near.incident.name for near in nearby.open_incidents(longitude, latitude, accuracy_m)]


def test_within_a_kilometre_and_open():
    make.incident("Here", (10, 50))
    make.incident("900 m", (10, 50 + 0.9 * KM))
    make.incident("1100 m", (10, 50 - 1.1 * KM))
    make.incident("In the corner of the box", (10 + 0.9 * KM / 0.643, 50 + 0.9 * KM))
    make.incident("Closed", (10, 50), closed=True)
    assert names(10, 50) == ["Here", "900 m"]  # the nearest first
    (near, far) = nearby.open_incidents(10, 50)
    assert far.distance_m == pytest.approx(900, abs=2)
    assert near.distance_m == pytest.approx(0, abs=0.1)


def test_who_does_not_know_where_they_are_sees_more_but_not_everything():
    make.incident("3 km", (10, 50 + 3 * KM))
    make.incident("8 km", (10, 50 + 8 * KM))
    assert names(10, 50, 100) == []
    assert names(10, 50, 3500) == ["3 km"]
    assert names(10, 50, 1_000_000) == ["3 km"]
    assert names(10, 50, float("inf")) == ["3 km"]


def test_the_newest_five():
    for hours in range(8):
        make.incident(f"{hours} h", (10, 50), created=timezone.now() - timedelta(hours=hours))
    assert names(10, 50) == [f"{hours} h" for hours in range(5)]


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ((180, 0), (-179.995, 0)),
        ((-179.995, 0), (180, 0)),
        ((179.995, -16), (-179.999, -16)),
        ((-180, 10), (180, 10)),
        ((10, 89.9999), (-170, 89.9999)),
        ((0, 90), (90, 89.995)),
        ((0, -90), (0, -90)),
        ((-179.999, 89.9999), (10, 90)),
    ],
)
def test_on_the_seams_of_the_map(here, there):
    make.incident("Across", there)
    assert names(*here) == ["Across"]


def test_one_query_that_asks_the_spatial_index():
    for n in range(30):
        make.incident(f"{n}", (10 + n, 50))
    with CaptureQueriesContext(connection) as captured:
        assert names(10, 50) == ["0"]
    assert len(captured) == 1
    assert "LIMIT" in captured[0]["sql"]
    assert "idx_tracker_incident_location" in captured[0]["sql"] or "&&" in captured[0]["sql"]
