"""Coordinates as people type and paste them: the page's script and the server understand the same."""

import json
from pathlib import Path

import pytest

from tracker.lib.geo import coordinates

TABLE = json.loads((Path(__file__).resolve().parents[1] / "coordinates.json").read_text())
AXES = [("latitudes", False, 90), ("longitudes", True, 360)]


@pytest.mark.parametrize(
    ("text", "is_longitude", "value"),
    [(text, is_longitude, value) for name, is_longitude, _most in AXES for text, value in TABLE[name].items()],
)
def test_a_coordinate_is_understood_as_people_write_it(text, is_longitude, value):
    found = coordinates.read_degrees(text)
    assert found is not None
    assert found.value == pytest.approx(value, abs=1e-9)
    assert found.is_longitude in (None, is_longitude)


@pytest.mark.parametrize(
    ("text", "is_longitude", "most"),
    [(text, is_longitude, most) for name, is_longitude, most in AXES for text in TABLE[f"no_{name}"]],
)
def test_what_is_none_is_no_other_number(text, is_longitude, most):
    found = coordinates.read_degrees(text)
    other_axis = found is not None and found.is_longitude not in (None, is_longitude)
    assert found is None or other_axis or abs(found.value) > most


@pytest.mark.parametrize(("text", "pair"), TABLE["pairs"].items())
def test_a_pair_in_one_field(text, pair):
    assert coordinates.read_field_pair(text) == pytest.approx(tuple(pair), abs=1e-9)


@pytest.mark.parametrize("text", TABLE["no_pairs"])
def test_what_is_no_pair(text):
    assert coordinates.read_field_pair(text) is None


@pytest.mark.parametrize("text", ["9" * 50_000, "1 " * 20_000, "-" * 101, "1.".ljust(50_000, "0")])
def test_long_texts_are_refused_at_once(text):
    assert coordinates.read_degrees(text) is None
    assert coordinates.read_field_pair(text) is None
