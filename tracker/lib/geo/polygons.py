"""The polygons in a geometry."""

from collections.abc import Iterable
from typing import cast

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Polygon, WKBWriter
from django.utils.translation import gettext as _

from tracker.lib.geo.refusal import fail

SRID = 4326
THINNEST = 1e-9  # degrees, a tenth of a millimetre: thinner is what rounding leaves where rings run along each other


def polygons_of(geometry: GEOSGeometry) -> Iterable[Polygon]:
    if geometry.geom_type == "Polygon":
        if not geometry.empty and geometry.area > 0:
            yield cast(Polygon, geometry.clone())
    elif geometry.geom_type in {"MultiPolygon", "GeometryCollection"}:
        for part in cast(Iterable[GEOSGeometry], geometry):
            yield from polygons_of(part)


def polygonal(geometry: GEOSGeometry) -> Polygon | MultiPolygon:
    """The polygons of any geometry; lines and points have no area, nor has what rounding leaves."""
    polygons = [polygon for polygon in polygons_of(geometry) if polygon.area > THINNEST * polygon.length]
    if not polygons:
        fail(_("The shape has no area."))
    if len(polygons) == 1:
        return polygons[0]
    return MultiPolygon(polygons, srid=SRID)


def flat(geometry: GEOSGeometry) -> GEOSGeometry:
    """The geometry without its third dimension."""
    if not geometry.hasz:
        return geometry
    return GEOSGeometry(WKBWriter(dim=2).write(geometry), srid=SRID)
