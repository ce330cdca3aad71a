"""Distances and sizes on the Earth, as on a sphere."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import cast

from django.contrib.gis.geos import GEOSGeometry, Polygon

EARTH_RADIUS_M = 6_371_008.8  # mean radius (IUGG)


def area_m2(shape: GEOSGeometry) -> float:
    """The size of a stored area (degrees, WGS 84) in square metres, on a sphere; good to about half a percent."""
    polygons = cast(Iterable[Polygon], shape if shape.geom_type == "MultiPolygon" else [shape])
    return math.fsum(polygon_m2(polygon) for polygon in polygons)


def polygon_m2(polygon: Polygon) -> float:
    outer, *holes = (ring_m2(ring.coords) for ring in polygon)
    return max(outer - sum(holes), 0.0)


def ring_m2(ring: Sequence[tuple[float, ...]]) -> float:
    """The size inside a closed ring, whichever way it runs.

    Source: R. G. Chamberlain, W. H. Duquette, "Some Algorithms for Polygons on a Sphere", JPL Publication 07-03 (2007).
    """
    total = 0.0
    for (longitude1, latitude1, *_), (longitude2, latitude2, *_) in pairwise(ring):
        sines = math.sin(math.radians(latitude1)) + math.sin(math.radians(latitude2))
        total += math.radians(longitude2 - longitude1) * (2 + sines)
    return abs(total) * EARTH_RADIUS_M**2 / 2


def in_words(metres: float) -> str:
    """``12.5 m``, ``2.5 km``, ``3000 km``."""
    if metres < 1000:
        return f"{round(metres, 1):g} m"
    km = metres / 1000
    return f"{round(km, 1):g} km" if km < 100 else f"{km:.0f} km"


def distance_m(longitude1: float, latitude1: float, longitude2: float, latitude2: float) -> float:
    """Great-circle distance in metres by the haversine formula (R. W. Sinnott, "Virtues of the Haversine", 1984)."""
    phi1, phi2 = math.radians(latitude1), math.radians(latitude2)
    half_dlambda = math.radians(longitude2 - longitude1) / 2
    h = math.sin((phi2 - phi1) / 2) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_dlambda) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))
