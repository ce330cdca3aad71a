"""Rows for the benchmarks, written by PostgreSQL itself: areas and incidents over a part of the world."""

WEST, SOUTH, EAST, NORTH = 0.0, 40.0, 20.0, 55.0  # degrees
AREA = "ST_Buffer(place, 0.03 + random() * 0.06, 3)"  # 12 corners; 2 to 10 km to each side
PLACE = (
    f"ST_SetSRID(ST_MakePoint({WEST} + random() * {EAST - WEST}, {SOUTH} + random() * {NORTH - SOUTH}), 4326) AS place"
)
SEVERITY = "(ARRAY['UR','HI','ME','LO','IN'])[1 + floor(random() * 5)]"


def draw_areas(cursor, count: int) -> None:
    """*count* areas of all thresholds; with 100,000 of them a point lies in four on the average."""
    cursor.execute("SELECT setseed(0.42)")
    cursor.execute(
        f"""INSERT INTO tracker_areaofinterest (name, severity, polygon, centroid, created, updated)
        SELECT 'Area ' || n, {SEVERITY}, {AREA}, place, now(), now()
        FROM (SELECT n, {PLACE} FROM generate_series(1, %s) n) places""",
        [count],
    )
    cursor.execute("ANALYZE tracker_areaofinterest")


def report_incidents(cursor, count: int) -> None:
    """*count* open incidents, unmatched and unannounced, with names and descriptions of the usual length."""
    cursor.execute("SELECT setseed(0.24)")
    cursor.execute(
        f"""INSERT INTO tracker_incident
            (name, description, severity, closed, location, place, created, updated, source)
        SELECT 'Fire in a workshop, Harbour Street ' || n, 'Smoke over the roofs of “Market & Sons”, n° ' || n || '. '
            || repeat('Neighbours report a strong smell. ', 3), {SEVERITY}, false, place, 'near Stonehaven',
            now() - n * interval '1 second', now(), 'import'
        FROM (SELECT n, {PLACE} FROM generate_series(1, %s) n) places""",
        [count],
    )
    cursor.execute("ANALYZE tracker_incident")
