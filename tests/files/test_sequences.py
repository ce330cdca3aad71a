"""A file may hold a collection, a feature, a geometry, or a sequence of them: one a line, or as RFC 8142 has it."""

import json
from pathlib import Path

import pytest

from tracker.files import geojson_reader
from tracker.files.geojson_reader import BrokenFile

POINT = {"type": "Point", "coordinates": [10, 50]}


def feature(name: object, **more: object) -> dict:
    return {"type": "Feature", "properties": {"name": name}, "geometry": POINT} | more


def collection(*names: object) -> dict:
    return {"type": "FeatureCollection", "features": [feature(name) for name in names]}


def read(tmp_path: Path, content: str | bytes) -> tuple[geojson_reader.Contents, list]:
    file = tmp_path / "given.geojson"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    contents = geojson_reader.check(str(file))
    features = list(geojson_reader.features(str(file), contents))
    assert contents.count == len(features)
    return contents, features


def names(features: list) -> list:
    return [each["properties"]["name"] for each in features]


LINES = [json.dumps(feature(name)) for name in ("Ä", "b\nc", "d")]


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(LINES),
        "\n".join(LINES) + "\n",
        "\r\n".join(LINES) + "\r\n",
        "\n\n".join(["", *LINES, ""]),
        "".join(LINES),
        "".join(f"\x1e{line}\n" for line in LINES),
        "".join(f"\x1e{json.dumps(json.loads(line), indent=2)}\n" for line in LINES),
        b"\xef\xbb\xbf" + "\n".join(LINES).encode(),
    ],
    ids=["lines", "a last line break", "CRLF", "empty lines", "no breaks", "RFC 8142", "RFC 8142, indented", "a mark"],
)
def test_a_sequence_of_features(tmp_path, content):
    contents, features = read(tmp_path, content)
    assert names(features) == ["Ä", "b\nc", "d"]
    assert list(contents.properties) == ["name"]
    assert not contents.lacks("name")
    assert contents.lacks("title")


def test_one_feature(tmp_path):
    contents, features = read(tmp_path, json.dumps(feature("Alone"), indent=1))
    assert (names(features), contents.lacks("title")) == (["Alone"], True)


def test_a_feature_with_members_of_its_own(tmp_path):
    """Also one that looks like a collection's."""
    contents, features = read(tmp_path, json.dumps(feature("Alone", features=[feature("No")], bbox=[1, 2, 3, 4])))
    assert (names(features), list(contents.properties)) == (["Alone"], ["name"])


@pytest.mark.parametrize("shape", [POINT, {"type": "GeometryCollection", "geometries": [POINT]}])
def test_bare_geometries(tmp_path, shape):
    for content in (json.dumps(shape), json.dumps(shape) * 3):
        contents, features = read(tmp_path, content)
        assert all(each == {"type": "Feature", "properties": {}, "geometry": shape} for each in features)
        assert not contents.lacks("name")


def test_features_and_geometries_mixed(tmp_path):
    _contents, features = read(tmp_path, f"{json.dumps(POINT)}\n{LINES[0]}")
    assert [each["type"] for each in features] == ["Feature", "Feature"]


def test_several_collections(tmp_path):
    content = "\n".join(json.dumps(each) for each in (collection("a", "b"), collection(), collection("c")))
    assert names(read(tmp_path, content)[1]) == ["a", "b", "c"]


def test_a_number_that_no_computer_holds(tmp_path):
    lines = [json.dumps(feature("a")), json.dumps(feature("b")).replace('"b"', "9" * 30), json.dumps(feature("c"))]
    assert names(read(tmp_path, "\n".join(lines))[1]) == ["a", "9" * 30, "c"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("\n", "not valid JSON"),
        ("\x1e", "not valid JSON"),
        (f"{LINES[0]}\n{LINES[1][:-9]}", "not valid JSON"),
        (f"{LINES[0]},\n{LINES[1]}", "not valid JSON"),
        (f"{LINES[0]}\nhello", "not valid JSON"),
        (f"{LINES[0]}\n7", "not a GeoJSON FeatureCollection"),
        (f"{LINES[0]}\n[]", "not a GeoJSON FeatureCollection"),
        (f"{LINES[0]}\n{{}}", "it has no type"),
        (f'{LINES[0]}\n{{"type":"Topology"}}', "its type is “Topology”"),
        ('{"type":"Feature","type":"Point"}', "its type is “Feature”"),
        (f"{LINES[0]}\n{json.dumps(collection('a'))}", "both a FeatureCollection and what is none"),
        (f"{json.dumps(collection('a'))}\n{LINES[0]}", "both a FeatureCollection and what is none"),
        (
            LINES[0] + json.dumps(feature("a", crs={"type": "name", "properties": {"name": "EPSG:3857"}})),
            "coordinate reference system (EPSG:3857)",
        ),
    ],
)
def test_what_is_refused(tmp_path, content, reason):
    with pytest.raises(BrokenFile, match=reason.replace("(", r"\(").replace(")", r"\)")):
        read(tmp_path, content)


@pytest.mark.parametrize("name", ["EPSG:4326", "urn:ogc:def:crs:EPSG::4326"])
def test_epsg_4326_is_noticed_wherever_it_is_named(tmp_path, name):
    crs = {"type": "name", "properties": {"name": name}}
    for content in (
        json.dumps(collection("a") | {"crs": crs}),
        json.dumps({"crs": crs} | collection("a")),
        f"{LINES[0]}\n{json.dumps(feature('b', crs=crs))}",
        json.dumps(POINT | {"crs": crs}),
    ):
        assert read(tmp_path, content)[0].names_epsg_4326
    assert not read(tmp_path, json.dumps(collection("a") | {"crs": None}))[0].names_epsg_4326


def test_a_sequence_is_read_as_it_comes(tmp_path):
    """What breaks far behind does not keep the first one back."""
    file = tmp_path / "long.geojsonl"
    file.write_text("\n".join(LINES * 2000) + "{")
    first = next(iter(geojson_reader.features(str(file), geojson_reader.Contents())))
    assert first == feature("Ä")
