"""import_geojson: what it takes, and what it puts right."""

import json

import pytest

from tests import make
from tests.management.importing import BOW_TIE, SQUARE, command, feature, point, polygon
from tracker.events import log
from tracker.files import writer
from tracker.models import Alert, AreaOfInterest, Incident
from tracker.models.severity import Severity

pytestmark = pytest.mark.django_db


# --- what it takes -------------------------------------------------------------------------------------------------


def test_incidents_are_written_announced_and_matched(run):
    area = make.area()
    before = make.newest_id()
    features = [feature(point(), name="Fire", severity="high", text="Big"), feature(point(-60, -30), name="Far")]
    options = ("--severity", "severity", "--default-severity", "Info", "--description", "text")
    outcome = run("incidents", features, *options)
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
    count = log.PIECE + 1
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


def test_words_of_others_are_taken_and_told(run):
    features = [feature(point(), name="x", s=word) for word in ("Extreme", "minor", "minor", "High", None, "Hm")]
    outcome = run("incidents", features, "--severity", "s", "--default-severity", "Moderate")
    assert outcome.out.splitlines() == [
        "6 features: 6 imported (2 with the default severity), 0 refused.",
        "Severities in the file: “minor” = Low (2 times), “Extreme” = Urgent (1 time),"
        " “Hm” (not known) = Medium (1 time).",
    ]
    severities = list(Incident.objects.order_by("pk").values_list("severity", flat=True))
    assert severities == ["UR", "LO", "LO", "HI", "ME", "ME"]


@pytest.mark.parametrize(("what", "shape", "label"), [("incidents", point(), "Medium"), ("areas", SQUARE, "High")])
def test_where_nothing_says_how_severe_they_are_it_is_as_in_the_form_and_told(tmp_path, what, shape, label):
    path = tmp_path / "it.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature(shape, name="x")]}))
    outcome = command(what, str(path), "--name", "name")
    assert (outcome.status, outcome.out.splitlines()[1][:46]) == (0, "Where the file was not exported by Tracker eac")
    assert f"each is {label}, as" in outcome.out
    rows = (Incident if what == "incidents" else AreaOfInterest).objects.values_list("severity", flat=True)
    assert [Severity(code).label for code in rows] == [label]


def test_what_tracker_has_exported_comes_back_and_comes_once(run):
    own = {"name": "Over", "severity": "Urgent", "closed": True, "place": "Pier 3", "description": "Smoke"}
    own |= {"model": "Incident", "pk": 7, "created": "2026-03-01T12:30:15.123Z"}
    assert run("incidents", [feature(point(), **own)]).out == "1 features: 1 imported, 0 refused.\n"
    incident = Incident.objects.get()
    assert (incident.severity, incident.closed, incident.place, incident.description) == ("UR", True, "Pier 3", "Smoke")
    assert incident.created.isoformat() == "2026-03-01T12:30:15.123000+00:00"
    outcome = run("incidents", [feature(point(), **own), feature(point(), name="New")])
    assert outcome.out == "2 features: 1 imported, 1 was there already, 0 refused.\n"


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
    assert "Feature 2 “Bow tie”: repaired" in outcome.err
    assert AreaOfInterest.objects.get(name="Bow tie").polygon.valid


def test_longitudes_beyond_180_are_wrapped(run):
    outcome = run("incidents", [feature(point(190, 50), name="East")])
    assert "1 repaired" in outcome.out
    assert Incident.objects.get().location.coords == (-170, 50)
    outcome = run("areas", [feature(polygon((170, 0), (190, 0), (190, 9), (170, 9), (170, 0)), name="Across")])
    assert "1 repaired" in outcome.out
    assert AreaOfInterest.objects.get().polygon.geom_type == "MultiPolygon"


def test_an_area_that_was_not_cut_at_the_antimeridian(run):
    fiji = polygon((177, -19), (-177, -19), (-177, -15), (177, -15), (177, -19))
    outcome = run("areas", [feature(SQUARE, name="Good"), feature(fiji, name="Fiji")])
    assert outcome.out == "2 features: 2 imported (1 taken the short way across the antimeridian), 0 refused.\n"
    assert "Feature 2 “Fiji”: taken the short way across the antimeridian" in outcome.err
    parts = AreaOfInterest.objects.get(name="Fiji").polygon
    assert sorted(part.extent for part in parts) == [(-180, -19, -177, -15), (177, -19, 180, -15)]


