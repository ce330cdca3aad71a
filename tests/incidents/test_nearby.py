"""Which open incidents are near a point: within a kilometre or the accuracy, newest first, at most five; and that no
series of questions tells a stranger more of a position than the middle of its cell."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from tracker.incidents import nearby
from tracker.lib.geo import sphere

pytestmark = pytest.mark.django_db
KM = 1 / 111.2  # degrees of latitude


def names(longitude: float, latitude: float, accuracy_m: float = 0) -> list[str]:
    return [near.incident.name for near in nearby.open_incidents(longitude, latitude, accuracy_m)]


def test_within_a_kilometre_and_open():
    make.public_incident("Here", (10, 50))
    make.public_incident("900 m", (10, 50 + 0.9 * KM))
    make.public_incident("1100 m", (10, 50 - 1.1 * KM))
    make.public_incident("In the corner of the box", (10 + 0.9 * KM / 0.643, 50 + 0.9 * KM))
    make.public_incident("Closed", (10, 50), closed=True)
    assert names(10, 50) == ["Here", "900 m"]  # the nearest first
    (near, far) = nearby.open_incidents(10, 50)
    assert far.distance_m == pytest.approx(900, abs=2)
    assert near.distance_m == pytest.approx(0, abs=0.1)


def test_who_does_not_know_where_they_are_sees_more_but_not_everything():
    make.public_incident("3 km", (10, 50 + 3 * KM))
    make.public_incident("8 km", (10, 50 + 8 * KM))
    assert names(10, 50, 100) == []
    assert names(10, 50, 3500) == ["3 km"]
    assert names(10, 50, 1_000_000) == ["3 km"]
    assert names(10, 50, float("inf")) == ["3 km"]


def test_the_newest_five():
    for hours in range(8):
        make.public_incident(f"{hours} h", (10, 50), created=timezone.now() - timedelta(hours=hours))
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
    make.public_incident("Across", there)
    assert names(*here) == ["Across"]


def test_one_query_that_asks_the_spatial_index():
    for n in range(30):
        make.public_incident(f"{n}", (10 + n, 50))
    with CaptureQueriesContext(connection) as captured:
        assert names(10, 50) == ["0"]
    assert len(captured) == 1
    assert "LIMIT" in captured[0]["sql"]
    assert "idx_tracker_incident_location" in captured[0]["sql"] or "&&" in captured[0]["sql"]


# --- what strangers cannot find out ---------------------------------------------------------------------------------

DIRECTIONS = [(0, 1), (1, 0), (0, -1), (-1, 0), (0.7, 0.7), (-0.9, 0.4), (0.2, -0.97), (0.001, 1), (1, -0.001)]
PAIRS = {  # each in one cell of a hundred and eleven metres, far from each other in it
    "Germany": ((9.99895, 50.00045), (10.00040, 49.99955)),
    "Chile": ((-70.66800, -33.44951), (-70.66690, -33.45048)),
    "equator": ((0.00045, -0.00045), (-0.00045, 0.00045)),
    "Svalbard": ((15.6206, 78.22045), (15.6254, 78.21955)),
    "antimeridian": ((179.99999, -16.50045), (179.9997, -16.49955)),
}


def searched(x: float, y: float, km_wide: float) -> Iterator[float]:
    """What a search finds out: how far, in each direction from about there, the incident is still shown."""
    for east, north in DIRECTIONS:
        near, far = 0.0, 2.5
        while far - near > 1e-6:
            distance = (near + far) / 2
            at = (x + east * distance * km_wide, y + north * distance * KM)
            near, far = (distance, far) if nearby.open_incidents(*at, roughly=True) else (near, distance)
        yield near


@pytest.mark.parametrize("where", PAIRS)
def test_a_search_for_the_edge_of_what_is_shown_ends_at_the_edge_of_the_cell(where):
    """The last place from which an incident is shown is found to a millimetre: it must be of its cell, not its own."""
    (x, y), _other = PAIRS[where]
    km_wide = KM * 1000 / sphere.distance_m(x, y, x - KM, y)
    found = []
    for at in PAIRS[where]:
        incident = make.public_incident("Here", at)
        found.append([*searched(x, y, km_wide)])
        incident.delete()
    assert found[0] == found[1]
    assert all(0.8 < distance < 1.3 for distance in found[0]), found


def test_neither_does_who_is_left_out_where_there_are_more_than_are_looked_at(monkeypatch):
    """An incident at the box's edge takes the place of an older one, or not: by its cell alone."""
    monkeypatch.setattr(nearby, "LOOKED_AT", 1)
    answers = []
    for at in PAIRS["Germany"]:
        make.public_incident("Older", (10.001, 50 + 0.95 * KM), created=timezone.now() - timedelta(hours=1))
        corner = make.public_incident("In the corner of the box, not of the circle", at)
        boxes = [(10 + 1e-5 * step, 50 + 0.99 * KM + 1e-5 * step) for step in range(-200, 200, 7)]
        answers.append([[near.incident.name for near in nearby.open_incidents(*here, roughly=True)] for here in boxes])
        corner.delete()
        nearby.Incident.objects.all().delete()
    assert answers[0] == answers[1]
    assert ["Older"] in answers[0]
    assert [] in answers[0]


def test_strangers_look_a_kilometre_far_whatever_accuracy_they_claim():
    make.public_incident("3 km", (10, 50 + 3 * KM))
    assert nearby.open_incidents(10, 50, 1_000_000, roughly=True) == []
    incident = nearby.open_incidents(10, 50, 1_000_000)[0].incident
    assert nearby.open_incident(incident.pk, 10, 50, 1_000_000, roughly=True) is None
    assert nearby.open_incident(incident.pk, 10, 50, 1_000_000, roughly=False) == incident
