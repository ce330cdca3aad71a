"""Geometry from a browser is checked before GEOS or GDAL sees it, in every form: an error in words, never a 500."""

import json
import uuid
from collections.abc import Callable
from html import unescape
from typing import NamedTuple

import pytest
from django.contrib.gis import gdal
from django.contrib.gis.geos import GEOSGeometry
from django.test import Client

from tests import make
from tests.amount import in_turn
from tests.web.page import Page
from tracker.lib.geo import geometry
from tracker.models import AreaOfInterest, Incident, Notification
from tracker.web.forms import POINT_LENGTH

SECRET = "the-content-of-a-file-that-nobody-may-read"
DEEP = 3000  # past what Python's parser takes


def polygon(*rings) -> str:
    return json.dumps({"type": "Polygon", "coordinates": list(rings)})


RING = [[0, 0], [1, 0], [1, 1], [0, 0]]
SQUARE = polygon(RING)
POINT = '{"type":"Point","coordinates":[10,50]}'

# Text in other formats, some of which GDAL would open, and some of which name a file or an address.
NOT_GEOJSON: dict[str, Callable[[str], str]] = {
    "wkt point": lambda path: "POINT (1 2)",
    "wkt polygon": lambda path: "POLYGON ((0 0, 1 0, 1 1, 0 0))",
    "ewkt": lambda path: "SRID=4326;POINT (1 2)",
    "ewkt polygon": lambda path: "SRID=4326;POLYGON ((0 0, 1 0, 1 1, 0 0))",
    "hex wkb": lambda path: "0101000000000000000000F03F0000000000000040",
    "hex ewkb": lambda path: "0101000020E6100000000000000000F03F0000000000000040",
    "gml": lambda path: '<gml:Point srsName="EPSG:4326"><gml:coordinates>1,2</gml:coordinates></gml:Point>',
    "kml": lambda path: "<Point><coordinates>1,2</coordinates></Point>",
    "vrt": lambda path: (
        '<OGRVRTDataSource><OGRVRTLayer name="x">'
        f"<SrcDataSource>{path}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    ),
    "xml entity": lambda path: f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{path}">]><Point>&e;</Point>',
    "path": lambda path: path,
    "file url": lambda path: f"file://{path}",
    "vsicurl": lambda path: "/vsicurl/http://127.0.0.1:9/x.geojson",
    "json string of wkt": lambda path: '"POINT (1 2)"',
    "topojson": lambda path: '{"type":"Topology","objects":{},"arcs":[]}',
    "esri json": lambda path: '{"x":1,"y":2,"spatialReference":{"wkid":4326}}',
    "linked crs": lambda path: (
        f'{{"type":"Point","coordinates":[1,2],"crs":{{"type":"link","properties":{{"href":"{path}"}}}}}}'
    ),
}

NOT_A_GEOMETRY = {
    "empty object": "{}",
    "null": "null",
    "number": "5",
    "array": "[1,2]",
    "true": "true",
    "two values": "{} {}",
    "cut off": '{"type":"Point","coordinates":[1,',
    "nul": '{"type":"Po\0int"}',
    "duplicate type": '{"type":"Point","type":"LineString","coordinates":[[0,0],[1,1]]}',
    "type is a list": '{"type":["Point"],"coordinates":[1,2]}',
    "type is a lone surrogate": '{"type":"\\ud800","coordinates":[1,2]}',
    "line": '{"type":"LineString","coordinates":[[0,0],[1,1]]}',
    "multipoint": '{"type":"MultiPoint","coordinates":[[0,0],[1,1]]}',
    "geometry collection of a line": '{"type":"GeometryCollection","geometries":[{"type":"LineString"}]}',
    "geometry collection of nothing": '{"type":"GeometryCollection","geometries":[null]}',
    "geometry collection in itself": '{"type":"GeometryCollection","geometries":[' * 3 + "]}" * 3,
    "feature of nothing": '{"type":"Feature","geometry":null}',
    "collection of none": '{"type":"FeatureCollection","features":[]}',
    "collection of two": json.dumps({"type": "FeatureCollection", "features": [json.loads(POINT), json.loads(SQUARE)]}),
    "feature in itself": '{"type":"Feature","geometry":' * 20 + "null" + "}" * 20,
    "too deep": "[" * 20 + "]" * 20,
    "far too deep": "[" * DEEP + "]" * DEEP,
    "far too deep, objects": '{"a":' * DEEP + "1" + "}" * DEEP,
    "too large": '{"type":"' + "x" * geometry.MAX_BYTES + '"}',
}
BAD_POSITIONS = {
    "NaN": "[NaN,1]",
    "Infinity": "[1,Infinity]",
    "minus Infinity": "[-Infinity,1]",
    "1e999": "[1e999,1]",
    "integer past every float": f"[{'9' * 400},1]",
    "integer past Python's limit": f"[{'9' * 5000},1]",
    "latitude out of range": "[1,90.001]",
    "longitude out of range": "[-360.001,1]",
    "swapped far away": "[50,120]",
    "strings": '["1","2"]',
    "booleans": "[true,false]",
    "nulls": "[null,null]",
    "one number": "[1]",
    "no number": "[]",
    "too many numbers": "[1,2,3,4,5]",
    "object": '{"lon":1,"lat":2}',
    "nested": "[[1,2],[1,2]]",
    "absent": "null",
}


def around(position: str) -> str:
    return f'{{"type":"Polygon","coordinates":[[[0,0],[1,0],{position},[0,0]]]}}'


POINTS = NOT_A_GEOMETRY | {"polygon": SQUARE, "no coordinates": '{"type":"Point"}'}
POINTS |= {f"position: {name}": f'{{"type":"Point","coordinates":{text}}}' for name, text in BAD_POSITIONS.items()}
POINTS |= {
    "crs": '{"type":"Point","coordinates":[1,2],"crs":{"type":"name","properties":{"name":"EPSG:3857"}}}',
    "crs in feature": f'{{"type":"Feature","crs":{{}},"geometry":{POINT}}}',
    "a point and an area": f'{{"type":"GeometryCollection","geometries":[{POINT},{SQUARE}]}}',
}
AREAS = NOT_A_GEOMETRY | {"point": POINT, "no coordinates": '{"type":"Polygon"}'}
AREAS |= {f"position: {name}": around(text) for name, text in BAD_POSITIONS.items()}
AREAS |= {
    "crs": SQUARE[:-1] + ',"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3857"}}}',
    "crs in feature": f'{{"type":"Feature","crs":{{}},"geometry":{SQUARE}}}',
    "no ring": polygon(),
    "empty ring": polygon([]),
    "ring of two": polygon([[0, 0], [1, 1]]),
    "ring is a number": '{"type":"Polygon","coordinates":[5]}',
    "coordinates are text": '{"type":"Polygon","coordinates":"POLYGON((0 0,1 0,1 1,0 0))"}',
    "no area": polygon([[0, 0], [1, 1], [0, 0], [1, 1], [0, 0]]),
    "one place": polygon([[1, 1]] * 5),
    "empty multipolygon": '{"type":"MultiPolygon","coordinates":[]}',
    "multipolygon of nothing": '{"type":"MultiPolygon","coordinates":[[]]}',
    "too many points": polygon([[0, 0]] * (geometry.MAX_VERTICES + 1)),
    "too many points in all": json.dumps(
        {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]]] * (geometry.MAX_VERTICES // 4 + 1)}
    ),
}


