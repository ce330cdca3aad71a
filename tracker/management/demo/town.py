"""The areas of Port Merrin, drawn in kilometres along the coast and inland, and turned into degrees.

The town's frame: x runs along the coast to the north-north-east, y inland; the coast is y = 0 and the sea lies below.
It follows the straight coast that the offline basemap (Natural Earth, 1:50 million) has there, so that the harbour is
at the water's edge whatever the zoom.
"""

import math
import random
from collections.abc import Callable, Iterable
from typing import cast

from django.contrib.gis.geos import LineString, MultiPolygon, Point, Polygon

from tracker.lib.geo.geometry import SRID
from tracker.models.severity import Severity

NAME = "Port Merrin"
COAST = ((-2.25902, 56.86342), (-2.08982, 57.10299))  # two neighbouring points of Natural Earth's coastline
CENTRE = ((COAST[0][0] + COAST[1][0]) / 2, (COAST[0][1] + COAST[1][1]) / 2)
KM_PER_DEGREE = 111.2  # of latitude, and of longitude at the equator: right to 0.3 %, enough for an invented town

URGENT, HIGH, MEDIUM, LOW, INFO = Severity
Position = tuple[float, float]
Shape = Polygon | MultiPolygon


# --- the frame -----------------------------------------------------------------------------------------------------


def _along_coast() -> Position:
    """The unit vector of x: kilometres to the east and to the north."""
    east = (COAST[1][0] - COAST[0][0]) * math.cos(math.radians(CENTRE[1]))
    north = COAST[1][1] - COAST[0][1]
    return east / math.hypot(east, north), north / math.hypot(east, north)


EAST, NORTH = _along_coast()


def degrees(x: float, y: float) -> Position:
    """Longitude and latitude of a position in the town's frame (km); inland is to the left of the coast's direction."""
    east, north = x * EAST - y * NORTH, x * NORTH + y * EAST
    return (
        round(CENTRE[0] + east / KM_PER_DEGREE / math.cos(math.radians(CENTRE[1])), 6),
        round(CENTRE[1] + north / KM_PER_DEGREE, 6),
    )


def on_earth(shape: Shape) -> Shape:
    """A shape of the town's frame in degrees."""
    if isinstance(shape, MultiPolygon):
        return MultiPolygon([polygon_on_earth(cast(Polygon, part)) for part in shape], srid=SRID)
    return polygon_on_earth(shape)


def polygon_on_earth(shape: Polygon) -> Polygon:
    return Polygon(*[[degrees(x, y) for x, y in ring.coords] for ring in shape], srid=SRID)


# --- shapes, in kilometres -----------------------------------------------------------------------------------------


def drawn(*corners: Position) -> Polygon:
    return Polygon([*corners, corners[0]])


def blob(x: float, y: float, radius: float, wide: float = 1.0, seed: int = 0) -> Polygon:
    """An uneven round outline, such as somebody draws around a school; *wide* stretches it along the coast."""
    dice, corners = random.Random(seed), 14
    outline = []
    for n in range(corners):
        angle, reach = 2 * math.pi * n / corners, radius * dice.uniform(0.8, 1.15)
        outline.append((x + wide * reach * math.cos(angle), y + reach * math.sin(angle)))
    return drawn(*outline)


def corridor(width: float, *points: Position) -> Polygon:
    """A strip along a line, *width* km to each side."""
    return cast(Polygon, LineString(points).buffer(width, quadsegs=3))


def ring(x: float, y: float, inner: float, outer: float) -> Polygon:
    """A round zone without its middle."""
    return cast(Polygon, Point(x, y).buffer(outer, quadsegs=6).difference(Point(x, y).buffer(inner, quadsegs=6)))


def parts(*shapes: Polygon) -> MultiPolygon:
    return MultiPolygon(shapes)


# --- the map -------------------------------------------------------------------------------------------------------

RIVER = [(2.6, 11), (2.0, 9), (2.5, 7.2), (1.4, 5.6), (1.7, 4.2), (0.7, 3.0), (0.9, 1.8), (0.4, 0.8), (0.5, -0.1)]
RAILWAY = [(-9, 1.9), (-5, 2.9), (-2.2, 2.6), (0.2, 2.9), (2.6, 2.7), (5.4, 2.5), (9, 2.0)]
BYPASS = [(-9, 5.6), (-5.5, 6.1), (-2, 7.6), (1.5, 8.2), (5, 7.4), (9, 5.8)]

