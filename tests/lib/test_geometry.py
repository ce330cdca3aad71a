"""Geometry from outside: what is refused, with which sentence, and into what form the rest is brought."""

import json
import math

import pytest
from django.contrib.gis.geos import Polygon

from tests.lib.geojson import SQUARE, point, polygon, refused, shape
from tracker.lib.geo import geometry
from tracker.lib.geo.geometry import Adjustment


def read_area(value: object):
    return geometry.area_from_geojson(geometry.load(json.dumps(value)))


def read_point(value: object):
    return geometry.point_from_geojson(geometry.load(json.dumps(value)))


class TestText:
    def test_too_large(self):
        text = " " * geometry.MAX_BYTES + json.dumps(point(1, 2))
        assert "too large" in refused(geometry.load, text)

    def test_as_large_as_allowed(self):
        text = json.dumps(point(1, 2)).rjust(geometry.MAX_BYTES)
        assert geometry.point_from_geojson(geometry.load(text)).coords == (1, 2)

    @pytest.mark.parametrize("depth", [geometry.MAX_DEPTH + 1, 500, 200_000])
    def test_too_deep(self, depth):
        refused(geometry.load, "[" * depth + "]" * depth)

    def test_too_deep_in_objects(self):
        refused(geometry.load, '{"geometry":' * 40 + "1" + "}" * 40)

    def test_as_deep_as_a_multipolygon_in_a_collection_of_features(self):
        area = {"type": "MultiPolygon", "coordinates": [[SQUARE]]}
        collection = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": area}]}
        assert read_area(collection).extent == (0, 0, 2, 2)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "POINT(1 2)",
            "{",
            '{"type": "Point", "coordinates": [1, 2]',
            "<xml/>",
            b"\xff\xfe",
            "0" * 3 + "x",
            "9" * 5000,
        ],
    )
    def test_not_json(self, text):
        assert "cannot be read as JSON" in refused(geometry.load, text)

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
    def test_python_reads_what_json_does_not_have(self, number):
        assert "finite" in refused(geometry.load, f'{{"type": "Point", "coordinates": [{number}, 1]}}')


