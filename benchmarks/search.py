"""How long a search takes among a million incidents, as the list of incidents answers it: with the number of hits.

On PostgreSQL and on SQLite, each beside what it is without a folded text and an index: a condition ``icontains`` for
each word and each text, as Django's own admin searches. As a program it fills a database, or asks in that plain way.
"""

import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from benchmarks import environment, people, report, servers
from benchmarks.cores import MEASURED, REST, pinned_to

ROWS, QUICK_ROWS = 1_000_000, 20_000
TIMES = 7  # each search
PIECE = 10_000
KINDS = ("Fire", "Flood", "Überschwemmung", "Gas leak", "Fallen tree", "Пожар", "Πυρκαγιά", "火事", "حريق", "Power cut")
STREETS = ("Harbour Street", "Straße des 17. Juni", "Rua São João", "rue de l’École", "улица Ленина", "Market Square")
SIGNS = ("smoke over the roofs", "water in the cellar", "a strong smell", "no light in the street", "cars cannot pass")
# What is looked for, and how many say it.
SEARCHES = {
    "one incident's number in words": "workshop 777",
    "a word that few say": "quicksilver",
    "two words, the other way round, without accents": "joao uberschwemmung",
    "a word that every tenth says": "пожар",
    "a word that every third says": "street",
    "a part of a word": "hwemm",
    "two letters": "zq",
    "a person": "benchmark-reporter",
    "nothing that anybody says": "xylophone",
}


def measure(quick: bool, only: frozenset[str] = frozenset()) -> dict:
    rows = QUICK_ROWS if quick else ROWS
    result: dict[str, dict] = {}
    with tempfile.TemporaryDirectory() as folder:
        for database, given in {
            "PostGIS": {},
            "SpatiaLite": {"DATABASE_URL": f"spatialite:///{folder}/site.sqlite3", "REDIS_URL": ""},
        }.items():
            if only and database not in only:
                continue
            cookies = Path(folder) / f"{database}.cookies"
            filled_s = as_program(given, "fill", str(rows), str(cookies))
            plain = as_program(given, "plain")
            with servers.tracker("daphne", **given) as server:
                result[database] = {"filled_s": filled_s, "searches": asked(server.port, cookies, plain)}
            for name, of in result[database]["searches"].items():
                print(f"  {database}, {name}: {of['hits']:,} hits, {of['p50_ms']:.0f} ms", flush=True)
    return {"rows": rows, "times": TIMES, "databases": result}


def as_program(given: dict[str, str], *arguments: str):
    command = [sys.executable, "-m", "benchmarks.search", *arguments]
    done = subprocess.run(
        command, env=os.environ | given, stdout=subprocess.PIPE, text=True, check=True, preexec_fn=pinned_to(MEASURED)
    )
    return json.loads(done.stdout.splitlines()[-1])


def asked(port: int, cookies: Path, plain: dict[str, float]) -> dict[str, dict]:
    os.sched_setaffinity(0, {REST})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    headers = {"Cookie": cookies.read_text().split()[0]}

    def ask(words: str) -> tuple[float, bytes]:
        begun = time.perf_counter()
        connection.request("GET", f"/tracker/incident/?state=all&q={quote(words)}", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (answer.status, body[:500])
        return (time.perf_counter() - begun) * 1000, body

    ask("")  # what is loaded once is loaded
    found = {}
    for name, words in SEARCHES.items():
        times = [ask(words)[0] for _ in range(TIMES)]
        found[name] = {
            "hits": plain[f"{name}, hits"],
            "p50_ms": statistics.median(times),
            "most_ms": max(times),
            "plain_ms": plain[name],
        }
    return found


# --- the program ---------------------------------------------------------------------------------------------------


def fill(count: int, cookies: Path) -> float:
    """How many seconds it took to write so many incidents, as an import does, but for announcing them."""
    from django.contrib.auth import get_user_model
    from django.contrib.gis.geos import Point
    from django.db import connection

    from tracker.models import Incident

    people.sign_in(1, cookies)
    reporter = get_user_model().objects.create(username="benchmark-reporter", password="!")
    make = random.Random(42)
    begun = time.monotonic()
    for start in range(0, count, PIECE):
        Incident.objects.bulk_create(
            Incident(
                name=f"{make.choice(KINDS)} in a workshop, {make.choice(STREETS)} {n % 997}",
                description=f"{make.choice(SIGNS)}; caller {n:07d}"
                + (". Quicksilver was spilt." if n % 50_000 == 7 else ""),
                place=f"near Stonehaven {n % 101}",
                severity=make.choice(("UR", "HI", "ME", "LO", "IN")),
                closed=n % 20 > 0,
                location=Point(make.uniform(-180, 180), make.uniform(-60, 70), srid=4326),
                source="import",
                reported_by=reporter if n % 1000 == 0 else None,
            )
            for n in range(start, start + PIECE)
        )
    with connection.cursor() as cursor:  # as PostgreSQL does by itself before long
        cursor.execute("VACUUM ANALYZE tracker_incident" if connection.vendor == "postgresql" else "ANALYZE")
    return time.monotonic() - begun


def plain() -> dict[str, float]:
    """How many ms each search takes without the stored text: the number of hits, and the first 25."""
    from functools import reduce
    from operator import and_, or_

    from django.db.models import Q

    from tracker.incidents.search import search
    from tracker.models import Incident

    fields = ("name", "description", "place", "reported_by__username")
    said: dict[str, float] = {}
    for name, words in SEARCHES.items():
        said[f"{name}, hits"] = search(Incident.objects.all(), words).count()
        conditions = [reduce(or_, (Q(**{f"{field}__icontains": word}) for field in fields)) for word in words.split()]
        rows = Incident.objects.filter(reduce(and_, conditions)).order_by("-created", "-pk")
        begun = time.perf_counter()
        rows.count()
        list(rows[:25])
        said[name] = (time.perf_counter() - begun) * 1000
    return said


def main(what: str, *arguments: str) -> None:
    environment.prepare()
    print(json.dumps(fill(int(arguments[0]), Path(arguments[1])) if what == "fill" else plain()))


# --- in words ------------------------------------------------------------------------------------------------------


def table(result: dict) -> str:
    columns = ["search", "hits", "PostGIS, ms", "slowest", "plain, ms", "SpatiaLite, ms", "slowest", "plain, ms"]
    rows = []
    for name in SEARCHES:
        cells = [name]
        for database in result["databases"].values():
            of = database["searches"][name]
            if len(cells) == 1:
                cells.append(f"{of['hits']:,}")
            cells += [f"{of['p50_ms']:,.0f}", f"{of['most_ms']:,.0f}", f"{of['plain_ms']:,.0f}"]
        rows.append(cells)
    return report.table(columns, rows) + (
        f"\n\n{result['rows']:,} incidents; medians of {result['times']}, of the whole page with its number of hits."
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
