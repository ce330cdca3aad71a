"""The nearest town, offline: from an extract of GeoNames that comes with Tracker (see ``data/README.md``).

The extract names about 70,000 towns of 5,000 people and more. Coordinates are WGS 84, in degrees, longitude first;
distances are in metres on a sphere.
"""

import gzip
import math
from array import array
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from tracker.lib.geo.sphere import EARTH_RADIUS_M, distance_m

FILE = Path(__file__).resolve().parent / "data" / "places.tsv.gz"
REACH_M = 300_000  # past this no town is called near
IN_TOWN_M = 1_000  # this near to a town's centre is "in" it
FIRST_LOOK_M = 20_000
ROWS, COLUMNS = 180, 360  # of cells of one degree: rows from the south pole, columns from -180
WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


class Place(NamedTuple):
    """A town, and how far its centre is from the point that was asked about."""

    name: str
    country: str
    longitude: float
    latitude: float
    distance_m: float


class Gazetteer:
    """The towns of the file: coordinates in arrays, names left as the bytes they came in, cells as ranges of rows.

    About 4 MB in memory. The file is sorted by cell, so a cell, or a run of cells in one row, is a range of lines.
    """

    def __init__(self, text: bytes):
        self.text = text
        self.starts = array("I", [0])  # of each line in the text
        self.longitudes, self.latitudes = array("d"), array("d")
        counts = array("I", bytes(4 * (ROWS * COLUMNS + 1)))
        end = 0
        for line in text.splitlines(keepends=True):
            _name, _country, longitude, latitude = line.split(b"\t")
            self.longitudes.append(float(longitude))
            self.latitudes.append(float(latitude))
            end += len(line)
            self.starts.append(end)
            row, column = row_of(self.latitudes[-1]), column_of(self.longitudes[-1])
            counts[row * COLUMNS + column + 1] += 1
        self.first = array("I", accumulate(counts))  # the number of the first line of each cell

    def nearest(self, longitude: float, latitude: float, reach_m: float) -> Place | None:
        """Looks in a circle, and in one of twice the radius until there is a town in it, or the reach is passed."""
        radius_m = min(FIRST_LOOK_M, reach_m)
        while True:
            lines = self.lines_around(longitude, latitude, radius_m)
            distances = ((distance_m(longitude, latitude, self.longitudes[n], self.latitudes[n]), n) for n in lines)
            distance, line = min(distances, default=(math.inf, -1))
            if distance <= radius_m:
                return self.place(line, distance)
            if radius_m >= reach_m:
                return None
            radius_m = min(radius_m * 2, reach_m)

    def lines_around(self, longitude: float, latitude: float, radius_m: float) -> Iterator[int]:
        """The lines of all cells that a circle may touch; its bounding box is taken on the sphere."""
        angle = math.degrees(radius_m / EARTH_RADIUS_M)
        south, north = row_of(latitude - angle), row_of(latitude + angle)
        for west, east in columns_around(longitude, latitude, radius_m):
            for row in range(south, north + 1):
                yield from range(self.first[row * COLUMNS + west], self.first[row * COLUMNS + east + 1])

    def place(self, line: int, distance: float) -> Place:
        fields = self.text[self.starts[line] : self.starts[line + 1]].decode().split("\t")
        return Place(fields[0], fields[1], self.longitudes[line], self.latitudes[line], distance)


def row_of(latitude: float) -> int:
    return min(max(math.floor(latitude) + 90, 0), ROWS - 1)


def column_of(longitude: float) -> int:
    return (math.floor(longitude) + 180) % COLUMNS


def columns_around(longitude: float, latitude: float, radius_m: float) -> list[tuple[int, int]]:
    """First and last columns that a circle may touch: one run of them, or two where it crosses the antimeridian.

    Source: J. P. Matuschek, "Finding points within a distance of a latitude/longitude using bounding coordinates",
    section 3: a circle of angular radius r around latitude φ spans asin(sin r / cos φ) of longitude to each side, and
    all longitudes if a pole is in it.
    """
    angle = radius_m / EARTH_RADIUS_M
    phi = math.radians(abs(latitude))
    if phi + angle >= math.pi / 2:
        return [(0, COLUMNS - 1)]
    spread = math.degrees(math.asin(math.sin(angle) / math.cos(phi)))
    if spread >= 179:
        return [(0, COLUMNS - 1)]
    west, east = column_of(longitude - spread), column_of(longitude + spread)
    return [(west, east)] if west <= east else [(west, COLUMNS - 1), (0, east)]


def wind(longitude1: float, latitude1: float, longitude2: float, latitude2: float) -> str:
    """In which of eight directions the second point lies from the first: the initial bearing of the great circle."""
    phi1, phi2 = math.radians(latitude1), math.radians(latitude2)
    dlambda = math.radians(longitude2 - longitude1)
    east = math.sin(dlambda) * math.cos(phi2)
    north = math.cos(phi1) * math.sin(phi2) - math.sin(phi1) * math.cos(phi2) * math.cos(dlambda)
    return WINDS[round(math.degrees(math.atan2(east, north)) / 45) % 8]


lock = Lock()


@cache
def load() -> Gazetteer:
    return Gazetteer(gzip.decompress(FILE.read_bytes()))


def gazetteer() -> Gazetteer:
    """The towns, read when they are first asked for; the lock keeps a second thread from reading them again."""
    with lock:
        return load()


def nearest(longitude: float, latitude: float, reach_m: float = REACH_M) -> Place | None:
    """The town nearest to a point (degrees), or None if there is none within *reach_m* metres.

    Raises ValueError if the latitude is not within ±90 or a number is not finite; longitudes may go around.
    """
    if not (math.isfinite(longitude) and -90 <= latitude <= 90):
        raise ValueError(f"not a place on Earth: longitude {longitude}, latitude {latitude}")
    return gazetteer().nearest(longitude, latitude, reach_m)


def describe(longitude: float, latitude: float) -> str:
    """The place in words: ``in Brest, France``, ``3 km north-east of Brest, France``, or nothing far from any town."""
    town = nearest(longitude, latitude)
    if town is None:
        return ""
    if town.distance_m <= IN_TOWN_M:
        return f"in {town.name}, {town.country}"
    direction = wind(town.longitude, town.latitude, longitude, latitude)
    return f"{town.distance_m / 1000:.0f} km {direction} of {town.name}, {town.country}"
