"""What the tests of ``import_geojson`` share: calling it, and small features."""

from io import StringIO
from typing import NamedTuple

from django.core.management import CommandError, call_command


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


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
