"""GeoJSON as it comes from outside, the sentence that refuses it, and the parts of what was read."""

import pytest
from django.core.exceptions import ValidationError

from tracker.lib.geo import geometry

SQUARE = [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]


def point(*coordinates) -> dict:
    return {"type": "Point", "coordinates": list(coordinates)}


def polygon(*rings) -> dict:
    return {"type": "Polygon", "coordinates": list(rings)}


def refused(call, *args) -> str:
    """The sentence with which *call* refuses."""
    with pytest.raises(ValidationError) as caught:
        call(*args)
    (sentence,) = caught.value.messages
    assert sentence.endswith(".")
    return sentence


def shape(area) -> list[tuple[float, float, float, float]]:
    """The boxes around the parts of an area, from west to east."""
    return sorted(part.extent for part in geometry.polygons_of(area))
