"""How long the feature collection of all open incidents takes, and how it grows with their number.

Three ways to the same Features: the view, fetched over HTTP from daphne by a signed-in person; the same query in plain
SQL by psycopg2, which is the least it can take; and a loop over model instances, which is the usual way. The last two
run on the server's core, as the view does; PostgreSQL is on the other.
"""

import http.client
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import environment, ground, people, report, servers
from benchmarks.cores import MEASURED, REST

SIZES = (1_000, 10_000, 100_000)
QUICK_SIZES = (500, 5_000)
TIMES = 5  # each way at each size, in turns
PATH = "/tracker/incident/feature_collection/"


def measure(quick: bool, only: frozenset[str] = frozenset()) -> dict:
    sizes: dict[int, dict[str, Any]] = {}
    times = 3 if quick else TIMES
    with tempfile.TemporaryDirectory() as home, servers.tracker("daphne") as server:
        browser = Browser(server.port, people.sign_in(1, Path(home) / "cookie").read_text().strip())
        there = 0
        for size in QUICK_SIZES if quick else SIZES:
            report_more(size - there)
            there = size
            assert same(browser.fetch(), plain_sql(), model_instances()), "the three ways differ"
            seconds: dict[str, list[float]] = {"view": [], "sql": [], "models": []}
            for _ in range(times):
                seconds["view"].append(seconds_for(browser.fetch, REST))  # the work is done by the server
                seconds["sql"].append(seconds_for(plain_sql, MEASURED))
                seconds["models"].append(seconds_for(model_instances, MEASURED))
            sizes[size] = {way: statistics.median(values) * 1000 for way, values in seconds.items()}
            sizes[size] |= {"bytes": len(browser.fetch()), "each_s": seconds}
            print(f"  {size:,}: { {way: round(sizes[size][way], 1) for way in seconds} } ms", flush=True)
    return {"sizes": sizes, "times": times}


def report_more(count: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        ground.report_incidents(cursor, count)


def seconds_for(way: Callable[[], bytes], core: int) -> float:
    os.sched_setaffinity(0, {core})
    try:
        begun = time.perf_counter()
        way()
        return time.perf_counter() - begun
    finally:
        os.sched_setaffinity(0, {REST})


# --- three ways ----------------------------------------------------------------------------------------------------


class Browser:
    """Somebody who is signed in, with a connection that is kept."""

    def __init__(self, port: int, cookie: str):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Cookie": cookie, "Origin": environment.origin()}

    def fetch(self) -> bytes:
        self.http.request("GET", PATH, headers=self.headers)
        answer = self.http.getresponse()
        body = answer.read()
        assert answer.status == 200, body[:500]
        return body


def plain_sql() -> bytes:
    """The view's own query; only its rows, as one text."""
    from django.db import connection

    from tracker.features import geojson
    from tracker.models import Incident

    rows = Incident.objects.filter(closed=False).order_by("pk")
    sql, parameters = rows.values_list(geojson.feature_expression(Incident)).query.sql_with_params()
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:  # psycopg2's
        cursor.execute(sql, parameters)
        return ",".join([text for (text,) in cursor.fetchall()]).encode()


def model_instances() -> bytes:
    from tracker.models import Incident

    features = []
    for incident in Incident.objects.filter(closed=False).order_by("pk").iterator():
        properties = {
            "name": incident.name,
            "description": incident.description,
            "place": incident.place,
            "severity": incident.get_severity_display(),
            "severity_code": incident.severity,
            "created": incident.created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "closed": incident.closed,
            "model": "Incident",
            "pk": incident.pk,
            "url": incident.get_absolute_url(),
        }
        position = [round(degrees, 7) for degrees in incident.location.coords]
        feature = {"type": "Feature", "id": incident.feature_id, "geometry": {"type": "Point", "coordinates": position}}
        features.append(feature | {"properties": properties})
    return json.dumps(features)[1:-1].encode()


def same(collection: bytes, *others: bytes) -> bool:
    """Whether the texts hold the same Features."""
    features = json.loads(collection)["features"]
    return all(json.loads(b"[%b]" % other) == features for other in others)


# --- in words ------------------------------------------------------------------------------------------------------


def table(result: dict) -> str:
    columns = ["open incidents", "bytes", "view, ms", "plain SQL, ms", "model instances, ms", "view / SQL"]
    columns += ["model instances / view", "view, µs an incident"]
    rows = []
    for size, of in result["sizes"].items():
        view, sql, models = of["view"], of["sql"], of["models"]
        cells = [f"{int(size):,}", f"{of['bytes']:,}", f"{view:,.1f}", f"{sql:,.1f}", f"{models:,.1f}"]
        rows.append([*cells, f"{view / sql:.2f}", f"{models / view:.1f}", f"{view / int(size) * 1000:.1f}"])
    return report.table(columns, rows) + f"\n\nMedians of {result['times']}, taken in turns."