# What must be the reason: without that check the text would be refused for another one, or later.
REASONS = {
    "too deep": "nested too deeply",
    "far too deep": "cannot be read as JSON",
    "too large": "too large: at most 4 MB",
    "too many points": "too many points: at most 100000",
    "too many points in all": "too many points: at most 100000",
    "crs": "“crs” member is not accepted",
    "crs in feature": "“crs” member is not accepted",
    "position: NaN": "must be finite numbers",
    "position: 1e999": "must be finite numbers",
    "position: integer past every float": "must be finite numbers",
    "position: latitude out of range": "latitude of 90.001 is out of range",
    "position: longitude out of range": "longitude of -360.001 is out of range",
    "position: strings": "must be numbers",
    "no area": "has no area",
    "ring of two": "at least three different points",
    "collection of two": "does not hold exactly one",
}


class Form(NamedTuple):
    """A form with a geometry in it: where it is, which field, who sends it, what else it needs."""

    address: str
    field: str
    who: str
    rest: dict[str, str]
    said_at: str  # the field at which the error is read


NAMED = {"name": "Typed name", "severity": "HI"}
AREA_FORMS = {
    "area": Form("/tracker/area_of_interest/create/", "polygon", "operator", NAMED, "polygon"),
    "area, changed": Form("/tracker/area_of_interest/update/{area}/", "polygon", "operator", NAMED, "polygon"),
    "admin area": Form("/admin/tracker/areaofinterest/add/", "polygon", "admin", NAMED, "polygon"),
    "admin area, changed": Form("/admin/tracker/areaofinterest/{area}/change/", "polygon", "admin", NAMED, "polygon"),
}
POINT_FORMS = {
    "incident": Form("/tracker/incident/create/", "location", "operator", NAMED, "latitude"),
    "incident, changed": Form("/tracker/incident/update/{incident}/", "location", "operator", NAMED, "latitude"),
    "report": Form("/tracker/incident/report/", "location", "stranger", NAMED, "latitude"),
    "admin incident": Form("/admin/tracker/incident/add/", "location", "admin", NAMED, "location"),
    "admin incident, changed": Form(
        "/admin/tracker/incident/{incident}/change/", "location", "admin", NAMED, "location"
    ),
}
FORMS = AREA_FORMS | POINT_FORMS


