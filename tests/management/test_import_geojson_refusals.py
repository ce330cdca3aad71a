"""import_geojson: the features, files and options that it refuses, and how it says so."""

import json

import pytest

from tests.management.importing import SQUARE, command, feature, point, polygon
from tracker.models import AreaOfInterest, Incident, Notification

pytestmark = pytest.mark.django_db


# --- features it refuses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "bad", "reason"),
    [
        ("incidents", feature(None, name="Bad"), "no geometry"),
        ("incidents", feature(SQUARE, name="Bad"), "A point is needed, not “Polygon”"),
        ("incidents", feature(point(10, 91), name="Bad"), "latitude of 91 is out of range"),
        ("incidents", feature(point(61, -150), name="Bad"), "look like latitude first"),
        (
            "incidents",
            feature({"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}, name="Bad"),
            "One point is needed",
        ),
        ("incidents", feature(point(361, 0), name="Bad"), "longitude of 361 is out of range"),
        ("incidents", feature({"type": "Point", "coordinates": ["1", 2]}, name="Bad"), "must be numbers"),
        ("incidents", feature({"type": "Point", "coordinates": []}, name="Bad"), "list of two numbers"),
        ("incidents", feature({"type": "Point"}, name="Bad"), "list of two numbers"),
        ("incidents", feature(point() | {"crs": {}}, name="Bad"), "crs"),
        ("incidents", {**feature(point(), name="Bad"), "type": "Thing"}, "not a GeoJSON Feature"),
        ("incidents", 7, "not a GeoJSON Feature"),
        ("incidents", [], "not a GeoJSON Feature"),
        ("incidents", None, "not a GeoJSON Feature"),
        ("areas", feature(point(), name="Bad"), "A polygon or a multipolygon is needed, not “Point”"),
        ("areas", feature(polygon((0, 0), (1, 1), (0, 0)), name="Bad"), "at least three different points"),
        ("areas", feature(polygon((0, 0), (1, 1), (2, 2), (0, 0)), name="Bad"), "no area"),
        ("areas", feature({"type": "Polygon", "coordinates": []}, name="Bad"), "empty"),
        ("areas", feature(polygon((0, 0), (1, 0), (1, 99), (0, 0)), name="Bad"), "latitude of 99"),
    ],
)
def test_a_refused_feature_is_named_and_the_others_are_imported(run, what, bad, reason):
    good = feature(point() if what == "incidents" else SQUARE, name="Good")
    outcome = run(what, [good, bad, good])
    assert outcome.status == 1
    assert outcome.out == "3 features: 2 imported, 1 refused.\n"
    line = next(line for line in outcome.err.splitlines() if line.startswith("Feature 2"))
    assert reason in line
    assert not isinstance(bad, dict) or "“Bad”" in line
    assert (Incident if what == "incidents" else AreaOfInterest).objects.count() == 2


def test_the_name_of_a_refused_feature_stays_on_its_line(run):
    bad = [feature(None, name=name) for name in ("A\nFeature 8\x1b[31m", "\n\0", "a" * 100)]
    assert run("incidents", bad).err.splitlines()[:3] == [
        "Feature 1 “A Feature 8[31m”: The feature has no geometry.",
        "Feature 2: The feature has no geometry.",
        f"Feature 3 “{'a' * 60}”: The feature has no geometry.",
    ]


def test_numbers_beyond_all_bounds_are_refused(run):
    text = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"x"},"geometry":' \
           '{"type":"Point","coordinates":[%s,0]}}]}'  # fmt: skip
    for number in ("1e999", "9" * 400, "9" * 5000, "NaN", "Infinity", "-1e400"):
        outcome = run("incidents", text % number)
        assert outcome.status == 1, number
        assert "Traceback" not in outcome.err
    assert not Incident.objects.exists()


GOOD = json.dumps(feature(point(), name="Good"))
NOT_A_GEOMETRY = "The feature's geometry is not a GeoJSON geometry."


@pytest.mark.parametrize("what", ["incidents", "areas"])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda shape: feature(shape),
        lambda shape: {"type": "FeatureCollection", "features": [feature(shape)]},
        lambda shape: {"type": "FeatureCollection"},
        lambda shape: feature(None),
        lambda shape: [shape],
        lambda shape: [],
        lambda shape: json.dumps(shape),
        lambda shape: "",
        lambda shape: 0,
        lambda shape: False,
    ],
)
def test_what_stands_for_a_geometry_and_is_none_is_refused(run, what, wrap):
    shape = point() if what == "incidents" else SQUARE
    outcome = run(what, [feature(shape, name="a"), feature(wrap(shape), name="b"), feature(shape, name="c")])
    assert outcome == (
        1,
        "3 features: 2 imported, 1 refused.\n",
        f"Feature 2 “b”: {NOT_A_GEOMETRY}\n1 features could not be taken; they are named above.",
    )


