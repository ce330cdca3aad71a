"""Geometry from outside: checked before GEOS sees it, and brought into the one form that Tracker stores.

Stored geometry is WGS 84 (EPSG:4326), longitude first, 2D, in degrees. Longitudes lie in (-180, 180] for points and in
[-180, 180] for areas; an area drawn across the antimeridian is cut there, as RFC 7946, section 3.1.9 asks. Areas are
valid polygons or multipolygons (OGC Simple Features), repaired by GEOS ``make_valid`` where they came broken.
"""

import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn, cast

from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Point, Polygon, WKBWriter
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tracker.lib.geo.repair import make_valid

SRID = 4326
MAX_BYTES = 4 * 1024 * 1024
MAX_VERTICES = 100_000
MAX_DEPTH = 12  # of nested JSON; a multipolygon in a feature in a collection needs 8
AREA_TYPES = ("Polygon", "MultiPolygon")


def fail(sentence: str) -> NoReturn:
    raise ValidationError(sentence, code="invalid_geometry")


# --- text -> JSON --------------------------------------------------------------------------------------------------


def load(text: str | bytes) -> object:
    """GeoJSON text as Python values; refuses what is too large, too deep, or not JSON (so neither NaN nor Infinity)."""
    if len(text) > MAX_BYTES:
        fail(_("The geometry is too large: at most %(size)d MB.") % {"size": MAX_BYTES // 1024**2})
    try:
        value = json.loads(text, parse_constant=lambda name: fail(_("Coordinates must be finite numbers.")))
    except (ValueError, RecursionError):
        fail(_("This is not valid GeoJSON: it cannot be read as JSON."))
    if depth_of(value) > MAX_DEPTH:
        fail(_("The geometry is nested too deeply."))
    return value


def depth_of(value: object) -> int:
    """How deep lists and objects are nested; counted level by level, so that depth cannot overflow the stack."""
    depth, level = 0, [value]
    while level := [v for v in level if isinstance(v, list | dict)]:
        depth += 1
        if depth > MAX_DEPTH:
            break
        level = [child for v in level for child in (v.values() if isinstance(v, dict) else v)]
    return depth


def bare_geometry(value: object) -> dict[str, Any]:
    """The geometry object of a GeoJSON geometry, Feature, or FeatureCollection of one feature."""
    if not isinstance(value, dict):
        fail(_("This is not a GeoJSON object."))
    if "crs" in value:
        fail(_("A “crs” member is not accepted: coordinates must be WGS 84, longitude first (RFC 7946)."))
    if value.get("type") == "FeatureCollection":
        features = value.get("features")
        if not isinstance(features, list) or len(features) != 1:
            fail(_("Give one feature; this collection does not hold exactly one."))
        return bare_geometry(features[0])
    if value.get("type") == "Feature":
        return bare_geometry(value.get("geometry"))
    return value


# --- JSON -> geometry ----------------------------------------------------------------------------------------------


def point_from_geojson(value: object) -> Point:
    """A stored point from parsed GeoJSON. Raises ValidationError with a sentence."""
    geometry = bare_geometry(value)
    if geometry.get("type") != "Point":
        fail(_("A point is needed, not “%(type)s”.") % {"type": name_of(geometry)})
    return normal_point(Point(*position(geometry.get("coordinates")), srid=SRID))


def area_from_geojson(value: object) -> Polygon | MultiPolygon:
    """A stored polygon or multipolygon from parsed GeoJSON. Raises ValidationError with a sentence."""
    geometry = bare_geometry(value)
    if geometry.get("type") not in AREA_TYPES:
        fail(_("A polygon or a multipolygon is needed, not “%(type)s”.") % {"type": name_of(geometry)})
    coordinates = geometry.get("coordinates")
    polygons = coordinates if geometry["type"] == "MultiPolygon" else [coordinates]
    if not isinstance(polygons, list) or not polygons:
        fail(_("The geometry is empty."))
    budget = MAX_VERTICES
    parts = []
    for rings in polygons:
        if not isinstance(rings, list) or not rings:
            fail(_("The geometry is empty."))
        checked = []
        for ring in rings:
            if not isinstance(ring, list):
                fail(_("A ring of the polygon is not a list of positions."))
            budget -= len(ring)
            if budget < 0:
                fail(_("The geometry has too many points: at most %(count)d.") % {"count": MAX_VERTICES})
            checked.append(closed_ring([position(p) for p in ring]))
        parts.append(Polygon(*checked, srid=SRID))
    return normal_area(parts[0] if len(parts) == 1 else MultiPolygon(parts, srid=SRID))


def name_of(geometry: dict[str, Any]) -> str:
    name = str(geometry.get("type"))[:40]
    return name.encode(errors="replace").decode()  # a lone surrogate is JSON, but no page with it can be encoded


def position(value: object) -> tuple[float, float]:
    """(longitude, latitude) in degrees; a third number (the depth or height) is dropped."""
    if not isinstance(value, list) or len(value) < 2 or len(value) > 4:
        fail(_("A position must be a list of two numbers: longitude and latitude."))
    if any(isinstance(n, bool) or not isinstance(n, int | float) for n in value[:2]):
        fail(_("Coordinates must be numbers."))
    try:
        longitude, latitude = float(value[0]), float(value[1])
    except OverflowError:
        fail(_("Coordinates must be finite numbers."))
    check_range(longitude, latitude)
    return longitude, latitude


def check_range(longitude: float, latitude: float) -> None:
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        fail(_("Coordinates must be finite numbers."))
    if not -90 <= latitude <= 90:
        fail(_("A latitude of %(value)s is out of range: -90 to 90 degrees.") % {"value": f"{latitude:g}"})
    if not -360 <= longitude <= 360:
        fail(_("A longitude of %(value)s is out of range: -180 to 180 degrees.") % {"value": f"{longitude:g}"})


def closed_ring(positions: list[tuple[float, float]]) -> list[tuple[float, float]]:
    if positions and positions[0] != positions[-1]:
        positions = [*positions, positions[0]]
    if len(positions) < 4:
        fail(_("A ring of a polygon needs at least three different points."))
    return positions


# --- the stored form -----------------------------------------------------------------------------------------------


def normal_point(point: Point) -> Point:
    """The same place with its longitude in (-180, 180]."""
    if point.empty:
        fail(_("The point is empty."))
    longitude, latitude = point.x, point.y
    check_range(longitude, latitude)
    if longitude > 180:
        longitude -= 360
    elif longitude <= -180:
        longitude += 360
    if longitude <= -180:  # -360 degrees and nearly: once around
        longitude += 360
    return Point(longitude, latitude, srid=SRID)


def normal_area(geometry: GEOSGeometry) -> Polygon | MultiPolygon:
    """The same area, 2D, valid, and cut at the antimeridian; unchanged if it already is all that."""
    if geometry.empty:
        fail(_("The geometry is empty."))
    west, south, east, north = geometry.extent
    check_range(west, south)
    check_range(east, north)
    # Anything but a flat valid polygon within the range goes through GEOS.
    if geometry.geom_type not in AREA_TYPES or geometry.hasz or not usable(geometry) or west < -180 or east > 180:
        geometry = repaired(geometry)
    geometry.srid = SRID
    return cast(Polygon | MultiPolygon, geometry)


def usable(geometry: GEOSGeometry) -> bool:
    """Valid, and of an area that is not lost in rounding."""
    return geometry.valid and geometry.area > 0


def repaired(geometry: GEOSGeometry) -> Polygon | MultiPolygon:
    try:
        geometry = polygonal(make_valid(flat(geometry)))
        west, south, east, north = geometry.extent  # again: what was a hole outside the shell may be a part now
        check_range(west, south)
        check_range(east, north)
        if west < -180 or east > 180:
            geometry = cut_at_antimeridian(geometry)
    except GEOSException:
        fail(_("The shape crosses itself in a way that cannot be repaired. Simplify it."))
    return geometry


def flat(geometry: GEOSGeometry) -> GEOSGeometry:
    """The geometry without its third dimension."""
    if not geometry.hasz:
        return geometry
    return GEOSGeometry(WKBWriter(dim=2).write(geometry), srid=SRID)


def polygonal(geometry: GEOSGeometry) -> Polygon | MultiPolygon:
    """The polygons of any geometry; lines and points, which ``make_valid`` may leave behind, have no area."""
    polygons = list(polygons_of(geometry))
    if not polygons:
        fail(_("The shape has no area."))
    if len(polygons) == 1:
        return polygons[0]
    return MultiPolygon(polygons, srid=SRID)


def polygons_of(geometry: GEOSGeometry) -> Iterable[Polygon]:
    if geometry.geom_type == "Polygon":
        if not geometry.empty and geometry.area > 0:
            yield cast(Polygon, geometry.clone())
    elif geometry.geom_type in {"MultiPolygon", "GeometryCollection"}:
        for part in cast(Iterable[GEOSGeometry], geometry):
            yield from polygons_of(part)


def cut_at_antimeridian(geometry: GEOSGeometry) -> Polygon | MultiPolygon:
    """Longitudes up to ±360 brought into [-180, 180]: the parts beyond ±180 are cut off and moved by a full turn."""
    parts: list[Polygon] = []
    for turn in (-360, 0, 360):
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
        geometry = polygonal(MultiPolygon([within_range(p) for p in polygons_of(geometry)], srid=SRID).make_valid())
    raise GEOSException("Cut at the antimeridian, the shape cannot be made valid.")


def shifted(polygon: Polygon, degrees: float) -> Polygon:
    if not degrees:
        return polygon
    return Polygon(*[[(x + degrees, y) for x, y in ring.coords] for ring in polygon], srid=SRID)


def within_range(polygon: Polygon) -> Polygon:
    return Polygon(*[[(min(max(x, -180.0), 180.0), y) for x, y in ring.coords] for ring in polygon], srid=SRID)


def crosses_antimeridian(geometry: GEOSGeometry) -> bool:
    """Whether a stored area lies on both sides of the antimeridian and touches it on both."""
    west, _south, east, _north = geometry.extent
    return west == -180 and east == 180


def centroid(geometry: Polygon | MultiPolygon) -> Point:
    """The centroid of a stored area (planar, in degrees); taken in 0 to 360 degrees if it spans the antimeridian."""
    centre = geometry.centroid
    if crosses_antimeridian(geometry):
        centre = MultiPolygon([shifted(p, 360) if p.centroid.x < 0 else p for p in polygons_of(geometry)]).centroid
    return normal_point(Point(centre.x, centre.y, srid=SRID))


# --- bbox ----------------------------------------------------------------------------------------------------------


def boxes(text: str) -> list[Polygon]:
    """The boxes of a ``bbox`` parameter: west, south, east, north in degrees (RFC 7946, section 5).

    West greater than east means across the antimeridian, and gives two boxes.
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        fail(_("bbox needs four numbers: west, south, east, north."))
    for longitude, latitude in ((west, south), (east, north)):
        check_range(longitude, latitude)
    if south > north:
        fail(_("bbox: south is greater than north."))
    if east - west >= 360:
        west, east = -180.0, 180.0
    elif min(west, east) < -180 or max(west, east) > 180:
        west, east = turn_into_range(west), turn_into_range(east)
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    if any(span_west == -180 for span_west, _east in spans):
        spans.append((180.0, 180.0))  # where points on the antimeridian are stored
    return [box((w, south, e, north)) for w, e in spans]


def box(extent: tuple[float, float, float, float]) -> Polygon:
    """The box from west, south, east and north."""
    polygon = Polygon.from_bbox(extent)
    polygon.srid = SRID
    return polygon


def turn_into_range(longitude: float) -> float:
    return (longitude + 180) % 360 - 180
