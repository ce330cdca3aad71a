"""The nearest town is the same that a search through all of them finds, at the seams of the map too."""

import math
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from tracker.lib.geo import sphere
from tracker.lib.places import nearest
from tracker.lib.places.nearest import Place


def by_brute_force(longitude: float, latitude: float) -> float:
    towns = nearest.gazetteer()
    return min(
        sphere.distance_m(longitude, latitude, x, y) for x, y in zip(towns.longitudes, towns.latitudes, strict=True)
    )


def found(longitude: float, latitude: float, reach_m: float = nearest.REACH_M) -> Place:
    place = nearest.nearest(longitude, latitude, reach_m)
    assert place is not None, "no town is near"
    return place


def random_points(count: int) -> list[tuple[float, float]]:
    """Evenly on the sphere."""
    dice = random.Random(5)
    return [(dice.uniform(-180, 180), math.degrees(math.asin(dice.uniform(-1, 1)))) for _ in range(count)]


SEAMS = [
    (180, -16.8), (-180, -16.8), (179.99, -16.5), (-179.9, -16.5), (-179.99, 66), (179, 65.5), (-178, 71), (180, 0),
    (0, 90), (120, -90), (15.6, 79.5), (-60, 83), (15, 81), (0, 51.5), (-0.0001, 0.0001), (-4.0, 48.0),
]  # fmt: skip


@pytest.mark.parametrize(("longitude", "latitude"), SEAMS + random_points(30))
def test_nearest_is_what_brute_force_finds(longitude, latitude):
    expected = by_brute_force(longitude, latitude)
    assert found(longitude, latitude, reach_m=21_000_000).distance_m == pytest.approx(expected)
    near = nearest.nearest(longitude, latitude)
    assert (near is None) == (expected > nearest.REACH_M)


@pytest.mark.parametrize(
    ("longitude", "latitude", "words"),
    [
        (-4.486, 48.390, "in Brest, France"),
        (-4.46, 48.41, "3 km north-east of Brest, France"),
        (-21.895, 64.135, "in Reykjavík, Iceland"),
        (-179.9, -16.9, "82 km east of Savusavu, Fiji"),  # across the antimeridian
        (-30, 45, ""),  # mid-Atlantic
        (0, -90, ""),
        (0, 90, ""),
    ],
)
def test_describe(longitude, latitude, words):
    assert nearest.describe(longitude, latitude) == words


def test_a_point_across_the_antimeridian_is_near():
    west, east = found(179.999, -16.5), found(-179.999, -16.5)
    assert west.name == east.name
    assert abs(west.distance_m - east.distance_m) < 300


def test_longitudes_may_go_around():
    assert found(-4.486 + 360, 48.39).name == "Brest"
    assert found(-4.486 + 360, 48.39).distance_m == pytest.approx(0, abs=1)


@pytest.mark.parametrize(("longitude", "latitude"), [(0, 91), (0, -90.1), (math.nan, 0), (0, math.nan), (math.inf, 0)])
def test_what_is_no_place_is_refused(longitude, latitude):
    with pytest.raises(ValueError, match="not a place"):
        nearest.nearest(longitude, latitude)


def test_all_eight_winds():
    found = [
        nearest.wind(10, 50, 10 + math.sin(math.radians(bearing)) * 0.16, 50 + math.cos(math.radians(bearing)) * 0.1)
        for bearing in range(0, 360, 45)
    ]
    assert found == list(nearest.WINDS)


def test_a_known_distance():
    # Paris to London, 343.5 km.
    assert sphere.distance_m(2.3522, 48.8566, -0.1276, 51.5072) == pytest.approx(343_500, rel=0.002)


def test_threads_share_one_gazetteer():
    nearest.load.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _n: id(nearest.gazetteer()), range(8)))
    assert len(set(found)) == 1


def test_the_file_is_sorted_by_cell():
    towns = nearest.gazetteer()
    cells = [(nearest.row_of(y), nearest.column_of(x)) for x, y in zip(towns.longitudes, towns.latitudes, strict=True)]
    assert cells == sorted(cells)
