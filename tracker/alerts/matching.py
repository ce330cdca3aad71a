"""Which open incidents lie in which areas: one set-based query, in either direction.

Inside means ``covers``: a point on the border is inside (for a point, covers and intersects are the same, and
``ST_Intersects`` is what both databases answer from an index). The plane of longitude and latitude has two seams that
the Earth has not: the antimeridian, where -180 and 180 are one meridian, and the poles, where all longitudes are one
place. A point on a seam is looked for at each of the positions that mean the same place.

Matching without a hole: an incident and an area saved at the same moment in two transactions do not see each other.
So a writer of incidents takes a shared and a writer of areas an exclusive lock, held to the end of the transaction,
before it matches; whichever comes second then sees what the first has committed. SQLite has one writer anyway.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

from tracker.models import AreaOfInterest, Incident
from tracker.models.severity import rank_sql

LOCK = 0x7472636B  # "trck": the key of the advisory lock


class Pair(NamedTuple):
    """An open incident inside an area, whether it is severe enough to alert it, and what both are called."""

    incident: int
    area: int
    alerts: bool
    incident_name: str
    incident_severity: str
    area_name: str
    area_severity: str


def lock(model: type[Incident] | type[AreaOfInterest]) -> None:
    """Take the lock that a writer of this model needs, before any row is locked: so writers cannot deadlock."""
    if model is Incident:
        lock_for_incidents()
    else:
        lock_for_areas()


def lock_for_incidents() -> None:
    """Shared: writers of incidents do not wait for each other, only for a writer of areas."""
    take_lock("pg_advisory_xact_lock_shared")


def lock_for_areas() -> None:
    """Exclusive: keep the transactions that write areas short."""
    take_lock("pg_advisory_xact_lock")


def take_lock(function: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [LOCK])


def areas_around(incidents: Iterable[int]) -> list[Pair]:
    """The areas in which each of these incidents lies, if it is open."""
    return pairs("i", list(incidents))


def incidents_within(areas: Iterable[int]) -> list[Pair]:
    """The open incidents in each of these areas that meet its threshold."""
    return pairs("a", list(areas), f"AND {rank_sql('i.severity')} <= {rank_sql('a.severity')}")


def pairs(given: str, ids: list[int], condition: str = "") -> list[Pair]:
    if not ids:
        return []
    joins = POSTGIS if connection.vendor == "postgresql" else SPATIALITE
    selects = [
        f"""SELECT i.id, a.id, {rank_sql("i.severity")} <= {rank_sql("a.severity")},
            i.name, i.severity, a.name, a.severity
        FROM {join} WHERE {given}.id IN ({",".join(["%s"] * len(ids))}) AND NOT i.closed {condition}"""
        for join in joins[given]
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(selects), ids * len(selects))
        return [Pair(incident, area, bool(alerts), *words) for incident, area, alerts, *words in cursor.fetchall()]


# What an incident's point means: where it is stored; on the antimeridian (stored at 180) also -180; at a pole all
# longitudes.
POSITIONS = """CASE
    WHEN abs(ST_Y(i.location)) = 90 THEN ST_SetSRID(
        ST_MakeLine(ST_MakePoint(-180, ST_Y(i.location)), ST_MakePoint(180, ST_Y(i.location))), 4326)
    WHEN ST_X(i.location) = 180 THEN ST_Collect(
        i.location, ST_SetSRID(ST_MakePoint(-180, ST_Y(i.location)), 4326))
    ELSE i.location END"""

# From an incident one join finds the areas at all these positions by their index. From an area it takes three: each
# finds by the index of the incidents what it can.
POSTGIS_SEAMS = [
    """ON ST_X(i.location) = 180
       AND i.location && ST_MakeEnvelope(180, ST_YMin(a.polygon), 180, ST_YMax(a.polygon), 4326)
       AND ST_XMin(a.polygon) = -180
       AND ST_Intersects(a.polygon, ST_SetSRID(ST_MakePoint(-180, ST_Y(i.location)), 4326))""",
    """ON abs(ST_Y(i.location)) = 90 AND (
         (ST_YMax(a.polygon) = 90 AND i.location && ST_MakeEnvelope(-180, 90, 180, 90, 4326)) OR
         (ST_YMin(a.polygon) = -90 AND i.location && ST_MakeEnvelope(-180, -90, 180, -90, 4326)))""",
]
POSTGIS = {
    given: [f"tracker_incident i JOIN tracker_areaofinterest a {on}" for on in conditions]
    for given, conditions in {
        "i": [f"ON ST_Intersects(a.polygon, {POSITIONS})"],
        "a": ["ON ST_Intersects(a.polygon, i.location)", *POSTGIS_SEAMS],
    }.items()
}

# Three joins in each direction, as above. SpatiaLite's planner does not use its R*Trees by itself; CROSS JOIN fixes the
# order from the given rows to the others.
SPATIALITE = {
    "i": [
        f"""tracker_incident i CROSS JOIN idx_tracker_areaofinterest_polygon r ON {box}
        CROSS JOIN tracker_areaofinterest a ON a.id = r.pkid AND {exact}"""
        for box, exact in [
            (
                "r.xmin <= X(i.location) AND r.xmax >= X(i.location)"
                " AND r.ymin <= Y(i.location) AND r.ymax >= Y(i.location)",
                "ST_Intersects(a.polygon, i.location)",
            ),
            (
                "X(i.location) = 180 AND r.xmin <= -180 AND r.ymin <= Y(i.location) AND r.ymax >= Y(i.location)",
                "ST_Intersects(a.polygon, MakePoint(-180.0, Y(i.location), 4326))",
            ),
            (
                "abs(Y(i.location)) = 90 AND r.ymin <= Y(i.location) AND r.ymax >= Y(i.location)",
                "(MbrMaxY(a.polygon) = Y(i.location) OR MbrMinY(a.polygon) = Y(i.location))",
            ),
        ]
    ],
    "a": [
        f"""tracker_areaofinterest a CROSS JOIN idx_tracker_incident_location r ON {box}
        CROSS JOIN tracker_incident i ON i.id = r.pkid AND {exact}"""
        for box, exact in [
            (
                "r.xmax >= MbrMinX(a.polygon) AND r.xmin <= MbrMaxX(a.polygon)"
                " AND r.ymax >= MbrMinY(a.polygon) AND r.ymin <= MbrMaxY(a.polygon)",
                "ST_Intersects(a.polygon, i.location)",
            ),
            (
                "MbrMinX(a.polygon) = -180 AND r.xmax >= 180"
                " AND r.ymax >= MbrMinY(a.polygon) AND r.ymin <= MbrMaxY(a.polygon)",
                "X(i.location) = 180 AND ST_Intersects(a.polygon, MakePoint(-180.0, Y(i.location), 4326))",
            ),
            (
                "(MbrMaxY(a.polygon) = 90 OR MbrMinY(a.polygon) = -90) AND (r.ymax >= 90 OR r.ymin <= -90)",
                "abs(Y(i.location)) = 90"
                " AND (MbrMaxY(a.polygon) = Y(i.location) OR MbrMinY(a.polygon) = Y(i.location))",
            ),
        ]
    ],
}
