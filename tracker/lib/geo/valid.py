"""Making a shape valid as people mean it: what overlaps is added up, and what lies in a hole is outside.

This is the “structure” method of GEOS (since 3.10), which Django does not offer. What Django offers counts edges, so
the overlap of two parts becomes a hole, and the overlap of two holes becomes a part.
"""

from ctypes import POINTER, Structure, c_int

from django.contrib.gis.geos import GEOSGeometry
from django.contrib.gis.geos.libgeos import GEOM_PTR, GEOSFuncFactory
from django.contrib.gis.geos.prototypes.errcheck import check_geom

STRUCTURE = 1  # of GEOSMakeValidMethods in geos_c.h


class MakeValidParams(Structure):
    """GEOS knows what is in it."""


PARAMS_PTR = POINTER(MakeValidParams)

create_params = GEOSFuncFactory("GEOSMakeValidParams_create", restype=PARAMS_PTR)
destroy_params = GEOSFuncFactory("GEOSMakeValidParams_destroy", argtypes=[PARAMS_PTR])
set_method = GEOSFuncFactory("GEOSMakeValidParams_setMethod", restype=c_int, argtypes=[PARAMS_PTR, c_int])
set_keep_collapsed = GEOSFuncFactory(
    "GEOSMakeValidParams_setKeepCollapsed", restype=c_int, argtypes=[PARAMS_PTR, c_int]
)
make_valid_with = GEOSFuncFactory(
    "GEOSMakeValidWithParams", restype=GEOM_PTR, argtypes=[GEOM_PTR, PARAMS_PTR], errcheck=check_geom
)


def make_valid(geometry: GEOSGeometry) -> GEOSGeometry:
    """The union of a polygon's or multipolygon's parts without their holes. Raises GEOSException."""
    params = create_params()
    try:
        set_method(params, STRUCTURE)
        set_keep_collapsed(params, 0)
        valid = GEOSGeometry(make_valid_with(geometry.ptr, params), srid=geometry.srid)
    finally:
        destroy_params(params)
    # The loops of one ring, one to the left and one to the right of it, may share an edge.
    return valid if valid.valid else valid.unary_union
