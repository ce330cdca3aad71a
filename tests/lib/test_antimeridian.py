"""Rings that jump across the antimeridian, edges along the whole world, and rings round a pole."""

import json
from pathlib import Path

import pytest
from django.contrib.gis.geos import GEOSGeometry, Point

from tests.lib.geojson import polygon, refused, shape
from tracker.lib.geo import geometry
from tracker.lib.geo.geometry import Adjustment

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def read(*rings):
    """The area, and whether it was taken the short way."""
    area, done = geometry.read_area(polygon(*rings))
    assert area.valid
    assert -180 <= area.extent[0] < area.extent[2] <= 180
    return area, Adjustment.SHORT_WAY in done


def box(west, south, east, north) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def holds(area, longitude: float, latitude: float) -> bool:
    return area.intersects(Point(longitude, latitude, srid=4326))


class TestTheShortWay:
    @pytest.mark.parametrize(
        "ring",
        [
            box(177, -19, -177, -15),
            box(-177, -19, 177, -15),
            box(177, -19, -177, -15)[::-1],
            [[177, -19], [180, -19], [-177, -19], [-177, -15], [177, -15]],
            [[177, -19], [180, -19], [-180, -19], [-177, -19], [-177, -15], [-180, -15], [180, -15], [177, -15]],
            [[-180, -19], [-177, -19], [-177, -15], [177, -15], [177, -19]],
        ],
        ids=["from the west", "from the east", "clockwise", "a point at 180", "180 in both ways", "begins at -180"],
    )
    def test_fiji(self, ring):
        area, is_short = read(ring)
        assert is_short
        assert shape(area) == [(-180, -19, -177, -15), (177, -19, 180, -15)]

    def test_a_hole_may_be_written_from_either_side(self):
        for shell in (box(177, -19, -177, -15), box(-177, -19, 177, -15)):
            for west, east in ((-179, -178), (178, 179)):
                area, is_short = read(shell, box(west, -18, east, -17))
                assert is_short
                assert not holds(area, (west + east) / 2, -17.5)
                assert area.area == pytest.approx(6 * 4 - 1)

    def test_a_hole_across_the_antimeridian(self):
        area, _is_short = read(box(170, -19, -170, -11), box(177, -17, -177, -15))
        assert area.area == pytest.approx(20 * 8 - 6 * 2)
        assert not holds(area, 179, -16)
        assert not holds(area, -179, -16)

    def test_such_a_hole_in_the_whole_world(self):
        area, _is_short = read(box(-180, -90, 180, 90), box(177, -17, -177, -15))
        assert area.area == pytest.approx(360 * 180 - 6 * 2)
        assert not holds(area, 179, -16)
        assert not holds(area, -179, -16)

    def test_one_part_of_several(self):
        parts = {"type": "MultiPolygon", "coordinates": [[box(10, 0, 12, 2)], [box(177, -19, -177, -15)]]}
        assert shape(geometry.area_from_geojson(parts)) == [
            (-180, -19, -177, -15),
            (10, 0, 12, 2),
            (177, -19, 180, -15),
        ]

    def test_a_slanted_edge_is_cut_where_it_crosses(self):
        area, _is_short = read([[170, 0], [-170, 10], [-170, 20], [170, 10]])
        assert holds(area, 180, 10)
        assert not holds(area, 180, 4)
        assert not holds(area, 0, 10)

    def test_one_that_touches_the_antimeridian_only(self):
        area, is_short = read([[170, 0], [-180, 0], [-180, 10], [170, 10]])
        assert (is_short, shape(area)) == (True, [(170, 0, 180, 10)])


