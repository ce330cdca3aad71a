"""The outlines of areas for small maps: simplified by the database, one query for many areas."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection

FINENESS = 400  # what is smaller than this part of an area's extent is left out: for the map beside a list
DECIMALS = 6  # of a degree: about a decimetre

BOUNDS = {
    "postgresql": ("ST_XMin(polygon)", "ST_XMax(polygon)", "ST_YMin(polygon)", "ST_YMax(polygon)"),
    "sqlite": ("MbrMinX(polygon)", "MbrMaxX(polygon)", "MbrMinY(polygon)", "MbrMaxY(polygon)"),
}
GREATEST = {"postgresql": "GREATEST", "sqlite": "MAX"}
AS_GEOJSON = {"postgresql": "ST_AsGeoJSON", "sqlite": "AsGeoJSON"}


def outlines(areas: Iterable[int], fineness: int = FINENESS) -> dict[int, dict[str, Any]]:
    """GeoJSON geometries by the numbers of the areas; of a sliver that simplifying takes away, its bounding box.

    The bounding box of an area on both sides of the antimeridian goes round the Earth, and says nothing of its size.
    """
    numbers = list(areas)
    if not numbers:
        return {}
    west, east, south, north = BOUNDS[connection.vendor]
    is_across = f"{west} <= -180 AND {east} >= 180"
    extent = f"{GREATEST[connection.vendor]}({east} - {west}, {north} - {south})"
    size = f"CASE WHEN {is_across} THEN SQRT(ST_Area(polygon)) ELSE {extent} END"
    instead = f"CASE WHEN {is_across} THEN polygon ELSE ST_Envelope(polygon) END"
    shape = f"COALESCE(ST_Simplify(polygon, ({size}) / {fineness}.0), {instead})"
    sql = f"""SELECT id, {AS_GEOJSON[connection.vendor]}({shape}, {DECIMALS}) FROM tracker_areaofinterest
        WHERE id IN ({",".join(["%s"] * len(numbers))})"""
    with connection.cursor() as cursor:
        cursor.execute(sql, numbers)
        return {number: json.loads(text) for number, text in cursor.fetchall()}
