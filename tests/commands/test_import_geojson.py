"""import_geojson: what it takes, what it puts right, what it refuses and how it says so."""

import json
import signal
from contextlib import contextmanager
from io import StringIO
from typing import NamedTuple

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests import make
from tracker import bulk_writes, notifications
from tracker.imports import writer
from tracker.models import Alert, AreaOfInterest, Incident, Notification

pytestmark = pytest.mark.django_db


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def run(tmp_path):
    """Import a collection, given as Python values or as text, with options; the name is in ``name``."""

    def run(what: str, content: object, *options: str, name: str = "name") -> Outcome:
        file = tmp_path / "file.geojson"
        if isinstance(content, list):
            content = {"type": "FeatureCollection", "features": content}
        if not isinstance(content, str | bytes):
            content = json.dumps(content)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return command(what, str(file), "--name", name, *options)

    return run


def command(*arguments: str) -> Outcome:
    out, err = StringIO(), StringIO()
    try:
        call_command("import_geojson", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        return Outcome(error.returncode, out.getvalue(), f"{err.getvalue()}{error}")
    return Outcome(0, out.getvalue(), err.getvalue())


def feature(geometry: object, **properties) -> dict:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def point(longitude: float = 10, latitude: float = 50, *more: float) -> dict:
    return {"type": "Point", "coordinates": [longitude, latitude, *more]}


def polygon(*ring: tuple) -> dict:
    return {"type": "Polygon", "coordinates": [[list(position) for position in ring]]}


SQUARE = polygon((9, 49), (11, 49), (11, 51), (9, 51), (9, 49))
BOW_TIE = polygon((9, 49), (11, 51), (11, 49), (9, 51), (9, 49))


# --- what it takes -------------------------------------------------------------------------------------------------


def test_incidents_are_written_announced_and_matched(run):
    area = make.area()
    before = make.newest_id()
    features = [feature(point(), name="Fire", severity="high", text="Big"), feature(point(-60, -30), name="Far")]
    outcome = run("incidents", features, "--severity", "severity", "--description", "text")
    assert outcome == (0, "2 features: 2 imported (1 with the default severity), 0 refused.\n", "")
    fire, far = Incident.objects.order_by("pk")
    assert (fire.name, fire.severity, fire.description, fire.source, fire.closed) == (
        "Fire",
        "HI",
        "Big",
        "import",
        False,
    )
    assert (far.name, far.severity, far.description) == ("Far", "IN", "")
    messages = make.recorded(before)
    assert [message["type"] for message in messages] == ["post_save", "post_save", "alert"]
    assert messages[2]["areas_of_interest"][0]["id"] == area.feature_id


def test_areas_alert_for_the_incidents_in_them(run):
    incident = make.incident()
    assert run("areas", [feature(SQUARE, name="Square")], "--default-severity", "medium").status == 0
    (area,) = AreaOfInterest.objects.all()
    assert (area.name, area.severity, area.centroid.coords) == ("Square", "ME", (10, 50))
    alert = Alert.objects.get()
    assert (alert.incident_id, alert.area_id, alert.cause) == (incident.pk, area.pk, "area")


def test_pieces_of_areas(run, monkeypatch):
    monkeypatch.setattr(writer, "AREAS_AT_ONCE", 2)
    assert run("areas", [feature(SQUARE, name=f"{n}") for n in range(5)]).status == 0
    assert list(AreaOfInterest.objects.order_by("pk").values_list("name", flat=True)) == list("01234")


def test_pieces_of_incidents(run):
    count = notifications.PIECE + 1
    assert f"{count} imported" in run("incidents", [feature(point(), name=f"{n}") for n in range(count)]).out
    assert Incident.objects.count() == count


def test_an_empty_collection(run):
    assert run("incidents", []) == (0, "0 features: 0 imported, 0 refused.\n", "")


@pytest.mark.parametrize(
    ("value", "code"),
    [(6, "UR"), (7.5, "UR"), (5.99, "HI"), (5, "HI"), (4, "ME"), ("4.2", "ME"), (2.5, "LO"), (2.49, "IN"), (-1, "IN"),
     (None, "ME"), ("much", "ME"), (True, "ME"), ([7], "ME"), ("nan", "ME")],
)  # fmt: skip
def test_severity_by_breaks(run, value, code):
    run("incidents", [feature(point(), name="x", mag=value)],
        "--severity", "mag", "--severity-breaks", "6,5,4,2.5", "--default-severity", "me")  # fmt: skip
    assert Incident.objects.get().severity == code


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("Urgent", "UR"),
        ("ur", "UR"),
        (" HIGH ", "HI"),
        ("lo", "LO"),
        ("InFo", "IN"),
        ("bad", "LO"),
        (1, "LO"),
        (None, "LO"),
    ],
)
def test_severity_by_name(run, value, code):
    run("incidents", [feature(point(), name="x", s=value)], "--severity", "s", "--default-severity", "LOW")
    assert Incident.objects.get().severity == code


