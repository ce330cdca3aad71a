"""What an import cannot take is refused in words: a feature with its row, a file of another sort, a wrong property."""

import gzip
import json
import re
from pathlib import Path

import pytest

from tests import make
from tests.jobs.conftest import carried_out
from tests.jobs.importing import SQUARE, feature, fires, names
from tracker.files.import_job import SENTENCE_LENGTH, Import
from tracker.jobs import queue
from tracker.models import Incident

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_refused_feature_is_a_problem_with_its_row(given):
    features = [feature("Good"), feature("Bad", SQUARE), 7, feature("Good"), feature("Gone", None)]
    job = carried_out(given("incidents", features))
    assert (job.state, job.message) == ("done", "5 features: 2 imported, 3 refused.")
    assert job.problem_count == 3
    assert [row for row, _sentence in job.problems] == [2, 3, 5]
    assert "A point is needed, not “Polygon”" in job.problems[0][1]
    assert names() == ["Good", "Good"]


def test_an_area_that_is_none_is_a_problem(given):
    job = carried_out(given("areas", [feature("Bad"), feature("Good", SQUARE)]))
    assert (job.state, job.message) == ("done", "2 features: 1 imported, 1 refused.")
    assert [row for row, _sentence in job.problems] == [1]


@pytest.mark.parametrize("odd", ["\0", "\ud800", "a\0b\x1b[31m", "x" * 3_000_000], ids=ascii)
def test_what_no_database_can_store_is_not_said_about_a_feature(given, odd):
    features = [feature("Bad", {"type": odd, "coordinates": [1, 2]}), feature("Bad", {odd: odd}), feature("Good")]
    job = carried_out(given("incidents", features))
    assert (job.state, job.message) == ("done", "3 features: 1 imported, 2 refused.")
    assert all(len(sentence) <= SENTENCE_LENGTH for _row, sentence in job.problems)


GOOD = json.dumps(feature())


def with_crs(name: str) -> str:
    crs = {"type": "name", "properties": {"name": name}}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature()]})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("hello", "The file is not valid JSON"),
        (f'{{"type":"FeatureCollection","features":[{GOOD},', "The file is not valid JSON"),
        (b'\x00\xff{"type', "The file is not valid JSON"),
        (f"{GOOD} [", "not a GeoJSON FeatureCollection"),
        ('{"type":"\\u0000\\ud800","features":[]}', "not a GeoJSON FeatureCollection"),
        (with_crs("EPSG:3857"), "The file names its own coordinate reference system (EPSG:3857)"),
        (with_crs("\0"), "The file names its own coordinate reference system"),
    ],
)
def test_a_broken_file_fails_and_nothing_is_imported(given, content, reason):
    job = carried_out(given("incidents", content))
    assert job.state == "failed"
    assert reason in job.message
    assert job.message.endswith("Nothing was imported.")
    assert not Incident.objects.exists()
    assert not make.recorded()
    assert not queue.run_again(job), "it would only fail again"


COLLECTION = json.dumps({"type": "FeatureCollection", "features": [feature("Café")]}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(COLLECTION.encode()), "it is compressed (gzip); unpack it first"),
        (b"PK\x03\x04" + bytes(60), "it is compressed (zip); unpack it first"),
        (COLLECTION.encode("utf-16"), "it is encoded in UTF-16 or UTF-32; save it in UTF-8"),
        (COLLECTION.encode("utf-16-le"), "it is encoded in UTF-16 or UTF-32; save it in UTF-8"),
        (COLLECTION.encode("utf-32-be"), "it is encoded in UTF-16 or UTF-32; save it in UTF-8"),
        (COLLECTION.encode("latin-1"), "it is not encoded in UTF-8 (in Latin-1 or Windows-1252, perhaps); save it"),
        (b"<?xml version='1.0'?><kml/>", "it is KML (XML); convert it to GeoJSON first"),
        (b'{"a": \x1f\x8b}', "there is something in it that JSON does not know"),
    ],
    ids=["gzip", "zip", "UTF-16", "UTF-16 without a mark", "UTF-32", "Latin-1", "XML", "bytes in the middle"],
)
def test_a_file_of_another_sort_is_refused_in_words(given, content, reason):
    job = carried_out(given("incidents", content))
    assert job.state == "failed"
    assert f"The file is not valid JSON: {reason}" in job.message
    assert not re.search(r"b'|\\x|right here", job.message)


@pytest.mark.parametrize("number", ["9" * 30, "-" + "9" * 5_000, "1e400", "-1.5E+999999999999"], ids=lambda n: n[:10])
def test_a_number_that_no_computer_holds_refuses_no_file(given, number):
    """In a property that nobody asked for it says nothing, as a name it is its digits, as a place it is refused."""
    other, place = '{"type":"Point","coordinates":[10,50]}', f'{{"type":"Point","coordinates":[{number},50]}}'
    rows = [('"Other"', other), ('"Text 1e400 \\" 1e400"', other), (number, other), ('"Nowhere"', place)]
    features = [
        f'{{"type":"Feature","properties":{{"name":{name},"number":{number}}},"geometry":{geometry}}}'
        for name, geometry in rows
    ]
    job = carried_out(given("incidents", f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'))
    assert (job.state, job.problems) == ("done", [[4, "Coordinates must be numbers."]])
    other, text, digits = names()
    assert (other, text) == ("Other", 'Text 1e400 " 1e400')
    assert digits == (number if len(number) < 150 else f"{number[:149]}…")


@pytest.mark.parametrize("field", ["name", "description", "severity"])
def test_a_property_that_no_feature_has_is_a_mistake(given, field):
    job = carried_out(given("incidents", [feature(title="x")], **{field: "nome"}))
    assert (job.state, job.message) == (
        "failed",
        "No feature has the property “nome” (there are: name, title). Nothing was imported.",
    )
    assert not Incident.objects.exists()


@pytest.mark.parametrize("odd", ["\0", "\ud800", "x" * 3_000_000], ids=ascii)
def test_properties_with_odd_names_are_listed_as_well_as_can_be(given, odd):
    job = carried_out(given("incidents", [feature(**{odd: 1})], name="nome"))
    assert job.state == "failed"
    assert job.message.startswith("No feature has the property “nome” (there are: name, ")
    assert len(job.message) < SENTENCE_LENGTH + 200


def test_a_file_that_is_gone_fails_with_a_sentence(given):
    job = given("incidents", fires(1))
    Path(job.upload.path).unlink()
    job = carried_out(job)
    assert (job.state, "The file cannot be read" in job.message) == ("failed", True)


def test_a_file_that_breaks_between_the_two_readings_says_how_far_it_came(given, few, monkeypatch):
    job = given("incidents", fires(1_000))
    path, carry_out = Path(job.upload.path), Import.carry_out

    def with_another_file(self, given_path: str) -> str:
        path.write_text(json.dumps({"type": "FeatureCollection", "features": fires(7)})[:-2] + ',{"bro')
        return carry_out(self, given_path)

    monkeypatch.setattr(Import, "carry_out", with_another_file)
    job = carried_out(job)
    written = Incident.objects.count()
    assert (job.state, written % 3) == ("failed", 0)
    assert job.message.endswith(f"{written} of 1000 features had been imported.")
