"""The names of coordinate reference systems that a GeoJSON ``crs`` may have.

RFC 7946 has no ``crs`` and always means CRS84: WGS 84, longitude first. Programs write one all the same. Every spelling
of CRS84 says what is meant anyway. EPSG:4326 is WGS 84, too, but latitude first by its definition; in GeoJSON programs
write longitude first under that name, so it is taken so, and remarked on.
"""

import re
from enum import Enum
from typing import Any

CRS84 = re.compile(
    r"(urn:(x-)?ogc:def:crs:OGC:[\d.]*:|https?://www\.opengis\.net/def/crs/OGC/[\d.]+/|OGC:)?CRS84h?|CRS:84",
    re.IGNORECASE,
)
EPSG_4326 = re.compile(
    r"(urn:(x-)?ogc:def:crs:EPSG:[\d.]*:|https?://www\.opengis\.net/def/crs/EPSG/[\d.]+/"
    r"|https?://www\.opengis\.net/gml/srs/epsg\.xml#|EPSG:)4326",
    re.IGNORECASE,
)


class Crs(Enum):
    CRS84 = "longitude and latitude in WGS 84, as GeoJSON always is"
    EPSG_4326 = "WGS 84, perhaps latitude first"
    OTHER = "anything else, or nobody knows"


def crs_named(name: object) -> Crs:
    """What this name of a ``crs`` stands for; None if there is no ``crs``, or it is null."""
    if name is None:
        return Crs.CRS84
    text = str(name).strip().removeprefix("[").removesuffix("]")  # in brackets it is a “safe CURIE”
    if CRS84.fullmatch(text):
        return Crs.CRS84
    return Crs.EPSG_4326 if EPSG_4326.fullmatch(text) else Crs.OTHER


def crs_of(value: dict[str, Any]) -> Crs:
    """What the ``crs`` member of a GeoJSON object says, if it has one."""
    crs = value.get("crs")
    if crs is None:
        return Crs.CRS84
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return crs_named(name if isinstance(name, str) else "")