# --- what it puts right --------------------------------------------------------------------------------------------


def test_depth_is_dropped(run):
    outcome = run("incidents", [feature(point(10, 50, 35.2), name="Deep"), feature(point(), name="Flat")])
    assert outcome.out == "2 features: 2 imported (1 without the depth or height), 0 refused.\n"
    assert not Incident.objects.get(name="Deep").location.hasz
    outcome = run("areas", [feature(polygon((9, 49, 1), (11, 49, 1), (11, 51, 1), (9, 49, 1)), name="High")])
    assert outcome.out == "1 features: 1 imported (1 without the depth or height), 0 refused.\n"


def test_a_broken_polygon_is_repaired(run):
    outcome = run("areas", [feature(SQUARE, name="Good"), feature(BOW_TIE, name="Bow tie")])
    assert outcome.out == "2 features: 2 imported (1 repaired), 0 refused.\n"
    assert "features[1] “Bow tie”: repaired" in outcome.err
    assert AreaOfInterest.objects.get(name="Bow tie").polygon.valid


def test_longitudes_beyond_180_are_wrapped(run):
    outcome = run("incidents", [feature(point(190, 50), name="East")])
    assert "1 repaired" in outcome.out
    assert Incident.objects.get().location.coords == (-170, 50)
    outcome = run("areas", [feature(polygon((170, 0), (190, 0), (190, 9), (170, 9), (170, 0)), name="Across")])
    assert "1 repaired" in outcome.out
    assert AreaOfInterest.objects.get().polygon.geom_type == "MultiPolygon"


def test_a_missing_name_becomes_the_number(run):
    features = [feature(point(), name=value) for value in ("Fire", None, "", " \n ")]
    outcome = run("incidents", [*features, {"type": "Feature", "properties": None, "geometry": point()}])
    assert outcome.out == "5 features: 5 imported (4 named by its number), 0 refused.\n"
    names = ["Fire", *(f"Unnamed incident {n}" for n in range(1, 5))]
    assert list(Incident.objects.order_by("pk").values_list("name", flat=True)) == names


def test_a_long_name_is_cut_and_stays_whole_in_the_description(run):
    long = "Fire " * 100
    outcome = run("incidents", [feature(point(), name=long, text="Big")], "--description", "text")
    assert "1 name too long, cut" in outcome.out
    incident = Incident.objects.get()
    assert len(incident.name) == 150
    assert incident.name.endswith("…")
    assert incident.description == f"{long.strip()}\n\nBig"


def test_a_long_name_of_an_area_is_cut_and_reported(run):
    outcome = run("areas", [feature(SQUARE, name="a" * 151)])
    assert (outcome.status, "features[0] “aaa" in outcome.err, "name too long, cut" in outcome.err) == (0, True, True)
    assert AreaOfInterest.objects.get().name == "a" * 149 + "…"


def test_a_long_description_is_cut_and_reported(run):
    outcome = run("incidents", [feature(point(), name="x", text="a" * 10_001)], "--description", "text")
    assert "description too long, cut" in outcome.err
    assert len(Incident.objects.get().description) == 10_000


