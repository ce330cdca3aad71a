"""What people draw is added up: random shapes that overlap and cross themselves, against shapely and winding numbers.

The oracle knows nothing of GEOS' repair: it takes the faces that a ring's lines make, keeps those that the ring goes
round, and lets shapely add up the parts and take away their holes.
"""

import os
from itertools import pairwise

import shapely
import shapely.affinity
from django.core.exceptions import ValidationError
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.ops import polygonize, unary_union

from tracker.lib.geo import geometry, repair

MORE = int(os.environ.get("TRACKER_FUZZ", "0"))  # TRACKER_FUZZ=10000 looks at so many others
ROUNDED = 1e-8  # square degrees: along an edge of ten degrees a tenth of a millimetre
many = settings(max_examples=MORE or 150, derandomize=not MORE, deadline=None)


def is_small(polygons: list) -> bool:
    """Whether it is repaired in this process, and so in milliseconds."""
    return sum(len(ring) for rings in polygons for ring in rings) <= repair.SMALL


# On a coarse grid rings cross and touch themselves and each other, run along each other, and hold each other.
corner = st.tuples(st.integers(0, 8), st.integers(0, 8))
ring = st.lists(corner, min_size=3, max_size=6).map(lambda corners: [*corners, corners[0]])
box = st.tuples(corner, corner).map(
    lambda two: [(two[x][0], two[y][1]) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
)
parts = st.lists(st.lists(ring | box, min_size=1, max_size=3), min_size=1, max_size=3).filter(is_small)


def winding(at: shapely.Point, corners: list[tuple[int, int]]) -> int:
    """How often the ring goes round this place, which is on none of its edges."""
    turns = 0
    for (x1, y1), (x2, y2) in pairwise(corners):
        side = (x2 - x1) * (at.y - y1) - (at.x - x1) * (y2 - y1)
        if y1 <= at.y < y2 and side > 0:
            turns += 1
        elif y2 <= at.y < y1 and side < 0:
            turns -= 1
    return turns


def gone_round(corners: list[tuple[int, int]]) -> shapely.Geometry:
    faces = polygonize(unary_union(shapely.LineString(corners)))
    return unary_union([face for face in faces if winding(face.representative_point(), corners)])


def meant(polygons: list[list[list[tuple[int, int]]]]) -> tuple[shapely.Geometry, shapely.Geometry]:
    """The area, and what may be part of it or not: a hole that touches its ring in a point, as far as numbers tell."""
    areas, either = [], []
    for shell, *holes in polygons:
        area = whole = gone_round(shell)
        separate = []
        for hole in map(gone_round, holes):
            if hole.intersection(whole).area > ROUNDED:
                area = area.difference(hole)
            elif not whole.is_empty and hole.distance(whole) > ROUNDED:
                separate.append(hole)  # it is no hole in anything: a part, wrongly nested
            elif not whole.is_empty:
                either.append(hole)
        areas += [area, *separate]
    return unary_union(areas), unary_union(either)


def stored(polygons: list, at: tuple[float, float], is_wrapped: bool = False) -> shapely.Geometry | None:
    """What is stored of the shape moved to this place, moved back; None if it has no area."""

    def moved(x: int, y: int) -> list[float]:
        longitude = x + at[0]
        return [longitude - 360 if is_wrapped and longitude > 180 else longitude, y + at[1]]

    coordinates = [[[moved(*corner) for corner in ring] for ring in rings] for rings in polygons]
    try:
        area = geometry.area_from_geojson({"type": "MultiPolygon", "coordinates": coordinates})
    except ValidationError as error:
        assert "no area" in str(error)
        return None
    assert area.valid, area.valid_reason
    assert geometry.normal_area(area.clone()).wkb == area.wkb, "saved again it stays as it is"
    once_more, adjusted = geometry.read_area(geometry.load(area.geojson))
    assert geometry.Adjustment.SHORT_WAY not in adjusted
    assert once_more.sym_difference(area).area < 1e-6
    shape = shapely.from_wkb(bytes(area.wkb))
    east = [shapely.affinity.translate(part, 360 if part.bounds[0] < 0 < at[0] else 0) for part in parts_of(shape)]
    return shapely.affinity.translate(unary_union(east), -at[0], -at[1])


def parts_of(shape: shapely.Geometry) -> list[shapely.Geometry]:
    return list(getattr(shape, "geoms", [shape]))


def check(polygons: list, at: tuple[float, float], is_wrapped: bool = False) -> None:
    (expected, either), found = meant(polygons), stored(polygons, at, is_wrapped)
    if found is None:
        assert expected.area < ROUNDED
    else:
        assert found.symmetric_difference(expected).difference(either).area < ROUNDED


RING, ACROSS = [(0, 0), (1, 0), (3, 7), (0, 0)], [(0, 0), (0, 2), (3, 5), (0, 0)]


@many
@given(parts)
@example([[RING, ACROSS, RING]])  # nothing is left but rounding: refused at once, and not when it is saved again
@example([[[(1, 0), (7, 3), (8, 3), (1, 0)], [(0, 0), (0, 1), (3, 0), (0, 0)], [(1, 0), (7, 3), (8, 3), (1, 0)]]])
def test_what_is_drawn_is_added_up(polygons):
    check(polygons, (10, 50))


@many
@given(parts)
@example([[[(0, 0), (0, 1), (7, 3), (0, 0)], [(0, 0), (0, 4), (8, 0), (0, 3), (7, 3), (0, 0)]]])
@example([[[(0, 4), (1, 2), (1, 3), (0, 4)], [(0, 0), (0, 1), (1, 3), (0, 0)], [(0, 4), (1, 2), (1, 3), (0, 4)]]])
def test_across_the_antimeridian_too(polygons):
    check(polygons, (176, -18))


@many
@given(parts)
@example([[[(0, 0), (0, 3), (2, 0), (0, 0)], [(2, 0), (0, 3), (0, 0), (1, 3), (0, 1), (0, 0), (2, 0)]]])
@example([[[(0, 7), (7, 6), (8, 8), (0, 7)], [(0, 7), (7, 6), (8, 8), (0, 7)], [(0, 1), (1, 0), (8, 7), (0, 1)]]])
def test_also_written_with_jumps(polygons):
    """As a file has it that was not cut: 179, then -179."""
    check(polygons, (176, -18), is_wrapped=True)