def test_wrappers_that_mean_the_same(run):
    shapes = [
        {"type": "MultiPoint", "coordinates": [[10, 50]]},
        {"type": "GeometryCollection", "geometries": [point()]},
    ]
    assert (
        run("incidents", [feature(shape, name="x") for shape in shapes]).out == "2 features: 2 imported, 0 refused.\n"
    )
    assert {incident.location.coords for incident in Incident.objects.all()} == {(10, 50)}
    east = polygon((12, 49), (14, 49), (14, 51), (12, 51), (12, 49))
    shape = {"type": "GeometryCollection", "geometries": [SQUARE, east, point()]}
    outcome = run("areas", [feature(shape, name="Two zones")])
    remarks = "1 of several polygons, united, 1 without the points and lines beside the polygons"
    assert outcome.out == f"1 features: 1 imported ({remarks}), 0 refused.\n"
    assert len(AreaOfInterest.objects.get().polygon) == 2


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(feature(point(), name="Fire")),
        "".join(f"{json.dumps(feature(point(), name='Fire'))}\n" for _n in range(3)),
        "".join(f"\x1e{json.dumps(feature(point(), name='Fire'))}\n" for _n in range(3)),
    ],
    ids=["one feature", "one a line", "RFC 8142"],
)
def test_files_that_are_no_collection(run, content):
    count = content.count("Fire")
    assert run("incidents", content).out == f"{count} features: {count} imported, 0 refused.\n"
    assert list(Incident.objects.values_list("name", flat=True)) == ["Fire"] * count


def test_a_bare_geometry_is_named_by_its_number(run):
    assert run("incidents", json.dumps(point())).out == "1 features: 1 imported (1 named by its number), 0 refused.\n"
    assert Incident.objects.get().name == "Unnamed incident 1"


def test_what_looks_like_a_slip_is_counted(run):
    places = [point(0, 0), point(0.001, -0.001), point(0, 1), point()]
    outcome = run("incidents", [feature(place, name="x") for place in places])
    assert outcome.out == "4 features: 4 imported (2 at latitude 0, longitude 0), 0 refused.\n"
    shapes = [
        polygon((-180, -90), (180, -90), (180, 90), (-180, 90)),
        polygon((-100, -90), (0, -90), (100, -90), (100, 90), (0, 90), (-100, 90)),
        polygon((-180, 0), (180, 0), (180, 90), (-180, 90)),  # just half
        polygon((0, 0), (0.1, 0), (0.1, 0.1), (0, 0.1)),
    ]
    outcome = run("areas", [feature(shape, name="x") for shape in shapes])
    assert "1 at latitude 0, longitude 0, 2 over more than half of the world, " in outcome.out


def test_a_missing_name_becomes_the_number(run):
    features = [feature(point(), name=value) for value in ("Fire", None, "", " \n ", "\u200b\u3164")]
    outcome = run("incidents", [*features, {"type": "Feature", "properties": None, "geometry": point()}])
    assert outcome.out == "6 features: 6 imported (5 named by its number), 0 refused.\n"
    names = ["Fire", *(f"Unnamed incident {n}" for n in range(2, 7))]
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
    assert (outcome.status, "Feature 1 “aaa" in outcome.err, "name too long, cut" in outcome.err) == (0, True, True)
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
        f"Unnamed incident {n}" for n in (1, 2)
    ]


def test_markup_is_only_text(run):
    run("incidents", [feature(point(), name="<b>Fire</b>")])
    assert Incident.objects.get().name == "<b>Fire</b>"


def test_a_byte_order_mark_is_skipped(run):
    text = json.dumps({"type": "FeatureCollection", "features": [feature(point(), name="x")]})
    assert run("incidents", b"\xef\xbb\xbf" + text.encode()).status == 0