DISTRICTS: list[tuple[str, Severity, Shape]] = [
    (
        "Old Town",
        HIGH,
        drawn((-1.6, 0.15), (0.25, 0.1), (0.3, 0.8), (0.75, 1.8), (0.4, 2.4), (-0.6, 2.3), (-1.5, 1.7), (-1.9, 0.9)),
    ),
    ("Quayside", HIGH, drawn((0.65, 0.1), (2.2, 0.15), (2.4, 0.9), (2.1, 1.6), (1.2, 1.9), (0.75, 0.9))),
    ("Westgate", HIGH, drawn((-0.6, 2.3), (0.4, 2.4), (0.6, 3.0), (1.4, 4.2), (0.6, 4.9), (-0.8, 4.6), (-1.4, 3.5))),
    ("Castle Hill", HIGH, drawn((-1.5, 1.7), (-0.6, 2.3), (-1.4, 3.5), (-2.6, 3.4), (-3.1, 2.4), (-1.9, 0.9))),
    ("Southfield", URGENT, drawn((-4.6, 0.2), (-1.6, 0.15), (-1.9, 0.9), (-3.1, 2.4), (-4.4, 2.0), (-5.0, 1.1))),
    ("Braehead", URGENT, drawn((-4.4, 2.0), (-3.1, 2.4), (-2.6, 3.4), (-3.0, 4.8), (-4.6, 4.9), (-5.4, 3.4))),
    ("Millbank", HIGH, drawn((1.2, 1.9), (2.1, 1.6), (3.2, 2.2), (3.3, 3.6), (1.9, 4.1), (0.95, 3.0))),
    ("Northshore", HIGH, drawn((2.2, 0.15), (5.2, 0.2), (5.6, 1.3), (4.6, 2.1), (3.2, 2.2), (2.1, 1.6), (2.4, 0.9))),
    ("Kirkton", URGENT, drawn((3.3, 3.6), (3.2, 2.2), (4.6, 2.1), (5.6, 1.3), (6.3, 2.4), (5.7, 3.9), (4.4, 4.4))),
    ("Garden Village", URGENT, drawn((1.9, 4.1), (3.3, 3.6), (4.4, 4.4), (4.2, 5.8), (2.6, 6.3), (1.6, 5.4))),
    ("Highmuir", HIGH, drawn((-0.8, 4.6), (0.6, 4.9), (1.2, 5.6), (1.8, 6.8), (0.2, 7.4), (-1.6, 6.6), (-1.9, 5.3))),
    ("University Park", HIGH, drawn((-3.0, 4.8), (-2.6, 3.4), (-1.4, 3.5), (-0.8, 4.6), (-1.9, 5.3), (-2.8, 5.6))),
]