class TestObject:
    @pytest.mark.parametrize("value", [None, True, 7, "POINT(1 2)", [], [1, 2], [point(1, 2)]])
    def test_not_an_object(self, value):
        refused(geometry.point_from_geojson, value)
        refused(geometry.area_from_geojson, value)

    @pytest.mark.parametrize("where", ["geometry", "feature", "collection"])
    def test_crs_is_refused_wherever_it_stands(self, where):
        bare = polygon(SQUARE)
        feature = {"type": "Feature", "geometry": bare}
        collection = {"type": "FeatureCollection", "features": [feature]}
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
        {"geometry": bare, "feature": feature, "collection": collection}[where]["crs"] = crs
        assert "crs" in refused(read_area, collection)

    @pytest.mark.parametrize("features", [[], [point(1, 2)] * 2, None, "x", {}])
    def test_a_collection_of_other_than_one_feature(self, features):
        assert "exactly one" in refused(read_point, {"type": "FeatureCollection", "features": features})

    def test_a_feature_without_geometry(self):
        refused(read_point, {"type": "Feature", "geometry": None})
        refused(read_point, {"type": "Feature"})

    @pytest.mark.parametrize(
        "kind", ["Polygon", "MultiPoint", "LineString", "GeometryCollection", "point", "", None, 7, ["Point"], {}]
    )
    def test_a_point_is_needed(self, kind):
        assert "point is needed" in refused(read_point, {"type": kind, "coordinates": [1, 2]})

    @pytest.mark.parametrize(
        "kind",
        ["Point", "MultiPoint", "LineString", "MultiLineString", "GeometryCollection", "Circle", None, ["Polygon"]],
    )
    def test_a_polygon_is_needed(self, kind):
        assert "polygon or a multipolygon is needed" in refused(read_area, {"type": kind, "coordinates": [SQUARE]})

    def test_a_point_that_stands_alone_in_a_wrapper(self):
        alone = {"type": "MultiPoint", "coordinates": [[1, 2]]}
        for value in (
            alone,
            {"type": "GeometryCollection", "geometries": [point(1, 2)]},
            {"type": "GeometryCollection", "geometries": [alone]},
            {"type": "Feature", "geometry": {"type": "GeometryCollection", "geometries": [alone]}},
        ):
            assert geometry.read_point(value)[0].coords == (1, 2)
            assert geometry.read_point(value)[1] == set()
        assert geometry.read_point({"type": "MultiPoint", "coordinates": [[1, 2, 3]]})[1] == {Adjustment.FLATTENED}

    def test_several_points_are_not_one(self):
        assert "point is needed, not a “MultiPoint” of 2" in refused(
            read_point, {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}
        )
        several = {"type": "GeometryCollection", "geometries": [point(1, 2), polygon(SQUARE)]}
        assert "point is needed, not a “GeometryCollection” of 2" in refused(read_point, several)

    def test_the_polygons_of_a_collection_are_added_up(self):
        east, overlapping = ([[x + shift, y] for x, y in SQUARE] for shift in (5, 1))
        one = {"type": "GeometryCollection", "geometries": [polygon(SQUARE)]}
        apart = {"type": "GeometryCollection", "geometries": [polygon(SQUARE), polygon(east)]}
        over = {"type": "GeometryCollection", "geometries": [polygon(SQUARE), one, polygon(overlapping)]}
        beside = {"type": "GeometryCollection", "geometries": [point(9, 9), polygon(SQUARE)]}
        for value, area, done in (
            (one, 4, set()),
            (apart, 8, {Adjustment.UNITED}),
            (over, 6, {Adjustment.UNITED}),
            (beside, 4, {Adjustment.LEFT_OUT}),
        ):
            read, how = geometry.read_area(value)
            assert (read.area, how, read.valid) == (area, done, True)

    @pytest.mark.parametrize("inside", [[], [None], [7], ["x"], [point(1, 2)], [{"type": "Feature"}], None, {}])
    def test_a_collection_without_polygons_is_no_area(self, inside):
        refused(read_area, {"type": "GeometryCollection", "geometries": inside})

    def test_the_sentence_can_be_shown_whatever_the_type_was(self):
        """A lone surrogate is JSON, but no page with it can be encoded."""
        sentence = refused(geometry.point_from_geojson, json.loads(r'{"type": "\ud800"}'))
        sentence.encode()
        assert len(refused(geometry.area_from_geojson, {"type": "x" * 100_000})) < 200

    @pytest.mark.parametrize("value", [point(1, 2), {"type": "Feature", "geometry": point(1, 2), "properties": None}])
    def test_bare_or_in_a_feature(self, value):
        assert read_point(value).coords == (1, 2)


class TestPosition:
    @pytest.mark.parametrize("coordinates", [[], [1], [1, 2, 3, 4, 5], None, "1,2", {"lon": 1, "lat": 2}, 7])
    def test_not_a_position(self, coordinates):
        assert "list of two numbers" in refused(read_point, {"type": "Point", "coordinates": coordinates})

    @pytest.mark.parametrize("pair", [["1", "2"], [None, 1], [1, None], [True, False], [[1], [2]], [{}, 1]])
    def test_not_numbers(self, pair):
        assert "must be numbers" in refused(read_point, point(*pair))

    @pytest.mark.parametrize("number", ["1e999", "-1e999", "1" + "0" * 400])
    def test_not_finite(self, number):
        assert "finite" in refused(
            geometry.point_from_geojson, geometry.load(f'{{"type": "Point", "coordinates": [{number}, 1]}}')
        )

    @pytest.mark.parametrize("latitude", [90.000001, -90.000001, 91, 1e300])
    def test_latitude_out_of_range(self, latitude):
        assert "latitude" in refused(read_point, point(0, latitude))
        assert "latitude" in refused(read_area, polygon([[0, 0], [1, 0], [1, latitude], [0, 0]]))

    @pytest.mark.parametrize("longitude", [360.000001, -360.000001, 500, -1e300])
    def test_longitude_out_of_range(self, longitude):
        assert "longitude" in refused(read_point, point(longitude, 0))
        assert "longitude" in refused(read_area, polygon([[0, 0], [longitude, 0], [1, 1], [0, 0]]))

    @pytest.mark.parametrize("given", [[1, 2, 35.5], [1, 2, -10, 4], [1, 2, None], [1, 2, "deep"]])
    def test_depth_is_dropped_whatever_it_is(self, given):
        stored = read_point(point(*given))
        assert (stored.coords, stored.hasz, stored.srid) == ((1, 2), False, 4326)

    @pytest.mark.parametrize(
        ("given", "stored"),
        [
            (180, 180),
            (-180, 180),
            (181, -179),
            (-181, 179),
            (190.5, -169.5),
            (360, 0),
            (-360, 0),
            (359, -1),
            (-190, 170),
            (540 - 360, 180),
            (0, 0),
            (-179.5, -179.5),
        ],
    )
    def test_longitudes_are_wrapped(self, given, stored):
        assert read_point(point(given, 7)).coords == (stored, 7)

    def test_just_west_of_minus_180_stays_in_range(self):
        longitude = read_point(point(math.nextafter(-180, -181), 0)).x
        assert -180 < longitude <= 180