@pytest.fixture
def gdal_sees_no_text(monkeypatch):
    """While this lasts, no text becomes a geometry by GDAL or GEOS, and no file is opened; what is stored may pass."""
    seen: list[str] = []

    def guard(kind):
        build = kind.__init__

        def check(self, given, *args, **kwargs):
            if kind is gdal.DataSource or isinstance(given, str | bytes):
                seen.append(f"{kind.__name__} was handed {str(given)[:80]}")
            build(self, given, *args, **kwargs)

        monkeypatch.setattr(kind, "__init__", check)

    for kind in (gdal.DataSource, gdal.OGRGeometry, gdal.SpatialReference, GEOSGeometry):
        guard(kind)
    yield
    assert not seen


@pytest.fixture
def post(request, db, reporter):
    """``post(form, text)``: send the form with this geometry; returns the answer and what the rows were before."""
    rows = {"area": make.area("Stored").pk, "incident": make.incident("Stored", make.AWAY).pk}
    clients: dict[str, Client] = {"stranger": reporter}

    def send(form: Form, text: str):
        client = clients.get(form.who)
        if client is None:
            client = clients[form.who] = request.getfixturevalue(f"{form.who}_client")
        sent = form.rest | {form.field: text, "submission": str(uuid.uuid4())}
        return client.post(form.address.format(**rows), sent)

    return send


def everything_stored() -> list:
    return [list(model.objects.order_by("pk").values()) for model in (AreaOfInterest, Incident, Notification)]


def refused(response, form: Form, typed: str, name: str) -> None:
    assert response.status_code == 200, name
    page = Page(response)
    assert page.errors_at(form.said_at), name
    is_long = form.field == "location" and len(typed) > POINT_LENGTH
    reason = "too long to be one point" if is_long else REASONS.get(name, "")
    assert reason in page.errors_at(form.said_at), name
    assert "Stored" not in page.fields["name"]
    shown = page.fields[form.field]
    kept = "" if is_long else typed
    assert shown == kept, f"{name}: {shown[:80]!r} is shown and {typed[:80]!r} was typed"
    assert page.fields["name"] == "Typed name"


ALL_OF_THEM = ("area", "report")  # the other forms check in the same way, as a third of the texts shows


def texts(named: dict[str, str], number: int) -> list[tuple[str, str]]:
    pairs = list(named.items())
    return pairs if number == -1 else in_turn(pairs, number * len(pairs) // 4, len(pairs) // 3)


@pytest.mark.parametrize("form", FORMS)
def test_every_refusal_is_an_error_in_the_form(form, post, gdal_sees_no_text):
    number = -1 if form in ALL_OF_THEM else list(FORMS).index(form)
    form = FORMS[form]
    before = everything_stored()
    for name, text in texts(AREAS if form.field == "polygon" else POINTS, number):
        refused(post(form, text), form, text, name)
    assert everything_stored() == before


@pytest.mark.parametrize("form", FORMS)
def test_text_in_another_format_is_refused_and_opens_no_file(form, post, gdal_sees_no_text, tmp_path):
    form = FORMS[form]
    file = tmp_path / "private.geojson"
    file.write_text(f'{{"type":"Point","coordinates":[1,2],"properties":{{"a":"{SECRET}"}}}}')
    before = everything_stored()
    for name, written in NOT_GEOJSON.items():
        text = written(str(file))
        response = post(form, text)
        refused(response, form, text, name)
        assert SECRET not in unescape(response.content.decode()), name
    assert everything_stored() == before


@pytest.mark.parametrize("form", FORMS)
def test_a_body_past_every_bound_is_a_bad_request(form, post):
    before = everything_stored()
    response = post(FORMS[form], "x" * (6 * 1024 * 1024))
    assert response.status_code == 400
    assert everything_stored() == before


@pytest.mark.parametrize("form", FORMS)
def test_no_geometry_is_an_error_and_a_good_one_is_taken(form, post):
    """What the refusals are compared with: the same forms, with a geometry that is right."""
    form = FORMS[form]
    model = AreaOfInterest if form.field == "polygon" else Incident
    if not (form.field == "location" and form.who == "operator" and "update" in form.address):
        response = post(form, "")
        assert response.status_code == 200
        assert Page(response).errors_at(form.said_at)
    assert not model.objects.filter(name="Typed name").exists()
    assert post(form, SQUARE if form.field == "polygon" else POINT).status_code == 302
    if form.field == "polygon":
        assert AreaOfInterest.objects.get(name="Typed name").polygon.extent == (0, 0, 1, 1)
    else:
        assert Incident.objects.get(name="Typed name").location.coords == (10, 50)


@pytest.mark.parametrize("form", AREA_FORMS)
def test_broken_and_wrapped_areas_are_mended_in_every_form(form, post):
    bow_tie = polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]])
    assert post(AREA_FORMS[form], bow_tie).status_code == 302
    stored = AreaOfInterest.objects.get(name="Typed name")
    assert stored.polygon.valid
    stored.delete()
    if "changed" not in form:
        fiji = polygon([[177, -20, 5], [183, -20, 5], [183, -15, 5], [177, -15, 5], [177, -20, 5]])
        assert post(AREA_FORMS[form], fiji).status_code == 302
        stored = AreaOfInterest.objects.get(name="Typed name").polygon
        assert (stored.extent, stored.hasz, len(stored)) == ((-180, -20, 180, -15), False, 2)
