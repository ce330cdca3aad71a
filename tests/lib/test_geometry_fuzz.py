"""Whatever comes from outside, geometry.py stores it in the one form it promises, or refuses it with a sentence."""

import json
import math
import os

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.amount import ALL
from tracker.lib.geo import geometry

# The same examples each time; TRACKER_FUZZ=20000 looks further, at others.
MORE = int(os.environ.get("TRACKER_FUZZ", "0"))
settings.register_profile("tracker", max_examples=MORE or 300, derandomize=not MORE, deadline=None)
settings.load_profile("tracker")

# --- what comes in -------------------------------------------------------------------------------------------------

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=5) | st.dictionaries(st.text(), children, max_size=5),
    max_leaves=30,
)
# Where things go wrong: the seams, the poles, the ends of the ranges, and next to them.
edges = [
    0,
    90,
    -90,
    179.9999999,
    180,
    -180,
    190,
    -190,
    359.9,
    360,
    -360,
    math.nextafter(180, 181),
    math.nextafter(-180, -181),
]
longitudes = st.sampled_from(edges) | st.floats(-360, 360)
latitudes = st.sampled_from([0, 1e-320, 90, -90, 89.9999999, math.nextafter(90, 0)]) | st.floats(-90, 90)
# On a coarse grid rings meet themselves and each other; anywhere they hardly do.
grid = st.tuples(st.integers(-36, 36).map(lambda n: n * 10), st.integers(-9, 9).map(lambda n: n * 10)).map(list)
positions = st.tuples(longitudes, latitudes).map(list) | grid
deep_positions = st.tuples(longitudes, latitudes, st.floats(allow_nan=False, allow_infinity=False)).map(list)
bad_positions = st.lists(anything, max_size=5) | anything
rings = st.lists(positions | deep_positions, min_size=3, max_size=12) | st.lists(grid, min_size=3, max_size=12)
bad_rings = st.lists(positions | bad_positions, max_size=6) | anything
polygons = st.lists(rings, min_size=1, max_size=3)
areas = st.one_of(
    polygons.map(lambda coordinates: {"type": "Polygon", "coordinates": coordinates}),
    st.lists(polygons, min_size=1, max_size=3).map(lambda c: {"type": "MultiPolygon", "coordinates": c}),
)
points = st.builds(lambda c: {"type": "Point", "coordinates": c}, positions | deep_positions)
kinds = st.sampled_from(["Point", "Polygon", "MultiPolygon", "Feature", "FeatureCollection", "LineString"]) | anything
nearly = st.recursive(
    st.fixed_dictionaries(
        {"type": kinds, "coordinates": positions | bad_positions | rings | st.lists(bad_rings, max_size=3) | anything},
        optional={"crs": anything, "bbox": anything},
    ),
    lambda inner: st.fixed_dictionaries(
        {"type": kinds}, optional={"geometry": inner | anything, "features": st.lists(inner, max_size=2) | anything}
    ),
    max_leaves=4,
)
wrapped = st.sampled_from(
    [
        lambda bare: bare,
        lambda bare: {"type": "Feature", "geometry": bare, "properties": {}},
        lambda bare: {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": bare}]},
    ]
)

# --- what must come out --------------------------------------------------------------------------------------------


def check_point(point) -> None:
    assert type(point) is Point
    assert (point.srid, point.hasz, point.empty) == (4326, False, False)
    assert -180 < point.x <= 180
    assert -90 <= point.y <= 90


def check_area(area) -> None:
    assert type(area) in (Polygon, MultiPolygon)
    assert (area.srid, area.hasz, area.empty) == (4326, False, False)
    assert area.valid, area.valid_reason
    assert area.area > 0
    west, south, east, north = area.extent
    assert -180 <= west < east <= 180
    assert -90 <= south < north <= 90
    check_point(geometry.centroid(area))
    written = json.dumps({"type": area.geom_type, "coordinates": area.coords})
    _again, done = geometry.read_area(geometry.load(written))
    assert geometry.Adjustment.SHORT_WAY not in done, "it is read again as it is"
    again = geometry.normal_area(area.clone())
    assert again.equals_exact(area), "the stored form is left as it is"


def read(reader, value: object):
    """What *reader* makes of this value as JSON text; None if it refuses. Any other error fails the test."""
    try:
        return reader(geometry.load(json.dumps(value)))
    except ValidationError as error:
        refusal(error)
        return None


def refusal(error: ValidationError) -> None:
    (sentence,) = error.messages
    assert sentence.endswith(".")
    assert len(sentence) < 300
    sentence.encode()


@given(st.text() | st.binary())
def test_any_text(text):
    try:
        geometry.load(text)
    except ValidationError as error:
        refusal(error)


@given(anything | nearly)
def test_anything_as_a_point(value):
    if (point := read(geometry.point_from_geojson, value)) is not None:
        check_point(point)


@given(anything | nearly)
def test_anything_as_an_area(value):
    if (area := read(geometry.area_from_geojson, value)) is not None:
        check_area(area)


@given(points, wrapped)
def test_every_point_in_range_is_taken(bare, wrap):
    point = read(geometry.point_from_geojson, wrap(bare))
    assert point is not None
    check_point(point)
    longitude, latitude = bare["coordinates"][:2]
    assert point.y == latitude
    assert math.isclose(math.remainder(point.x - longitude, 360), 0, abs_tol=1e-9)


@settings(max_examples=MORE or (300 if ALL else 75))  # each broken one is repaired in a process of its own
@given(areas, wrapped)
def test_an_area_is_taken_or_has_none(bare, wrap):
    try:
        area = geometry.area_from_geojson(geometry.load(json.dumps(wrap(bare))))
    except ValidationError as error:
        refusal(error)
        assert any(
            words in str(error)
            for words in ("no area", "three different points", "cannot be repaired", "round the Earth")
        )
    else:
        check_area(area)


@given(st.floats(-360, 360), st.floats(-90, 89), st.floats(0.001, 359), st.floats(0.001, 1))
def test_wrapping_keeps_the_size(west, south, width, height):
    """A box is as large after it was wrapped and cut as it was drawn."""
    east, north = min(west + width, 360), min(south + height, 90)
    if east - west < 1e-6 or north - south < 1e-6:
        return
    if east - west > 180 and west >= -180 and east <= 180:
        return  # read the short way
    box = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    area = geometry.area_from_geojson({"type": "Polygon", "coordinates": [box]})
    check_area(area)
    assert area.area == pytest.approx((east - west) * (north - south), rel=1e-6)


@given(
    st.text()
    | st.lists(st.floats() | st.sampled_from(edges), min_size=3, max_size=5).map(lambda n: ",".join(map(str, n)))
)
def test_any_bbox(text):
    try:
        boxes = geometry.boxes(text)
    except ValidationError as error:
        refusal(error)
    else:
        for box in boxes:
            west, south, east, north = box.extent
            assert -180 <= west <= east <= 180
            assert -90 <= south <= north <= 90
