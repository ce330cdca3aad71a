"""Which incidents, open or closed, lie in an area: by the joins of matching, for a list of what is in one."""

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from . import matching
from .models import Incident


def within(rows: QuerySet[Incident], area: int) -> QuerySet[Incident]:
    """Those of these incidents that lie in the area with this number; none if there is no such area."""
    joins = (matching.POSTGIS if connection.vendor == "postgresql" else matching.SPATIALITE)["a"]
    found = RawSQL(" UNION ".join(f"SELECT i.id FROM {join} WHERE a.id = %s" for join in joins), [area] * len(joins))
    return rows.filter(pk__in=found)