class TestWhatStays:
    @pytest.mark.parametrize(
        "ring",
        [
            box(-180, -90, 180, 90),
            box(-180, -10, 180, 10),
            box(-90, -10, 90, 10),  # just half a turn
            [[-180, -80], [0, -70], [180, -80], [180, -90], [-180, -90]],
            [[180, -80], [0, -70], [-180, -80], [-180, -90], [180, -90]],
            [[-180, 80], [-90, 80], [0, 80], [90, 80], [180, 80], [180, 90], [-180, 90]],
        ],
    )
    def test_edges_along_the_whole_world(self, ring):
        area, is_short = read(ring)
        assert not is_short
        assert area.equals(GEOSGeometry(json.dumps(polygon([*ring, ring[0]]))))

    @pytest.mark.parametrize(("west", "east"), [(177, 183), (-183, -177), (0, 350), (-200, 100), (100, 300)])
    def test_longitudes_that_count_on(self, west, east):
        """As the map gives them when somebody draws."""
        area, is_short = read(box(west, -19, east, -15))
        assert not is_short
        assert area.area == pytest.approx((east - west) * 4)

    @pytest.mark.parametrize(("west", "east"), [(0, 350), (-200, 100), (-100, 250), (-360, 0), (-350, -20)])
    def test_what_is_stored_is_read_again_as_it_is(self, west, east):
        area, _is_short = read(box(west, -19, east, -15))
        again, done = geometry.read_area(json.loads(area.geojson))
        assert Adjustment.SHORT_WAY not in done
        assert again.equals_exact(area)

    @pytest.mark.skipif(not DATA.is_dir(), reason=f"the real files are not at {DATA}")
    def test_real_countries(self):
        """Three of them are not cut in this file; Antarctica's coast is the hole in a ring beside the pole."""
        countries = json.loads((DATA / "natural-earth-countries-50m.geojson").read_text())["features"]
        read = {each["properties"]["name"]: geometry.read_area(each) for each in countries}
        uncut = {name: area for name, (area, done) in read.items() if Adjustment.SHORT_WAY in done}
        assert set(uncut) == {"Russia", "Fiji", "Antarctica"}
        assert holds(uncut["Russia"], -175, 66.5)
        assert holds(uncut["Russia"], 100, 60)
        assert not holds(uncut["Russia"], -150, 66)
        assert not holds(uncut["Fiji"], 0, -16.53)
        assert all(holds(uncut["Antarctica"], longitude, -86) for longitude in range(-180, 181, 10))
        assert not holds(uncut["Antarctica"], 0, -60)


class TestRoundAPole:
    @pytest.mark.parametrize(
        ("ring", "pole"),
        [
            ([[0, 80], [90, 80], [180, 80], [-90, 80]], 90),
            ([[0, 80], [-90, 80], [180, 80], [90, 80]], 90),
            ([[0.1, 70], [-120.3, 65], [120.7, 60]], 90),
            ([[-170, -70], [-60, -65], [60, -62], [170, -75]], -90),
            ([[-170, -70], [-60, -65], [60, -62], [170, -75]][::-1], -90),
        ],
    )
    def test_the_pole_on_its_side_lies_in_it(self, ring, pole):
        area, is_short = read(ring)
        assert is_short
        near = 85 if pole > 0 else -85
        assert all(holds(area, longitude, latitude) for longitude in range(-180, 181, 15) for latitude in (near, pole))
        assert not any(holds(area, longitude, -near / 2) for longitude in range(-180, 181, 15))
        assert not any(holds(area, longitude, 0) for longitude in range(-180, 181, 15))

    def test_no_gap_where_it_was_closed(self):
        area, _is_short = read([[0.1, 80], [90, 80], [180, 80], [-90, 80]])
        assert area.geom_type == "Polygon"
        assert area.area == pytest.approx(360 * 10)
        assert area.num_interior_rings == 0

    def test_between_two_rings_whichever_is_the_hole(self):
        far, near = [[0, 60], [120, 60], [-120, 60]], [[10, 80], [130, 80], [-110, 80]]
        for rings in ((far, near), (near, far)):
            area, _is_short = read(*rings)
            assert area.area == pytest.approx(360 * 20)
            assert holds(area, 50, 70)
            assert not holds(area, 50, 85)

    def test_rings_round_both_poles_are_refused(self):
        assert "which pole" in refused(read, [[0, 60], [120, 60], [-120, 60]], [[0, -60], [120, -60], [-120, -60]])

    def test_one_round_the_equator_is_refused(self):
        assert "which pole" in refused(read, [[0, 5], [120, -5], [-120, 5]])

    def test_one_that_goes_round_twice_is_refused(self):
        twice = [[0, 80], [120, 80], [-120, 80], [0, 70], [120, 70], [-120, 70]]
        assert "more than once" in refused(read, twice)