def nested(depth: int, head: str, core: str, tail: str) -> str:
    """JSON text, too deep for json.dumps()."""
    return head * depth + core + tail * depth


def collection_of(*features: str) -> str:
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'


@pytest.mark.parametrize("what", ["incidents", "areas"])
@pytest.mark.parametrize(
    "geometry",
    [
        nested(3000, '{"type":"Feature","geometry":', "null", "}"),
        nested(1500, '{"type":"FeatureCollection","features":[', "", "]}"),
        nested(3000, '{"type":"GeometryCollection","geometries":[', "", "]}"),
        nested(3000, "[", "", "]"),
        f'{{"type":{nested(3000, "[", "", "]")},"coordinates":[10,50]}}',
        f'{{"type":"Point","coordinates":{nested(3000, "[", "10,50", "]")}}}',
        f'{{"type":"Polygon","coordinates":{nested(3000, "[", "10,50", "]")}}}',
    ],
)
def test_a_geometry_nested_too_deeply_is_refused(run, what, geometry):
    good = json.dumps(feature(point() if what == "incidents" else SQUARE, name="Good"))
    bad = f'{{"type":"Feature","properties":{{"name":"Bad"}},"geometry":{geometry}}}'
    outcome = run(what, collection_of(good, bad, good))
    assert outcome.out == "3 features: 2 imported, 1 refused.\n"
    assert outcome.err.splitlines()[0] == "Feature 2 “Bad”: The geometry is nested too deeply."


@pytest.mark.parametrize(("head", "tail"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("field", ["name", "text"])
def test_a_property_nested_too_deeply_is_refused(run, field, head, tail):
    good = json.dumps(feature(point(), name="Good", text="t"))
    plain = json.dumps(feature(point(), **{field: None}))
    deep = [plain.replace("null", nested(depth - 1, head, "[]", tail)) for depth in (100, 101, 3000)]
    outcome = run("incidents", collection_of(good, *deep, good), "--description", "text")
    assert outcome.out.startswith("5 features: 3 imported")
    refusals = [line for line in outcome.err.splitlines() if "deeply" in line]
    assert refusals == [f"Feature {n}: The property “{field}” is nested too deeply." for n in (3, 4)]


def test_depth_where_nobody_looks_does_no_harm(run):
    """In a property that is not read, in a severity (which is text or a number), and beside the geometry."""
    deep = nested(3000, "[", "", "]")
    for plain in (
        feature(point(), name="x", severity="hi", other=None),
        feature(point(), name="x", severity=None),
        feature(point(), name="x", severity="hi") | {"id": None},
    ):
        text = json.dumps(plain).replace("null", deep)
        options = ("--severity", "severity", "--default-severity", "Low")
        Incident.objects.all().delete()  # what comes again is there already
        outcome = run("incidents", collection_of(GOOD, text), *options)
        assert outcome.out.startswith("2 features: 2 imported")
    assert run("incidents", collection_of(deep, GOOD)).out == "2 features: 1 imported, 1 refused.\n"


# --- files it refuses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "not valid JSON"),
        ("hello", "not valid JSON"),
        (f'{{"type":"FeatureCollection","features":[{GOOD},', "not valid JSON"),
        (f'{{"type":"FeatureCollection","features":[{GOOD}]', "not valid JSON"),
        (f'{{"type":"FeatureCollection","features":[{GOOD}]}} x', "not valid JSON"),
        (f'{{"type":"FeatureCollection","features":[{GOOD},{{"a":NaN}}]}}', "not valid JSON"),
        (b'{"type":"FeatureCollection","features":[{"a":"\xff"}]}', "not valid JSON"),
        ('{"features":[]}', "it has no type"),
        ('{"type":7,"features":[]}', "its type is “7”"),
        ('{"type":"FeatureCollection"}', "no list of features"),
        ('{"type":"FeatureCollection","features":{}}', "no list of features"),
        ("[]", "not a GeoJSON FeatureCollection"),
        ("7", "not a GeoJSON FeatureCollection"),
        (
            f'{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"EPSG:3857"}}}},"features":[{GOOD}]}}',
            "coordinate reference system (EPSG:3857)",
        ),
        (f'{{"type":"FeatureCollection","crs":{{}},"features":[{GOOD}]}}', "coordinate reference system"),
        (f"[{GOOD}]", "not a GeoJSON FeatureCollection"),
    ],
)
def test_a_broken_file_is_refused_as_a_whole(run, content, reason):
    outcome = run("incidents", content)
    assert outcome.status == 1
    assert reason in outcome.err
    assert outcome.err.endswith("Nothing was imported.")
    assert len(outcome.err.splitlines()) == 1
    assert not Incident.objects.exists()
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    "deep",
    [
        nested(20_000, "[", "", "]"),
        nested(50_000, '{"":', "0", "}"),
        "[" * 1_000_000,
        nested(500, f'{{"{"long" * 1000}":', "0", "}"),
    ],
    ids=["lists", "objects", "endless", "long names"],
)
def test_a_file_nested_so_deeply_that_reading_it_takes_all_memory_is_refused(run, deep):
    outcome = run("incidents", f'{{"type":"FeatureCollection","features":[{GOOD},{deep}]}}')
    assert outcome.status == 1
    assert outcome.err.endswith(": The file is nested too deeply. Nothing was imported.")
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", ""),
        ("urn:ogc:def:crs:OGC::CRS84", ""),
        (None, ""),
        ("EPSG:4326", " (1 said to be EPSG:4326, taken longitude first)"),
        ("urn:ogc:def:crs:EPSG::4326", " (1 said to be EPSG:4326, taken longitude first)"),
    ],
)
def test_the_reference_system_of_the_standard_may_be_named(run, name, remark):
    crs = {"type": "name", "properties": {"name": name}} if name else None
    outcome = run("incidents", {"type": "FeatureCollection", "crs": crs, "features": [feature(point(), name="x")]})
    assert outcome == (0, f"1 features: 1 imported{remark}, 0 refused.\n", "")


