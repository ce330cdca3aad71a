"""The outlines of areas for small maps: simplified by the database, one query for many areas."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection

FINENESS = 100  # what is smaller than this part of an area's extent is left out: for a map of the size of a thumbnail
DECIMALS = 6  # of a degree: about a decimetre

SIZE = {
    "postgresql": "GREATEST(ST_XMax(polygon) - ST_XMin(polygon), ST_YMax(polygon) - ST_YMin(polygon))",
    "sqlite": "MAX(MbrMaxX(polygon) - MbrMinX(polygon), MbrMaxY(polygon) - MbrMinY(polygon))",
}
AS_GEOJSON = {"postgresql": "ST_AsGeoJSON", "sqlite": "AsGeoJSON"}


def outlines(areas: Iterable[int], fineness: int = FINENESS) -> dict[int, dict[str, Any]]:
    """GeoJSON geometries by the numbers of the areas; of a sliver that simplifying takes away, its bounding box."""
    numbers = list(areas)
    if not numbers:
        return {}
    shape = f"COALESCE(ST_Simplify(polygon, {SIZE[connection.vendor]} / {fineness}.0), ST_Envelope(polygon))"
    sql = f"""SELECT id, {AS_GEOJSON[connection.vendor]}({shape}, {DECIMALS}) FROM tracker_areaofinterest
        WHERE id IN ({",".join(["%s"] * len(numbers))})"""
    with connection.cursor() as cursor:
        cursor.execute(sql, numbers)
        return {number: json.loads(text) for number, text in cursor.fetchall()}
