"""Areas across the antimeridian: which way an edge goes, and cutting them there (RFC 7946, section 3.1.9).

From 177 to -177 degrees it is six degrees across the antimeridian, and not 354 round the Earth: files that have not cut
such a shape are common. An edge from -180 to 180 exactly does go along the whole world, as where Antarctica is closed
along the pole. Where a longitude is beyond ±180, whoever wrote the shape has counted on, and no edge jumps.
"""

from collections.abc import Iterator
from itertools import pairwise

from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Polygon
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.lib.geo.polygons import SRID, polygonal, polygons_of
from tracker.lib.geo.refusal import fail
from tracker.lib.geo.repair import make_valid

Position = tuple[float, float]
Ring = list[Position]  # closed
TURN = 360
WHICH_POLE = gettext_lazy("The shape goes round the Earth, and it cannot be told which pole lies in it.")
GRID = 2.0**-43  # of a degree: as fine as floats are between 256 and 1024, and a hundredth of a micrometre


# --- which way an edge goes ----------------------------------------------------------------------------------------


def short_way(rings: list[Ring]) -> list[Ring] | None:
    """The rings of a polygon, no edge longer than half a turn, longitudes up to ±360; None if no edge jumps.

    Raises ValidationError with a sentence if it cannot be told what is meant.
    """
    if not any(jumps(ring) for ring in rings):
        return None
    shell, *holes = [unwrapped(ring) if jumps(ring) else ring for ring in outermost_first(rings)]
    return [shell, *(moved for hole in holes for moved in where_it_meets(hole, shell))]


def jumps(ring: Ring) -> bool:
    """Whether an edge of this ring is meant to cross the antimeridian, and is written as if it went the long way."""
    long = [edge for edge in pairwise(ring) if is_long(*edge)]
    if not long:
        return False
    if any({edge[0][0], edge[1][0]} != {-180, 180} for edge in long):
        return True
    # From 180 to -180 and back again on the same ring, with land on both sides: a point that is written in two ways.
    west, east = span(continuous(ring))
    is_closed = continuous(ring)[-1][0] == ring[0][0]
    return is_closed and any(west < meridian < east for meridian in (-180, 180))


def outermost_first(rings: list[Ring]) -> list[Ring]:
    """Of two rings round a pole what is meant lies between them, whichever is called the hole."""
    if not goes_round(rings[0]):
        return rings
    around = [ring for ring in rings if goes_round(ring)]
    if len({pole_in(ring) for ring in around}) > 1:
        fail(str(WHICH_POLE))
    outermost = min(around, key=lambda ring: min(abs(latitude) for _longitude, latitude in ring))
    return [outermost, *(ring for ring in rings if ring is not outermost)]


def goes_round(ring: Ring) -> bool:
    return jumps(ring) and continuous(ring)[-1][0] != ring[0][0]


def is_long(start: Position, end: Position) -> bool:
    return abs(end[0] - start[0]) > TURN / 2


def continuous(ring: Ring) -> Ring:
    """The ring from its first position on, each longitude counted on from the one before it."""
    way, turn = [ring[0]], 0
    for start, end in pairwise(ring):
        if is_long(start, end):
            turn += TURN if end[0] < start[0] else -TURN
        way.append((end[0] + turn, end[1]))
    return way


def unwrapped(ring: Ring) -> Ring:
    way = continuous(ring)
    if way[-1][0] != way[0][0]:
        way = around_the_pole(ring)
    west, east = span(way)
    turn = round((west + east) / 2 / TURN) * TURN
    west, east = west - turn, east - turn
    if west < -TURN or east > TURN:
        fail(_("The shape goes round the Earth more than once."))
    return [(longitude - turn, latitude) for longitude, latitude in way]


def around_the_pole(ring: Ring) -> Ring:
    """A ring that goes once round the Earth, closed along the pole."""
    pole = pole_in(ring)
    # On this grid a turn more is as exact: both ends of the ring meet without a gap.
    corners = [(round(longitude / GRID) * GRID, latitude) for longitude, latitude in ring[:-1]]
    # From its nearest point to the pole and back no edge is in the way.
    nearest = max(range(len(corners)), key=lambda n: corners[n][1] * pole)
    way = continuous([*corners[nearest:], *corners[: nearest + 1]])
    if abs(way[-1][0] - way[0][0]) > TURN:
        fail(_("The shape goes round the Earth more than once."))
    return [*way, (way[-1][0], pole), (way[0][0], pole), way[0]]


