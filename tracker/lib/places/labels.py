"""Names for the packaged map, offline: the largest towns in a view, so spread that their names have room.

From the same extract of GeoNames as ``places.py``; the largest is the one with the most people.
"""

import gzip
import math
from array import array
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from threading import Lock
from typing import NamedTuple

from tracker.lib.places import nearest
from tracker.lib.places.names import FILE

SHOWN = 60
MOST_ZOOM = 22
ROOM_PX = (96, 32)  # of the map, for one name
FEW = 14_000  # so many towns are looked at one by one; of more, it takes longer than going down the order
LOOKED_AT = 3_000  # of more towns than that in the view, the largest

Box = tuple[float, float, float, float]  # west, south, east, north, in degrees


class Label(NamedTuple):
    name: str
    longitude: float
    latitude: float


class Labels:
    """The towns by how large they are: *order* has their numbers, the largest first, and *ranks* the way back."""

    def __init__(self, towns: nearest.Gazetteer, people: Iterable[int]):
        self.towns = towns
        counted = list(people)
        self.order = array("I", sorted(range(len(counted)), key=lambda number: -counted[number]))
        self.ranks = array("I", bytes(4 * len(counted)))
        for rank, number in enumerate(self.order):
            self.ranks[number] = rank

    def largest(self, boxes: list[Box], zoom: int) -> list[Label]:
        """At most ``SHOWN``, the largest first; of those whose names would meet at this zoom, the largest."""
        kept: dict[tuple[int, int], int] = {}
        for number in self.candidates(boxes):
            kept.setdefault(self.room(number, zoom), number)
            if len(kept) == SHOWN:
                break
        return [Label(town.name, town.longitude, town.latitude) for town in map(self.town, kept.values())]

    def candidates(self, boxes: list[Box]) -> Iterator[int]:
        """The numbers of the towns in the boxes, the largest first.

        Where the cells that the boxes touch hold few, those are looked at. Where they hold many, down the order until
        enough are found, which does not take long when many of all towns are in the boxes.
        """
        runs = [run for box in boxes for run in self.runs(box)]
        if sum(map(len, runs)) <= FEW:
            near = {number for run in runs for number in run if self.is_within(number, boxes)}
            yield from sorted(near, key=self.ranks.__getitem__)
        else:
            yield from islice((number for number in self.order if self.is_within(number, boxes)), LOOKED_AT)

    def runs(self, box: Box) -> Iterator[range]:
        west, south, east, north = box
        first, last = (min(math.floor(longitude) + 180, nearest.COLUMNS - 1) for longitude in (west, east))
        for row in range(nearest.row_of(south), nearest.row_of(north) + 1):
            start = row * nearest.COLUMNS
            yield range(self.towns.first[start + first], self.towns.first[start + last + 1])

    def is_within(self, number: int, boxes: list[Box]) -> bool:
        x, y = self.towns.longitudes[number], self.towns.latitudes[number]
        return any(west <= x <= east and south <= y <= north for west, south, east, north in boxes)

    def room(self, number: int, zoom: int) -> tuple[int, int]:
        """The piece of the map, in the web Mercator projection, that a town's name takes."""
        world_px = 256 * 2**zoom
        phi = math.radians(min(max(self.towns.latitudes[number], -85), 85))
        x = (self.towns.longitudes[number] + 180) / 360
        y = (1 - math.asinh(math.tan(phi)) / math.pi) / 2
        return int(x * world_px // ROOM_PX[0]), int(y * world_px // ROOM_PX[1])

    def town(self, number: int) -> nearest.Place:
        return self.towns.place(number, 0)


lock = Lock()


@cache
def load() -> Labels:
    lines = gzip.decompress(FILE.read_bytes()).splitlines()
    return Labels(nearest.gazetteer(), (int(line.split(b"\t", 1)[0]) for line in lines))


def largest(boxes: list[Box], zoom: int) -> list[Label]:
    """The largest towns in these boxes for a map at this zoom, at most ``SHOWN``, the largest first."""
    with lock:  # a second thread waits while they are read
        labels = load()
    return labels.largest(boxes, zoom)
