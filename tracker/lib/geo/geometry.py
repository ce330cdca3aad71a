"""Geometry from outside: checked before GEOS sees it, and brought into the one form that Tracker stores.

Stored geometry is WGS 84 (EPSG:4326), longitude first, 2D, in degrees. Longitudes lie in (-180, 180] for points and in
[-180, 180] for areas; an area drawn across the antimeridian is cut there, as RFC 7946, section 3.1.9 asks. Areas are
valid polygons or multipolygons (OGC Simple Features), repaired where they came broken: parts are added up, holes are
holes (``valid.py``).
"""

import json
import math
from enum import Enum, auto
from typing import Any, cast

from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Point, Polygon
from django.utils.translation import gettext as _

from tracker.lib.geo.antimeridian import Ring, cut_at_antimeridian, shifted, short_way, unambiguous
from tracker.lib.geo.crs import Crs, crs_of
from tracker.lib.geo.polygons import SRID, flat, polygonal, polygons_of
from tracker.lib.geo.refusal import fail
from tracker.lib.geo.repair import make_valid

MAX_BYTES = 4 * 1024 * 1024
MAX_VERTICES = 100_000
MAX_DEPTH = 12  # of nested JSON; a multipolygon in a feature in a collection needs 8
AREA_TYPES = ("Polygon", "MultiPolygon")
WITHOUT_AREA = ("Point", "MultiPoint", "LineString", "MultiLineString")


class Adjustment(Enum):
    """What was done to a geometry to take it."""

    FLATTENED = auto()  # the depth or height was dropped
    REPAIRED = auto()
    SHORT_WAY = auto()  # edges that jump go across the antimeridian
    UNITED = auto()  # several polygons of a geometry collection
    LEFT_OUT = auto()  # points and lines of a geometry collection, beside its polygons
    EPSG_4326 = auto()  # it names EPSG:4326, and was taken longitude first


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


def bare_geometry(value: object, done: set[Adjustment]) -> dict[str, Any]:
    """The geometry object of a GeoJSON geometry, Feature, or FeatureCollection of one feature."""
    if not isinstance(value, dict):
        fail(_("This is not a GeoJSON object."))
    check_crs(value, done)
    if value.get("type") == "FeatureCollection":
        features = value.get("features")
        if not isinstance(features, list) or len(features) != 1:
            fail(_("Give one feature; this collection does not hold exactly one."))
        return bare_geometry(features[0], done)
    if value.get("type") == "Feature":
        return bare_geometry(value.get("geometry"), done)
    return value


def check_crs(value: dict[str, Any], done: set[Adjustment]) -> None:
    crs = crs_of(value)
    if crs is Crs.OTHER:
        fail(_("This “crs” member is not accepted: coordinates must be WGS 84, longitude first (RFC 7946)."))
    if crs is Crs.EPSG_4326:
        done.add(Adjustment.EPSG_4326)


# --- JSON -> geometry ----------------------------------------------------------------------------------------------


def point_from_geojson(value: object) -> Point:
    """As ``read_point``, without what was done."""
    return read_point(value)[0]


def area_from_geojson(value: object) -> Polygon | MultiPolygon:
    """As ``read_area``, without what was done."""
    return read_area(value)[0]


def read_point(value: object) -> tuple[Point, set[Adjustment]]:
    """A stored point from parsed GeoJSON, and what was done to take it. Raises ValidationError with a sentence."""
    done: set[Adjustment] = set()
    given = the_point(bare_geometry(value, done), done)
    longitude, latitude = position(given)
    if len(given) > 2:
        done.add(Adjustment.FLATTENED)
    point = normal_point(Point(longitude, latitude, srid=SRID))
    if point.coords != (longitude, latitude):
        done.add(Adjustment.REPAIRED)  # the longitude was beyond ±180
    return point, done


def the_point(geometry: dict[str, Any], done: set[Adjustment]) -> Any:
    """The position of a Point, also of one that stands alone in a MultiPoint or a GeometryCollection."""
    kind = geometry.get("type")
    if kind == "Point":
        return geometry.get("coordinates")
    inside: object = None
    if kind == "MultiPoint":
        inside = geometry.get("coordinates")
    elif kind == "GeometryCollection":
        inside = geometry.get("geometries")
    if not isinstance(inside, list) or not inside:
        fail(_("A point is needed, not “%(type)s”.") % {"type": name_of(geometry)})
    if len(inside) > 1:
        fail(_("One point is needed, not a “%(type)s” of %(count)d.") % {"type": kind, "count": len(inside)})
    return inside[0] if kind == "MultiPoint" else the_point(member(inside[0], done), done)


