"""Rows whose bounding box meets one of some boxes, answered from the spatial index on both databases; and how far all
rows reach.
"""

from functools import reduce
from operator import or_

from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import Polygon
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL


def in_boxes(rows: QuerySet, field: str, boxes: list[Polygon]) -> QuerySet:
    """The rows whose geometry *field* overlaps one of the *boxes* (degrees, WGS 84) with its bounding box."""
    if connection.vendor == "postgresql":
        return rows.filter(reduce(or_, (Q(**{f"{field}__bboverlaps": box}) for box in boxes)))
    # SpatiaLite does not ask its R*Tree by itself.
    table = connection.ops.quote_name(f"idx_{rows.model._meta.db_table}_{field}")
    clause = "(xmax >= %s AND ymax >= %s AND xmin <= %s AND ymin <= %s)"
    numbers = [number for box in boxes for number in box.extent]
    found = RawSQL(f"SELECT pkid FROM {table} WHERE {' OR '.join([clause] * len(boxes))}", numbers)
    return rows.filter(pk__in=found)


def extent_of(model: type[Model], field: str) -> tuple[float, float, float, float] | None:
    """West, south, east and north of all rows (degrees, about a metre wider on SpatiaLite); None without any.

    PostgreSQL has no such answer in its index and reads the rows: 60 ms for 10,000 areas of 200 corners.
    """
    if connection.vendor == "postgresql":
        return model._default_manager.aggregate(reach=Extent(field))["reach"]
    table = connection.ops.quote_name(f"idx_{model._meta.db_table}_{field}")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(xmin), min(ymin), max(xmax), max(ymax) FROM {table}")
        found = cursor.fetchone()
    return None if found[0] is None else found
