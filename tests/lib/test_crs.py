"""The names of one coordinate reference system, and of others."""

import pytest

from tests.lib.geojson import SQUARE, point, polygon, refused
from tracker.lib.geo import geometry
from tracker.lib.geo.crs import Crs, crs_named
from tracker.lib.geo.geometry import Adjustment

CRS84 = [
    "urn:ogc:def:crs:OGC::CRS84",
    "urn:ogc:def:crs:OGC:1.3:CRS84",
    "urn:x-ogc:def:crs:OGC:1.3:CRS84",
    "URN:OGC:DEF:CRS:OGC:1.3:CRS84",
    "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    "https://www.opengis.net/def/crs/OGC/1.3/CRS84",
    "http://www.opengis.net/def/crs/OGC/0/CRS84",
    "http://www.opengis.net/def/crs/OGC/0/CRS84h",
    "OGC:CRS84",
    "[OGC:CRS84]",
    "CRS:84",
    "CRS84",
]
EPSG_4326 = [
    "EPSG:4326",
    "epsg:4326",
    "urn:ogc:def:crs:EPSG::4326",
    "urn:ogc:def:crs:EPSG:6.9:4326",
    "urn:x-ogc:def:crs:EPSG::4326",
    "http://www.opengis.net/def/crs/EPSG/0/4326",
    "https://www.opengis.net/def/crs/EPSG/9.9.1/4326",
    "http://www.opengis.net/gml/srs/epsg.xml#4326",
]
OTHERS = [
    "EPSG:3857",
    "EPSG:43260",
    "EPSG:27700",
    "urn:ogc:def:crs:EPSG::3857",
    "urn:ogc:def:crs:OGC::CRS27",
    "http://www.opengis.net/def/crs/EPSG/0/4258",
    "OGC:CRS84 + EPSG:5773",
    "",
    "unknown",
    "CRS84\nEPSG:3857",
]


@pytest.mark.parametrize(("names", "meant"), [(CRS84, Crs.CRS84), (EPSG_4326, Crs.EPSG_4326), (OTHERS, Crs.OTHER)])
def test_names(names, meant):
    assert {name: crs_named(name) for name in names} == dict.fromkeys(names, meant)


def with_crs(crs: object) -> list[dict]:
    """The member at each level."""
    feature = {"type": "Feature", "geometry": polygon(SQUARE)}
    return [
        polygon(SQUARE) | {"crs": crs},
        feature | {"crs": crs},
        {"type": "Feature", "geometry": polygon(SQUARE) | {"crs": crs}},
        {"type": "FeatureCollection", "features": [feature], "crs": crs},
        {"type": "GeometryCollection", "geometries": [polygon(SQUARE) | {"crs": crs}]},
    ]


def named(name: object) -> dict:
    return {"type": "name", "properties": {"name": name}}


@pytest.mark.parametrize("crs", [None, *map(named, CRS84)])
def test_what_says_the_same_is_taken(crs):
    for value in with_crs(crs):
        assert geometry.read_area(value)[1] == set()
    assert geometry.read_point(point(1, 2) | {"crs": crs})[1] == set()


@pytest.mark.parametrize("name", EPSG_4326)
def test_epsg_4326_is_taken_longitude_first_and_remarked_on(name):
    for value in with_crs(named(name)):
        area, done = geometry.read_area(value)
        assert (area.extent, done) == ((0, 0, 2, 2), {Adjustment.EPSG_4326})
    place, done = geometry.read_point(point(1, 2) | {"crs": named(name)})
    assert (place.coords, done) == ((1, 2), {Adjustment.EPSG_4326})
    assert "out of range" in refused(geometry.read_point, point(1, 91) | {"crs": named(name)})


@pytest.mark.parametrize(
    "crs", [{}, [], "EPSG:4326", 7, named(None), named(7), named({}), {"type": "link"}, *map(named, OTHERS)]
)
def test_others_are_refused_with_advice(crs):
    for value in with_crs(crs):
        assert "“crs” member is not accepted: coordinates must be WGS 84, longitude first" in refused(
            geometry.read_area, value
        )
