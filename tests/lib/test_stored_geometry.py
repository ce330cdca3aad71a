"""Every save brings geometry into the stored form, also one that came by no form."""

import math

import pytest
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon

from tests import make
from tests.lib.geojson import refused, shape
from tracker.models import AreaOfInterest, Incident


class TestModels:
    def test_a_point_in_three_dimensions(self, db):
        incident = Incident.objects.create(name="Quake", location=Point(-190, 10, -35, srid=4326))
        stored = Incident.objects.get(pk=incident.pk).location
        assert (stored.coords, stored.hasz) == ((170, 10), False)

    def test_an_area_across_the_antimeridian(self, db):
        area = make.area(polygon=make.box(170, -20, 190, -10))
        area.refresh_from_db()
        assert shape(area.polygon) == [(-180, -20, -170, -10), (170, -20, 180, -10)]
        assert area.centroid.coords == (180, -15)

    def test_an_area_that_is_broken(self, db):
        area = make.area(polygon=Polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]], srid=4326))
        area.refresh_from_db()
        assert area.polygon.valid
        assert area.polygon.area == 2

    def test_an_area_in_three_dimensions(self, db):
        area = make.area(polygon=GEOSGeometry("POLYGON Z((0 0 1, 2 0 2, 2 2 3, 0 0 1))", srid=4326))
        area.refresh_from_db()
        assert not area.polygon.hasz

    @pytest.mark.parametrize(
        "bad",
        [
            Point(srid=4326),
            Point(0, 91, srid=4326),
            Point(361, 0, srid=4326),
            Point(math.nan, 0, srid=4326),
            Point(0, math.inf, srid=4326),
        ],
        ids=["empty", "latitude", "longitude", "nan", "infinite"],
    )
    def test_a_point_that_cannot_be_stored(self, db, bad):
        refused(lambda: Incident.objects.create(name="Nowhere", location=bad))
        assert not Incident.objects.exists()

    @pytest.mark.parametrize(
        "bad",
        [
            Polygon(srid=4326),
            MultiPolygon(srid=4326),
            make.box(0, 0, 10, 91),
            make.box(-361, 0, 10, 10),
            Point(1, 2, srid=4326),
            GEOSGeometry("LINESTRING(0 0, 1 1)", srid=4326),
            Polygon([[0, 0], [math.nan, 0], [1, 1], [0, 0]], srid=4326),
            Polygon([[0, 0], [math.inf, 0], [1, 1], [0, 0]], srid=4326),
        ],
        ids=["empty", "empty multi", "latitude", "longitude", "point", "line", "nan", "infinite"],
    )
    def test_an_area_that_cannot_be_stored(self, db, bad):
        refused(lambda: AreaOfInterest.objects.create(name="Nowhere", polygon=bad))
        assert not AreaOfInterest.objects.exists()

    @pytest.mark.parametrize(
        ("polygon", "centroid"),
        [
            (make.box(0, 0, 2, 2), (1, 1)),
            (make.box(178, 0, 186, 2), (-178, 1)),
            (make.boxes((170, 0, 180, 2), (-180, 0, -170, 2)), (180, 1)),
            (make.box(-180, 0, 180, 2), (0, 1)),
        ],
    )
    def test_the_centroid_lies_within(self, db, polygon, centroid):
        area = make.area(polygon=polygon)
        assert area.centroid.coords == pytest.approx(centroid)

    def test_saving_only_the_polygon_moves_the_centroid(self, db):
        area = make.area(polygon=make.box(0, 0, 2, 2))
        area.polygon = make.box(10, 10, 12, 12)
        area.save(update_fields=["polygon"])
        assert AreaOfInterest.objects.get(pk=area.pk).centroid.coords == (11, 11)