PLACES: list[tuple[str, Severity, Shape]] = [
    (
        "Inner Harbour",
        MEDIUM,
        drawn((0.2, -0.25), (1.0, -0.3), (1.15, 0.05), (1.9, 0.0), (1.9, 0.3), (0.95, 0.35), (0.3, 0.2)),
    ),
    ("Harbour Approaches", MEDIUM, drawn((-0.8, -0.1), (1.9, -0.1), (2.5, -1.4), (0.6, -2.3), (-1.4, -1.3))),
    ("Container Terminal", MEDIUM, drawn((2.1, -0.35), (3.4, -0.3), (3.5, 0.15), (2.9, 0.22), (2.2, 0.12))),
    ("Ferry Terminal", MEDIUM, drawn((1.2, -0.08), (1.8, -0.05), (1.75, 0.42), (1.4, 0.5), (1.15, 0.32))),
    ("South Anchorage", LOW, blob(-3.0, -3.2, 1.2, wide=1.5, seed=1)),
    ("Skerry Wind Farm", HIGH, drawn((3.4, -4.2), (5.6, -3.7), (7.1, -4.6), (6.6, -6.3), (4.2, -6.6), (3.1, -5.5))),
    ("Southfield Beach", MEDIUM, corridor(0.14, (-4.7, 0.0), (-3.2, 0.05), (-1.9, 0.02))),
    ("River Merrin", MEDIUM, corridor(0.13, *RIVER)),
    ("Merrin Flood Zone", LOW, corridor(0.45, *RIVER[3:])),
    (
        "Coastal Flood Zone",
        LOW,
        drawn((-1.8, -0.05), (2.2, -0.05), (5.3, 0.0), (5.3, 0.3), (2.3, 0.55), (0.4, 0.6), (-1.9, 0.4)),
    ),
    ("Coast Line Railway", MEDIUM, corridor(0.1, *RAILWAY)),
    ("Central Station", MEDIUM, blob(0.15, 2.88, 0.24, wide=1.6, seed=2)),
    ("Bypass A92", HIGH, corridor(0.12, *BYPASS)),
    ("Highmuir Junction", MEDIUM, blob(0.4, 8.0, 0.5, wide=1.3, seed=3)),
    ("Merrin General Hospital", LOW, blob(-2.3, 4.35, 0.36, seed=4)),
    ("Harbour Primary School", LOW, blob(-0.9, 1.25, 0.16, seed=5)),
    ("Braehead Primary School", LOW, blob(-4.0, 3.4, 0.18, seed=6)),
    ("Kirkton Primary School", LOW, blob(4.9, 3.1, 0.17, seed=7)),
    ("Northshore Academy", LOW, blob(3.7, 1.4, 0.25, wide=1.2, seed=8)),
    ("University Campus", MEDIUM, blob(-1.6, 4.55, 0.4, wide=1.3, seed=9)),
    (
        "Altmuir Industrial Estate",
        MEDIUM,
        drawn((6.6, 2.9), (8.2, 2.5), (8.9, 3.6), (8.4, 5.0), (7.0, 5.2), (6.3, 4.1)),
    ),
    ("Altmuir Chemical Works", INFO, blob(7.7, 3.9, 0.35, seed=10)),
    ("Chemical Works Outer Zone", HIGH, ring(7.7, 3.9, 0.45, 1.9)),
    ("Grangeburn Power Station", LOW, drawn((6.2, 0.25), (7.4, 0.2), (7.6, 0.8), (7.0, 1.15), (6.1, 0.9))),
    ("Merrin Airfield", LOW, drawn((-8.4, 7.7), (-6.4, 8.9), (-5.8, 8.8), (-5.9, 8.3), (-7.9, 7.1), (-8.5, 7.2))),
    ("Airfield Approach", HIGH, drawn((-5.9, 8.8), (-5.7, 8.4), (-2.2, 9.6), (-3.0, 11.2))),
    ("Links Park Stadium", MEDIUM, blob(4.4, 0.8, 0.22, wide=1.3, seed=11)),
    ("Old Town Market", MEDIUM, drawn((-0.75, 0.75), (-0.2, 0.7), (-0.1, 1.1), (-0.35, 1.3), (-0.8, 1.15))),
    ("Bellfield Shopping Centre", MEDIUM, drawn((2.2, 4.6), (2.9, 4.4), (3.2, 4.9), (2.7, 5.3), (2.2, 5.1))),
    (
        "Merrin Dunes Reserve",
        MEDIUM,
        parts(blob(-6.4, 0.5, 0.45, wide=2.2, seed=12), blob(-8.4, 0.6, 0.4, wide=1.6, seed=13)),
    ),
    ("Loch Altmuir Reservoir", LOW, blob(5.9, 9.6, 0.8, wide=1.5, seed=14)),
    (
        "Care Homes",
        LOW,
        parts(blob(-3.6, 1.4, 0.12, seed=15), blob(3.9, 4.0, 0.12, seed=16), blob(-0.4, 6.0, 0.13, seed=17)),
    ),
    ("Festival Ground", MEDIUM, blob(-2.1, 2.6, 0.35, wide=1.4, seed=18)),
]

# Drawn so many days ago; the others were there before the first incident.
LATER = {"Coastal Flood Zone": 0.4, "Festival Ground": 6, "Airfield Approach": 34, "Merrin Dunes Reserve": 55}


def areas() -> Iterable[tuple[str, Severity, Shape]]:
    """Name, threshold and shape (degrees) of every area."""
    for name, severity, shape in DISTRICTS + PLACES:
        yield name, severity, on_earth(shape)


def finder(name: str) -> Callable[[random.Random], Position]:
    """A function that draws a random position (degrees) in the area of that name."""
    shapes = {each: shape for each, _severity, shape in DISTRICTS + PLACES}
    shape = shapes[name]
    prepared, (west, south, east, north) = shape.prepared, shape.extent

    def position(dice: random.Random) -> Position:
        while True:
            x, y = dice.uniform(west, east), dice.uniform(south, north)
            if prepared.contains(Point(x, y)):
                return degrees(x, y)

    return position
