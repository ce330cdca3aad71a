"""Inside two parts of an area is inside it, and in two of its holes is outside, by whatever way the area came in."""

import json
from pathlib import Path

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.core.management import call_command
from django.test import Client

from tests import make
from tracker.models import AreaOfInterest

pytestmark = pytest.mark.django_db

MIDDLE = (10.0, 50.0)
OUTSIDE = (10.0, 53.0)


def ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


# The middle is in both of two parts, or in both of two holes.
TWO_PARTS = {"type": "MultiPolygon", "coordinates": [[ring(8, 49, 11, 51)], [ring(9, 49, 12, 51)]]}
IN_PIECES = {
    "type": "GeometryCollection",
    "geometries": [{"type": "Polygon", "coordinates": part} for part in TWO_PARTS["coordinates"]],
}
ITSELF = {
    "type": "Polygon",  # a ring that goes round the middle twice
    "coordinates": [[*ring(8, 48, 12, 52), *ring(9, 49, 11, 51), [8, 48]]],
}
ONE_IN_THE_OTHER = {"type": "MultiPolygon", "coordinates": [[ring(8, 48, 12, 52)], [ring(9, 49, 11, 51)]]}
TWO_HOLES = {"type": "Polygon", "coordinates": [ring(5, 45, 15, 52), ring(8, 49, 11, 51), ring(9, 49, 12, 51)]}
HOLE_OVER_THE_EDGE = {"type": "Polygon", "coordinates": [ring(5, 45, 15, 52), ring(9, 49, 11, 55)]}
SHAPES: dict[str, tuple[dict, bool]] = {
    "two parts": (TWO_PARTS, True),
    "two parts of a collection": (IN_PIECES, True),
    "a ring round itself": (ITSELF, True),
    "a part in a part": (ONE_IN_THE_OTHER, True),
    "two holes": (TWO_HOLES, False),
    "a hole over the edge": (HOLE_OVER_THE_EDGE, False),
}


def by_form(shape: dict, client: Client, tmp_path: Path) -> None:
    sent = {"name": "Drawn", "severity": "HI", "polygon": json.dumps(shape)}
    assert client.post("/tracker/area_of_interest/create/", sent).status_code == 302


def by_import(shape: dict, client: Client, tmp_path: Path) -> None:
    feature = {"type": "Feature", "properties": {"name": "Drawn"}, "geometry": shape}
    file = tmp_path / "areas.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    call_command("import_geojson", "areas", str(file), "--name", "name", "--default-severity", "High")


def by_save(shape: dict, client: Client, tmp_path: Path) -> None:
    polygon = GEOSGeometry(json.dumps(shape), srid=4326)
    AreaOfInterest.objects.create(name="Drawn", severity="HI", polygon=polygon)


@pytest.mark.parametrize("way", [by_form, by_import, by_save])
@pytest.mark.parametrize("name", SHAPES)
def test_whether_the_middle_alerts(name, way, operator_client, tmp_path):
    shape, is_inside = SHAPES[name]
    before = make.incident("Before", MIDDLE, "UR")
    way(shape, operator_client, tmp_path)
    after, away = make.incident("After", MIDDLE, "UR"), make.incident("Away", OUTSIDE, "UR")
    area = AreaOfInterest.objects.get()
    assert area.polygon.valid
    expected = [area.pk] if is_inside else []
    for incident in (before, after):
        assert [alert.area_id for alert in make.alerts_of(incident)] == expected
    assert make.alerts_of(away) == []


@pytest.mark.parametrize("name", SHAPES)
def test_saved_again_no_byte_changes(name, operator_client, tmp_path):
    by_form(SHAPES[name][0], operator_client, tmp_path)
    area = AreaOfInterest.objects.get()
    first = bytes(area.polygon.wkb)
    area.save()
    assert bytes(AreaOfInterest.objects.get().polygon.wkb) == first
    address = f"/tracker/area_of_interest/update/{area.pk}/"
    form = operator_client.get(address).context["form"]
    sent = {"name": "Renamed", "severity": "HI", "polygon": form["polygon"].value().geojson}
    assert operator_client.post(address, sent).status_code == 302
    area.refresh_from_db()
    assert (area.name, bytes(area.polygon.wkb)) == ("Renamed", first)


def test_fiji_that_was_not_cut_alerts_in_fiji_and_nowhere_else(operator_client, tmp_path):
    shape = {"type": "Polygon", "coordinates": [ring(177, -19, -177, -15)]}
    by_import(shape, operator_client, tmp_path)
    inside = [make.incident("Fiji", place, "UR") for place in ((179, -17), (-178, -17), (180, -16))]
    others = [make.incident("Away", place, "UR") for place in ((35, -17), (-65, -17), (176, -17), (0, -17))]
    assert [len(make.alerts_of(incident)) for incident in inside] == [1, 1, 1]
    assert [len(make.alerts_of(incident)) for incident in others] == [0, 0, 0, 0]