def test_what_no_database_can_store_is_taken_out(run):
    outcome = run(
        "incidents", [feature(point(), name="Fi\0re\x07", text="a\0b\nc\td \ud800e")], "--description", "text"
    )
    assert "1 control characters removed" in outcome.out
    incident = Incident.objects.get()
    assert incident.name == "Fire"
    assert incident.description.startswith("ab\nc\td ")


def test_names_that_are_no_text(run):
    run("incidents", [feature(point(), name=value) for value in (17, 2.5, ["a", 1], {"é": None})])
    names = ["17", "2.5", '["a", 1]', '{"é": null}']
    assert list(Incident.objects.order_by("pk").values_list("name", flat=True)) == names


def test_features_without_any_properties(run):
    assert run("incidents", [feature(point()), feature(point())]).status == 0
    assert list(Incident.objects.order_by("pk").values_list("name", flat=True)) == [
        f"Unnamed incident {n}" for n in (0, 1)
    ]


def test_markup_is_only_text(run):
    run("incidents", [feature(point(), name="<b>Fire</b>")])
    assert Incident.objects.get().name == "<b>Fire</b>"


def test_a_byte_order_mark_is_skipped(run):
    text = json.dumps({"type": "FeatureCollection", "features": [feature(point(), name="x")]})
    assert run("incidents", b"\xef\xbb\xbf" + text.encode()).status == 0