def member(value: object, done: set[Adjustment]) -> dict[str, Any]:
    if not isinstance(value, dict):
        fail(_("A member of the geometry collection is not a GeoJSON geometry."))
    check_crs(value, done)
    return value


def read_area(value: object) -> tuple[Polygon | MultiPolygon, set[Adjustment]]:
    """A stored area from parsed GeoJSON, and what was done to take it. Raises ValidationError with a sentence."""
    done: set[Adjustment] = set()
    polygons = the_polygons(bare_geometry(value, done), done)
    if not polygons:
        fail(_("The geometry is empty."))
    given = positions_of(polygons, done)
    parts = [[closed_ring(ring) for ring in rings] for rings in given]
    if all(abs(longitude) <= 180 for rings in parts for ring in rings for longitude, _latitude in ring):
        for n, rings in enumerate(parts):
            if short := short_way(rings):
                parts[n] = short
                done.add(Adjustment.SHORT_WAY)
    shapes = [Polygon(*rings, srid=SRID) for rings in parts]
    area = normal_area(shapes[0] if len(shapes) == 1 else MultiPolygon(shapes, srid=SRID))
    if not done & {Adjustment.SHORT_WAY, Adjustment.UNITED}:
        stored = [list(ring) for polygon in polygons_of(area) for ring in polygon.coords]
        if [ring for rings in given for ring in rings] != stored:
            done.add(Adjustment.REPAIRED)
    return area, done


def the_polygons(geometry: dict[str, Any], done: set[Adjustment]) -> list[Any]:
    """The coordinates of the polygons of a Polygon, a MultiPolygon, or a GeometryCollection that has some."""
    kind = geometry.get("type")
    if kind == "Polygon":
        return [geometry.get("coordinates")]
    if kind == "MultiPolygon":
        coordinates = geometry.get("coordinates")
        return coordinates if isinstance(coordinates, list) else []
    polygons: list[Any] = []
    members = geometry.get("geometries") if kind == "GeometryCollection" else None
    for each in members if isinstance(members, list) else []:
        inside = member(each, done)
        if inside.get("type") in WITHOUT_AREA:
            done.add(Adjustment.LEFT_OUT)
            continue
        if polygons:
            done.add(Adjustment.UNITED)
        polygons += the_polygons(inside, done)
    if not polygons:
        fail(_("A polygon or a multipolygon is needed, not “%(type)s”.") % {"type": name_of(geometry)})
    return polygons


def positions_of(polygons: list[Any], done: set[Adjustment]) -> list[list[Ring]]:
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
            checked.append([position(p) for p in ring])
            if any(len(p) > 2 for p in ring):
                done.add(Adjustment.FLATTENED)
        parts.append(checked)
    return parts


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
        if abs(latitude) <= 180 and abs(longitude) <= 90:
            fail(
                _(
                    "A latitude of %(value)s is out of range: -90 to 90 degrees. These coordinates look like latitude"
                    " first; GeoJSON has longitude first."
                )
                % {"value": f"{latitude:g}"}
            )
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
    """The same area, 2D, valid, and cut at the antimeridian; unchanged if it already is all that.

    No edge is left that could be read as one across the antimeridian.
    """
    if geometry.empty:
        fail(_("The geometry is empty."))
    west, south, east, north = geometry.extent
    check_range(west, south)
    check_range(east, north)
    # Anything but a flat valid polygon within the range goes through GEOS.
    if geometry.geom_type not in AREA_TYPES or geometry.hasz or not usable(geometry) or west < -180 or east > 180:
        geometry = repaired(geometry)
    geometry.srid = SRID
    return unambiguous(cast(Polygon | MultiPolygon, geometry))


def usable(geometry: GEOSGeometry) -> bool:
    """Valid, and of an area that is not lost in rounding."""
    return geometry.valid and geometry.area > 0


def repaired(geometry: GEOSGeometry) -> Polygon | MultiPolygon:
    try:
        geometry = polygonal(make_valid(flat(geometry)))
        if not geometry.valid:
            geometry = polygonal(geometry.unary_union)  # the parts of a geometry collection
        west, south, east, north = geometry.extent  # again: what was a hole outside the shell may be a part now
        check_range(west, south)
        check_range(east, north)
        if west < -180 or east > 180:
            geometry = cut_at_antimeridian(geometry)
    except GEOSException:
        fail(_("The shape crosses itself in a way that cannot be repaired. Simplify it."))
    return geometry


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