def pole_in(ring: Ring) -> float:
    """The latitude of the pole in a ring round the Earth: the one on its side of the equator."""
    latitudes = [latitude for _longitude, latitude in ring]
    if min(latitudes) >= 0 < max(latitudes):
        return 90.0
    if max(latitudes) <= 0 > min(latitudes):
        return -90.0
    fail(str(WHICH_POLE))


def where_it_meets(hole: Ring, shell: Ring) -> Iterator[Ring]:
    """The hole, turned round the Earth to where the shell is, which may be on both sides of it."""
    (west, east), (shell_west, shell_east) = span(hole), span(shell)
    overlaps = [turn for turn in (-TURN, 0, TURN) if west + turn < shell_east and east + turn > shell_west]
    touches = [turn for turn in (-TURN, 0, TURN) if west + turn <= shell_east and east + turn >= shell_west]
    for turn in overlaps or touches or [0]:
        yield [(longitude + turn, latitude) for longitude, latitude in hole]


def span(ring: Ring) -> tuple[float, float]:
    longitudes = [longitude for longitude, _latitude in ring]
    return min(longitudes), max(longitudes)


def unambiguous(geometry: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """A stored area so that it is read again as it is: an edge over more than half a turn has a point in its middle."""
    west, _south, east, _north = geometry.extent
    if east - west <= TURN / 2:
        return geometry
    polygons = [[halved(ring) for ring in polygon.coords] for polygon in polygons_of(geometry)]
    if [tuple(rings) for rings in polygons] == [polygon.coords for polygon in polygons_of(geometry)]:
        return geometry
    divided = polygonal(MultiPolygon([Polygon(*rings, srid=SRID) for rings in polygons], srid=SRID))
    return divided if divided.valid else geometry


def halved(ring: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
    positions: Ring = [(longitude, latitude) for longitude, latitude in ring]
    if not jumps(positions):
        return ring
    way = positions[:1]
    for start, end in pairwise(positions):
        if is_long(start, end):
            way.append(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
        way.append(end)
    return tuple(way)


# --- cutting -------------------------------------------------------------------------------------------------------


def cut_at_antimeridian(geometry: GEOSGeometry) -> Polygon | MultiPolygon:
    """Longitudes up to ±360 brought into [-180, 180]: the parts beyond ±180 are cut off and moved by a full turn."""
    parts: list[Polygon] = []
    for turn in (-TURN, 0, TURN):
        window = Polygon.from_bbox((turn - 180, -90, turn + 180, 90))
        piece = geometry.intersection(window)
        parts += [shifted(polygon, -turn) for polygon in polygons_of(piece)]
    if not parts:
        fail(_("The shape has no area."))
    # Parts from different turns may overlap.
    return without_rounding(polygonal(MultiPolygon(parts, srid=SRID).unary_union))


def without_rounding(geometry: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """The area without what cutting and joining added by rounding: longitudes beyond ±180 in their last digit."""
    for _attempt in range(3):  # putting them back can break the shape, and repairing that can round again
        west, _south, east, _north = geometry.extent
        if west >= -180 and east <= 180 and geometry.valid:
            return geometry
        geometry = polygonal(make_valid(MultiPolygon([within_range(p) for p in polygons_of(geometry)], srid=SRID)))
    raise GEOSException("Cut at the antimeridian, the shape cannot be made valid.")


def shifted(polygon: Polygon, degrees: float) -> Polygon:
    if not degrees:
        return polygon
    return Polygon(*[[(x + degrees, y) for x, y in ring.coords] for ring in polygon], srid=SRID)


def within_range(polygon: Polygon) -> Polygon:
    return Polygon(*[[(min(max(x, -180.0), 180.0), y) for x, y in ring.coords] for ring in polygon], srid=SRID)
