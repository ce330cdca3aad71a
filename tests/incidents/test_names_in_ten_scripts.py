"""Two hundred names in ten scripts are found by what people type, by list, map, export and administration the same."""

import json
import shutil
import subprocess
import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils.html import escape

from tests import make
from tests.conftest import need
from tests.jobs.conftest import carried_out
from tracker.features import geojson
from tracker.incidents.filters import Selection
from tracker.jobs import queue
from tracker.jobs.registry import JOB_TYPES
from tracker.models import Incident

HERE = Path(__file__).parent
BY_SCRIPT: dict[str, list[list[str]]] = json.loads((HERE / "names_in_ten_scripts.json").read_text())
ENTRIES = [entry for entries in BY_SCRIPT.values() for entry in entries]
NAMES = [name for name, *_typed in ENTRIES]
WAYS = {
    "as it is": str,
    "in capitals": str.upper,
    "in small letters": str.lower,
    "decomposed": lambda name: unicodedata.normalize("NFD", name),
    "composed": lambda name: unicodedata.normalize("NFC", name),
    "the words turned round": lambda name: " ".join(reversed(name.split())),
    "with a comma": lambda name: ", ".join(name.split()),
}
EACH = 5  # of so many names one is looked for where a search is a page or a file


@pytest.fixture
def reports(db):
    Incident.objects.bulk_create(Incident(name=name, location=make.point(*make.HOME)) for name in NAMES)


def found(text: str) -> set[str]:
    return set(Selection({"q": text}).incidents().values_list("name", flat=True))


def test_there_are_two_hundred_in_ten_scripts():
    assert len(BY_SCRIPT) == 10
    assert len(set(NAMES)) == 200


@pytest.mark.parametrize("way", WAYS)
def test_each_is_found_as_it_is_written_elsewhere(way, reports):
    missed = [name for name in NAMES if name not in found(WAYS[way](name))]
    assert missed == []


def test_each_is_found_by_what_people_type(reports):
    missed = [(name, text) for name, *typed in ENTRIES for text in typed if name not in found(text)]
    assert missed == []


def test_hits_are_few(reports):
    """Folding does not make everything the same."""
    assert all(len(found(name)) == 1 for name in NAMES)


def test_the_map_finds_the_same(reports):
    need(shutil.which("node"), "node")
    features = [json.loads(text) for text in geojson.features(Incident.objects.all())]
    searches = [text for name, *typed in ENTRIES for text in (*typed, *(way(name) for way in WAYS.values()))]
    given = json.dumps({"features": features, "searches": searches})
    node = subprocess.run(["node", HERE / "map_hits.js"], input=given, capture_output=True, text=True, check=False)
    assert node.returncode == 0, node.stderr
    for text, hits in zip(searches, json.loads(node.stdout), strict=True):
        assert set(hits) == found(text), text


def shown(page: str) -> set[str]:
    return {name for name in NAMES if escape(name) in page}


def test_list_and_administration_find_the_same(reports):
    client = Client()
    client.force_login(make.person("ada", "admin"))
    for _name, *typed in ENTRIES[::EACH]:
        expected = found(typed[0])
        assert 0 < len(expected) <= 25
        for address in ("/tracker/incident/", "/admin/tracker/incident/"):
            response = client.get(f"{address}?q={quote(typed[0])}")
            assert response.status_code == 200
            assert shown(response.content.decode()) == expected, (address, typed[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("script", BY_SCRIPT)
def test_an_export_has_the_same(script, reports, operator):
    text = BY_SCRIPT[script][0][1]
    job = carried_out(queue.enqueue(JOB_TYPES["export_incidents"], by=operator, asked={"q": text}))
    features = json.loads(Path(job.result.path).read_bytes())["features"]
    assert {feature["properties"]["name"] for feature in features} == found(text) != set()