class TestArea:
    @pytest.mark.parametrize("coordinates", [None, [], {}, "x", 7, [[]], [None], ["x"], [7]])
    def test_empty_or_no_list(self, coordinates):
        refused(read_area, {"type": "Polygon", "coordinates": coordinates})
        refused(read_area, {"type": "MultiPolygon", "coordinates": coordinates})

    @pytest.mark.parametrize("ring", [[[0, 0]], [[0, 0], [1, 1]], [[0, 0], [1, 1], [0, 0]], [[0, 0]] * 3])
    def test_a_ring_of_too_few_points(self, ring):
        assert "three different points" in refused(read_area, polygon(ring))

    @pytest.mark.parametrize("ring", [[[0, 0]] * 5, [[0, 0], [1, 1], [2, 2], [0, 0]], [[0, 0], [1, 0], [0, 0], [1, 0]]])
    def test_no_area(self, ring):
        assert "no area" in refused(read_area, polygon(ring))

    def test_one_bad_position_among_many(self):
        refused(read_area, polygon([[0, 0], [1, 0], ["x", 1], [0, 0]]))
        refused(read_area, polygon([[0, 0], [1, 0], None, [0, 0]]))

    def test_too_many_vertices(self):
        many = circle(geometry.MAX_VERTICES + 1)
        assert "too many points" in refused(geometry.area_from_geojson, polygon(many))

    def test_too_many_vertices_in_all(self):
        part = [circle(geometry.MAX_VERTICES // 4 + 1)] * 2
        area = {"type": "MultiPolygon", "coordinates": [part, part]}
        assert "too many points" in refused(geometry.area_from_geojson, area)

    def test_as_many_vertices_as_allowed(self):
        area = geometry.area_from_geojson(polygon(circle(geometry.MAX_VERTICES)))
        assert area.num_coords == geometry.MAX_VERTICES + 1  # the ring was closed

    def test_depth_is_dropped(self):
        area = read_area(polygon([[x, y, 12.5] for x, y in SQUARE]))
        assert (area.hasz, area.extent, area.srid) == (False, (0, 0, 2, 2), 4326)

    def test_an_open_ring_is_closed(self):
        assert read_area(polygon(SQUARE[:-1])).equals(Polygon(SQUARE))

    def test_a_hole_stays_a_hole(self):
        hole = [[0.5, 0.5], [1, 0.5], [1, 1], [0.5, 0.5]]
        assert read_area(polygon(SQUARE, hole)).num_interior_rings == 1

    def test_a_bow_tie_is_repaired(self):
        area = read_area(polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]))
        assert area.valid
        assert (area.geom_type, area.area) == ("MultiPolygon", 2.0)

    def test_overlapping_parts_are_repaired(self):
        area = read_area({"type": "MultiPolygon", "coordinates": [[SQUARE], [[[x + 1, y] for x, y in SQUARE]]]})
        assert area.valid
        assert (area.geom_type, area.extent, area.area) == ("Polygon", (0, 0, 3, 2), 6)

    def test_in_two_holes_is_outside(self):
        holes = [[[x / 4 + shift, y / 4 + shift] for x, y in SQUARE] for shift in (0.5, 0.75)]
        area = read_area(polygon(SQUARE, *holes))
        assert (area.valid, area.area) == (True, 4 - 7 / 16)

    def test_a_hole_over_the_edge_takes_nothing_from_outside(self):
        area = read_area(polygon(SQUARE, [[x + 1, y + 1] for x, y in SQUARE]))
        assert (area.extent, area.area) == ((0, 0, 2, 2), 3)

    def test_a_ring_that_goes_round_twice_covers_what_it_goes_round(self):
        inner = [[x / 2 + 0.5, y / 2 + 0.5] for x, y in SQUARE]
        area = read_area(polygon([*SQUARE, *inner, SQUARE[0]]))
        assert (area.geom_type, area.area) == ("Polygon", 4)

    def test_loops_to_both_sides_that_share_an_edge(self):
        """GEOS gives them as two polygons, which are no valid multipolygon."""
        left, right = [[1, 0], [1, 1], [0, 1], [0, 0]], [[1, 0], [1, 1], [2, 1], [2, 0]]
        area = read_area(polygon([*left, *right, [1, 0]]))
        assert (area.valid, area.area) == (True, 2)

    def test_what_the_repair_leaves_behind_as_a_line_is_dropped(self):
        spike = [[0, 0], [2, 0], [2, 2], [5, 2], [2, 2], [0, 2], [0, 0]]
        area = read_area(polygon(spike))
        assert (area.geom_type, area.extent, area.valid) == ("Polygon", (0, 0, 2, 2), True)

    def test_a_good_area_is_not_touched(self):
        given = {"type": "MultiPolygon", "coordinates": [[SQUARE], [[[x + 5, y] for x, y in SQUARE]]]}
        assert json.loads(read_area(given).json)["coordinates"] == given["coordinates"]

    @pytest.mark.parametrize(
        ("west", "east", "parts"),
        [
            (170, 190, [(-180, -170), (170, 180)]),
            (-190, -170, [(-180, -170), (170, 180)]),
            (180, 190, [(-180, -170)]),
            (190, 200, [(-170, -160)]),
            (-200, -190, [(160, 170)]),
            (170, 180, [(170, 180)]),
            (-180, -170, [(-180, -170)]),
            (350, 360, [(-10, 0)]),
            (-360, -350, [(0, 10)]),
            (-180, 180, [(-180, 180)]),
            (0, 360, [(-180, 180)]),
            (-360, 360, [(-180, 180)]),
        ],
    )
    def test_longitudes_are_wrapped_and_cut(self, west, east, parts):
        area = read_area(polygon([[west, -1], [east, -1], [east, 1], [west, 1], [west, -1]]))
        assert area.valid
        assert shape(area) == [(w, -1, e, 1) for w, e in parts]

    def test_a_slanted_edge_is_cut_exactly_at_180(self):
        area = read_area(polygon([[177.3, -19.1], [183.7, -15.3], [181.9, -12.7], [177.3, -19.1]]))
        assert sorted(e for _w, _s, e, _n in shape(area))[-1] == 180
        assert shape(area)[0][0] == -180

    def test_a_hole_outside_the_shell_and_beyond_180_becomes_a_part_and_is_wrapped(self):
        area = read_area(polygon([[0, 0], [10, 0], [10, 10], [0, 0]], [[190, 0], [200, 0], [200, 10], [190, 0]]))
        assert area.valid
        assert shape(area) == [(-170, 0, -160, 10), (0, 0, 10, 10)]

    def test_cut_and_repaired_at_once(self):
        area = read_area(polygon([[170, 0], [190, 10], [190, 0], [170, 10], [170, 0]]))
        assert area.valid
        assert area.extent[0] >= -180
        assert area.extent[2] <= 180
        assert area.area == pytest.approx(100)


def circle(count: int) -> list[list[float]]:
    """A ring of so many different points, not closed."""
    return [[math.cos(2 * math.pi * i / count), math.sin(2 * math.pi * i / count)] for i in range(count)]