def test_what_is_no_file(tmp_path):
    for path in (tmp_path / "missing.geojson", tmp_path):
        outcome = command("incidents", str(path), "--name", "name")
        assert outcome.status == 1
        assert outcome.err.startswith(f"{path}: ")


def test_a_property_that_no_feature_has_is_a_mistake(run):
    outcome = run("incidents", [feature(point(), title="Fire", mag=3)])
    assert outcome.status == 1
    assert "No feature has the property “name” (there are: title, mag)" in outcome.err
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--severity-breaks", "6,5,4,2.5"), "needs --severity"),
        (("--severity", "mag", "--severity-breaks", "6,5,4"), "not four falling numbers"),
        (("--severity", "mag", "--severity-breaks", "1,2,3,4"), "not four falling numbers"),
        (("--severity", "mag", "--severity-breaks", "6,5,4,nan"), "not four falling numbers"),
        (("--severity", "mag", "--severity-breaks", "a,b,c,d"), "not four falling numbers"),
        (("--default-severity", "terrible"), "“terrible” is not one of Urgent, High, Medium, Low, Info"),
    ],
)
def test_options_that_cannot_be(run, options, reason):
    outcome = run("incidents", [feature(point(), name="x", mag=3)], *options)
    assert (outcome.status, reason in outcome.err) == (1, True)
    assert not Incident.objects.exists()


@pytest.mark.parametrize(("what", "shape"), [("incidents", point()), ("areas", SQUARE)])
def test_a_severity_that_is_not_known_ends_it_before_it_begins(run, what, shape):
    features = [feature(shape, name="x", s=value) for value in ("High", "warning", 1, None, "a\x1b[31m")]
    outcome = run(what, features, "--severity", "s")
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err == (
        "The file has severities that are not known here: “warning” (1 time), “1” (1 time), “a[31m” (1 time)."
        " 1 feature tells no severity. Give --default-severity for them, or change the file. Nothing was imported."
    )
    assert not Incident.objects.exists()
    assert not AreaOfInterest.objects.exists()


def test_a_number_that_is_none_ends_it_too(run):
    features = [feature(point(), name="x", mag=value) for value in (5, "much")]
    outcome = run("incidents", features, "--severity", "mag", "--severity-breaks", "6,5,4,2.5")
    assert (outcome.status, "“much” (1 time)" in outcome.err) == (1, True)
    assert not Incident.objects.exists()


def test_areas_have_no_description(run):
    outcome = run("areas", [feature(SQUARE, name="x", text="y")], "--description", "text")
    assert (outcome.status, "no description" in outcome.err) == (1, True)