# --- features it refuses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "bad", "reason"),
    [
        ("incidents", feature(None, name="Bad"), "no geometry"),
        ("incidents", feature(SQUARE, name="Bad"), "A point is needed, not “Polygon”"),
        ("incidents", feature(point(10, 91), name="Bad"), "latitude of 91 is out of range"),
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
    line = next(line for line in outcome.err.splitlines() if line.startswith("features[1]"))
    assert reason in line
    assert not isinstance(bad, dict) or "“Bad”" in line
    assert (Incident if what == "incidents" else AreaOfInterest).objects.count() == 2


def test_the_name_of_a_refused_feature_stays_on_its_line(run):
    bad = [feature(None, name=name) for name in ("A\nfeatures[7]\x1b[31m", "\n\0", "a" * 100)]
    assert run("incidents", bad).err.splitlines()[:3] == [
        "features[0] “A features[7][31m”: The feature has no geometry.",
        "features[1]: The feature has no geometry.",
        f"features[2] “{'a' * 60}”: The feature has no geometry.",
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
        f"features[1] “b”: {NOT_A_GEOMETRY}\n1 features could not be taken; they are named above.",
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
    assert outcome.err.splitlines()[0] == "features[1] “Bad”: The geometry is nested too deeply."


@pytest.mark.parametrize(("head", "tail"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("field", ["name", "text"])
def test_a_property_nested_too_deeply_is_refused(run, field, head, tail):
    good = json.dumps(feature(point(), name="Good", text="t"))
    plain = json.dumps(feature(point(), **{field: None}))
    deep = [plain.replace("null", nested(depth - 1, head, "[]", tail)) for depth in (100, 101, 3000)]
    outcome = run("incidents", collection_of(good, *deep, good), "--description", "text")
    assert outcome.out.startswith("5 features: 3 imported")
    refusals = [line for line in outcome.err.splitlines() if "deeply" in line]
    assert refusals == [f"features[{n}]: The property “{field}” is nested too deeply." for n in (2, 3)]


def test_depth_where_nobody_looks_does_no_harm(run):
    """In a property that is not read, in a severity (which is text or a number), and beside the geometry."""
    deep = nested(3000, "[", "", "]")
    for plain in (
        feature(point(), name="x", severity="hi", other=None),
        feature(point(), name="x", severity=None),
        feature(point(), name="x", severity="hi") | {"id": None},
    ):
        text = json.dumps(plain).replace("null", deep)
        outcome = run("incidents", collection_of(GOOD, text), "--severity", "severity")
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
        (GOOD, "its type is “Feature”"),
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
        (f'{{"type":"FeatureCollection","crs":null,"features":[{GOOD}]}}', "coordinate reference system"),
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


def test_the_reference_system_of_the_standard_may_be_named(run):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert (
        run("incidents", {"type": "FeatureCollection", "crs": crs, "features": [feature(point(), name="x")]}).status
        == 0
    )


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


def test_areas_have_no_description(run):
    outcome = run("areas", [feature(SQUARE, name="x", text="y")], "--description", "text")
    assert (outcome.status, "no description" in outcome.err) == (1, True)


# --- many rows, and stopping half-way ------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch):
    """Ten rows are many, and a piece is three."""
    monkeypatch.setattr(bulk_writes, "ANNOUNCE_AT_MOST", 10)
    monkeypatch.setattr(notifications, "PIECE", 3)


def test_many_rows_are_announced_by_one_message(run, few):
    make.area()
    before = make.newest_id()
    run("incidents", [feature(point(), name="x", s="High") for _ in range(11)], "--severity", "s")
    messages = make.recorded(before)
    assert [message["type"] for message in messages] == ["alert"] * 11 + ["changed"]
    assert (messages[-1]["model"], messages[-1]["count"]) == ("Incident", 11)


def test_ten_rows_are_not_many(run, few):
    run("incidents", [feature(point(), name="x") for _ in range(10)])
    assert [message["type"] for message in make.recorded()] == ["post_save"] * 10


@contextmanager
def at_insert(number: int, action):
    """Do something when incidents are inserted for the *number*-th time."""
    seen = 0

    def wrapper(execute, sql, params, many, context):
        nonlocal seen
        if sql.startswith('INSERT INTO "tracker_incident"'):
            seen += 1
            if seen == number:
                action()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_between_two_pieces(run, few, number):
    before = signal.getsignal(number)
    with at_insert(2, lambda: signal.raise_signal(number)):
        outcome = run("incidents", [feature(point(), name="x") for _ in range(20)])
    assert outcome == (130, "", "Interrupted. 6 of 20 features had been imported.")
    assert Incident.objects.count() == 6
    (message,) = make.recorded()
    assert (message["type"], message["count"]) == ("changed", 6)
    assert signal.getsignal(number) is before


@pytest.mark.django_db(transaction=True)
def test_a_second_ctrl_c_stops_it_at_once(run, few):
    def impatient():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with at_insert(3, impatient):
        outcome = run("incidents", [feature(point(), name="x") for _ in range(20)])
    assert outcome == (130, "", "Interrupted. 6 of 20 features had been imported.")
    assert Incident.objects.count() == 6
    assert [message["count"] for message in make.recorded()] == [6]


@pytest.mark.django_db(transaction=True)
def test_an_error_of_the_database_says_how_far_it_came(run, few):
    from django.db import OperationalError

    def fail():
        raise OperationalError("disk full")

    with at_insert(2, fail):
        outcome = run("incidents", [feature(point(), name="x") for _ in range(20)])
    assert outcome.status == 1
    assert "disk full. 3 of 20 features had been imported." in outcome.err
    assert Incident.objects.count() == 3
    assert [message["count"] for message in make.recorded()] == [3]


def test_a_file_that_changes_between_the_two_passes(run, tmp_path):
    features = [feature(point(), name="x") for _ in range(notifications.PIECE * 2)]
    with at_insert(1, lambda: (tmp_path / "file.geojson").write_text("{")):
        outcome = run("incidents", features)
    assert outcome.status in {0, 1}  # whatever had been read ahead
    assert f"{Incident.objects.count():,} " in outcome.out + outcome.err


def test_progress_where_there_is_no_terminal(run, monkeypatch):
    from tracker.management.commands import import_geojson

    monkeypatch.setattr(import_geojson, "LINE_EVERY_S", -1)
    outcome = run("incidents", [feature(point(), name="x") for _ in range(2)])
    assert outcome.err.splitlines() == ["0 of 2 features", "1 of 2 features"]
