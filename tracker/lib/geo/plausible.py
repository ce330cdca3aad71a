"""What a place or a shape looks like when it is a slip, though it is valid."""

import math

from django.contrib.gis.geos import GEOSGeometry

from tracker.lib.geo import sphere

HALF_OF_THE_WORLD_M2 = 2 * math.pi * sphere.EARTH_RADIUS_M**2
AT_ZERO = 0.01  # degrees around 0/0 for a point: what a device gives that knows nothing
AREA_AT_ZERO = 1.0  # for all of an area: in the sea for hundreds of kilometres around
NARROW = 1e-7  # degrees: a centimetre, and the last digit that maps are told


def is_at_zero(shape: GEOSGeometry) -> bool:
    """Whether a stored point or area lies at latitude 0, longitude 0, in the sea off Africa."""
    near = AT_ZERO if shape.geom_type == "Point" else AREA_AT_ZERO
    return all(abs(degrees) < near for degrees in shape.extent)


def covers_half_of_the_world(area: GEOSGeometry) -> bool:
    west, south, east, north = area.extent
    if (east - west) * (north - south) < 360 * 60:  # no box of fewer holds half of the sphere
        return False
    return sphere.area_m2(area) > HALF_OF_THE_WORLD_M2


def has_no_extent(area: GEOSGeometry) -> bool:
    """Whether nothing is left of an area where coordinates are told to a centimetre."""
    west, south, east, north = area.extent
    return min(east - west, north - south) < NARROW
