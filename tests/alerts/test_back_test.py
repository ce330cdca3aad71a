"""The back-test of a shape says what matching would have raised: the same incidents, at every threshold."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from tracker.alerts import back_test
from tracker.lib.geo import geometry
from tracker.models import Alert, Incident
from tracker.models.severity import Severity

pytestmark = pytest.mark.django_db


def alerts(shape, threshold: str = Severity.INFO) -> int:
    return back_test.back_test(shape)[Severity(threshold)].alerts


def raised(shape, threshold: str) -> int:
    """How many alerts matching raises when an area with this shape is saved."""
    area = make.area("Drawn", shape, threshold)
    count = Alert.objects.filter(area_id=area.pk).count()
    area.delete()
    return count


SHAPES: dict[str, Polygon | MultiPolygon] = {
    "square": make.box(0, 0, 10, 10),
    "with a hole": Polygon(
        ((0, 0), (10, 0), (10, 10), (0, 10), (0, 0)), ((2, 2), (8, 2), (8, 8), (2, 8), (2, 2)), srid=4326
    ),
    "two parts": make.boxes((0, 0, 3, 3), (7, 7, 10, 10)),
    "across the antimeridian": geometry.normal_area(make.box(175, -10, 185, 10)),
    "up to the antimeridian from the west": make.box(170, -10, 180, 10),
    "up to the antimeridian from the east": make.box(-180, -10, -170, 10),
    "the north pole": make.box(-180, 80, 180, 90),
    "a slice at the north pole": make.box(20, 80, 30, 90),
    "a slice at the south pole": make.box(20, -90, 30, -80),
    "the whole world": make.box(-180, -90, 180, 90),
}
PLACES = [
    (0, 0), (10, 10), (5, 5), (2, 2), (2, 5), (9, 1), (8.5, 8.5), (180, 0), (-179.5, 3), (179.5, -3), (180, 10),
    (180, 11), (0, 90), (25, 85), (100, 89.9999), (-140, 90), (0, -90), (25, -85), (31, -85), (60, 60),
]  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_the_numbers_are_those_of_matching(name):
    dice = random.Random(7)
    for place in PLACES:
        for severity in dice.sample(list(Severity), 3):
            make.incident(f"{place}", place, severity)
    meant = back_test.back_test(SHAPES[name])
    assert {threshold: counts.alerts for threshold, counts in meant.items()} == {
        threshold: raised(SHAPES[name], threshold) for threshold in Severity
    }
    assert meant[Severity.INFO].alerts > 0


def test_random_shapes_agree_with_matching():
    dice = random.Random(11)
    for n in range(120):
        make.incident(f"{n}", (dice.uniform(-20, 20), dice.uniform(-20, 20)), dice.choice(list(Severity)))
    for _ in range(15):
        corners = [[dice.uniform(-20, 20), dice.uniform(-20, 20)] for _ in range(dice.randint(3, 9))]
        shape = geometry.area_from_geojson({"type": "Polygon", "coordinates": [corners]})
        threshold = dice.choice(list(Severity))
        assert alerts(shape, threshold) == raised(shape, threshold)


def test_open_or_closed_and_of_the_last_90_days():
    now = timezone.now()
    make.incident("Open")
    make.incident("Closed", closed=True)
    make.incident("Old", created=now - timedelta(days=90, minutes=1))
    make.incident("Just", created=now - timedelta(days=89, hours=23))
    make.incident("Elsewhere", make.AWAY)
    assert alerts(make.around(make.HOME)) == 3


@pytest.mark.parametrize(
    ("zone", "hours_utc"),
    [
        ("UTC", [22, 23, 0, 3, 5]),
        ("Asia/Tokyo", [13, 14, 15, 18, 20]),  # nine hours before, all year
        ("America/Phoenix", [5, 6, 7, 10, 12]),
    ],
)
def test_the_night_is_that_of_the_site(zone, hours_utc):
    day = (timezone.now() - timedelta(days=5)).date()
    for hour in range(24):
        make.incident(f"{hour}", created=datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC))
    with override_settings(TIME_ZONE=zone):
        meant = back_test.back_test(make.around(make.HOME))[Severity.HIGH]
        assert meant == (24, 8)
        Incident.objects.exclude(name__in=[str(hour) for hour in hours_utc]).delete()
        assert back_test.back_test(make.around(make.HOME))[Severity.HIGH] == (len(hours_utc), len(hours_utc))


def test_six_in_the_morning_is_day_and_ten_at_night_is_night():
    day = (timezone.now() - timedelta(days=5)).replace(minute=0, second=0, microsecond=0)
    for hour, night in ((6, 0), (5, 1), (21, 0), (22, 1)):
        incident = make.incident(created=day.replace(hour=hour))
        assert back_test.back_test(make.around(make.HOME))[Severity.HIGH] == (1, night), hour
        incident.delete()


def test_one_query_counts_for_all_thresholds():
    make.incident()
    with CaptureQueriesContext(connection) as captured:
        meant = back_test.back_test(make.around(make.HOME))
    assert [counts.alerts for counts in meant.values()] == [0, 1, 1, 1, 1]
    assert len([query for query in captured if "SELECT" in query["sql"]]) == 1


def test_nothing_is_stored_and_no_area_that_is_there_counts():
    make.area("There", make.around(make.HOME, 5))
    make.incident("In the area only", (12, 52))
    before = Alert.objects.count()
    assert alerts(make.around(make.HOME)) == 0
    assert Alert.objects.count() == before == 1


@pytest.mark.needs_postgis
def test_a_count_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(back_test, "LONGEST_MS", 1)
    dice = random.Random(3)
    Incident.objects.bulk_create(
        Incident(name="x", location=make.point(dice.uniform(0, 10), dice.uniform(0, 10))) for _ in range(3000)
    )
    spiky = [[dice.uniform(4, 6) if n % 2 else 0, n / 500] for n in range(5000)]
    shape = geometry.area_from_geojson({"type": "Polygon", "coordinates": [[*spiky, [10, 10], [10, 0]]]})
    with pytest.raises(back_test.TooLong):
        back_test.back_test(shape)
    assert Incident.objects.count() == 3000  # the transaction goes on
