"""From the moment a report is posted until the last of 1,000 clients has its alert, with 100,000 areas in PostGIS.

An operator, signed in by the page, posts the incident form over HTTP; 1,000 signed-in clients wait for the alert.
Beside it the floor (end_to_end_floor.py): one bare INSERT, match query and COMMIT by psycopg2, then a bare loop of
socket sends of the same texts to as many clients. Runs of the two take turns.
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
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks import environment, ground, people, report
from benchmarks.cores import MEASURED, pinned_to
from benchmarks.end_to_end_floor import WORDS
from benchmarks.generator import Generator
from benchmarks.servers import Server, asgi

STAGES = ("request", "match", "commit", "numbering", "fan-out")
PASSWORD = "a long enough passphrase"
WARM = 20  # reports before the first that counts
PAUSE_S = (0.02, 0.06)  # between two reports, at random, so that nothing falls into step
FULL = {"areas": 100_000, "clients": 1_000, "reports": 100, "runs": 5}
QUICK = {"areas": 10_000, "clients": 100, "reports": 30, "runs": 1}


def measure(quick: bool, only: frozenset[str] = frozenset()) -> dict:
    size = QUICK if quick else FULL
    dice = random.Random(20)
    centres = draw(size["areas"])

    def place() -> tuple[float, float]:
        """In an area, so that every report alerts somebody."""
        longitude, latitude = dice.choice(centres)
        return longitude + dice.uniform(-0.01, 0.01), latitude + dice.uniform(-0.01, 0.01)

    with tempfile.TemporaryDirectory() as home:
        cookies = people.sign_in(size["clients"], Path(home) / "cookies")
        with Site(size["clients"], cookies, Path(home) / "stamps") as site, Floor(size["clients"]) as floor:
            play(site.report, place, dice, WARM)
            floor.send(newest_texts())
            play(floor.report, place, dice, WARM)
            runs: dict[str, list[dict]] = {"site": [], "floor": []}
            for _ in range(size["runs"]):
                runs["site"].append(play(site.report, place, dice, size["reports"]))
                runs["floor"].append(play(floor.report, place, dice, size["reports"]))
    return size | {
        "alerts_a_report": alerts_a_report(),
        "fsync": setting("fsync"),
        "bytes": len("\n".join(newest_texts())),
        "site": medians(runs["site"]),
        "floor": medians(runs["floor"]),
        "each_run": runs,
    }


def play(one_report, place, dice: random.Random, count: int) -> dict[str, dict[str, float]]:
    """Make *count* reports one after another; for each stage p50, p99 and max, in ms."""
    rows = []
    for _ in range(count):
        rows.append(one_report(*place()))
        time.sleep(dice.uniform(*PAUSE_S))
    return {stage: spread([row[stage] / 1e6 for row in rows if stage in row]) for stage in rows[0]}


def spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    p99 = ordered[-(-99 * len(ordered) // 100) - 1]
    return {"p50": statistics.median(ordered), "p99": p99, "max": ordered[-1]}


def medians(runs: list[dict]) -> dict[str, dict[str, float]]:
    """The median over the runs of every figure."""
    return {
        stage: {figure: statistics.median(run[stage][figure] for run in runs) for figure in figures}
        for stage, figures in runs[0].items()
    }


# --- what is measured ----------------------------------------------------------------------------------------------


class Site:
    """Tracker with its clients and an operator."""

    def __init__(self, clients: int, cookies: Path, stamps: Path, **env: str):
        self.clients, self.cookies, self.stamps = clients, cookies, stamps
        port = int(os.environ["PORT"])
        command = asgi("benchmarks.end_to_end_site:application", "daphne", port)
        own = {"BENCH_STAMPS": str(stamps)} | env
        self.server = Server(command, port, "/notifications/", "tracker", "tracker", **own)
        self.number = 0

    def __enter__(self) -> "Site":
        from django.contrib.auth import get_user_model
        from django.contrib.auth.models import Group

        operator, made = get_user_model().objects.get_or_create(username="operator")
        if made:
            operator.set_password(PASSWORD)
            operator.save()
            operator.groups.add(Group.objects.get(name="Operator"))
        self.server.start()
        self.generator = listeners(self.server.port, self.clients, self.cookies)
        self.generator.wait("open")
        self.operator = Operator(self.server.port)
        return self

    def __exit__(self, *_) -> None:
        self.generator.close()
        self.server.kill()

    def report(self, longitude: float, latitude: float) -> dict[str, int]:
        """How long each stage of one report took, in ns."""
        self.number += 1
        posted, answered = self.operator.report(f"bench-{self.number}", longitude, latitude)
        arrived = self.generator.wait("complete")
        row = {"total": arrived["last_ns"] - posted, "answer": answered - posted}
        row["first client"] = arrived["first_ns"] - posted
        number, *edges = map(int, self.stamps.read_text().splitlines()[-1].split())
        if number == self.number:  # else a sweep was quicker with the numbering, and nothing was noted
            edges = [posted, *edges, arrived["last_ns"]]
            row |= {stage: edges[i + 1] - edges[i] for i, stage in enumerate(STAGES)}
        return row


class Operator:
    """A person at a browser: signs in by the page, opens the form, and keeps the connection."""

    def __init__(self, port: int):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies: dict[str, str] = {}
        self.ask("GET", "/accounts/login/", 200)
        self.ask("POST", "/accounts/login/", 302, username="operator", password=PASSWORD)
        self.ask("GET", "/tracker/incident/create/", 200)

    def ask(self, method: str, path: str, status: int, **form: str) -> tuple[int, int]:
        """When the request was begun, and when its answer was there."""
        headers = {"Origin": environment.origin()}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form:
            body = urlencode(form | {"csrfmiddlewaretoken": self.cookies["csrftoken"]})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.monotonic_ns()
        self.http.request(method, path, body, headers)
        answer = self.http.getresponse()
        text = answer.read()
        there = time.monotonic_ns()
        assert answer.status == status, f"{method} {path}: {answer.status} {text[:1000]!r}"
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        return begun, there

    def report(self, name: str, longitude: float, latitude: float) -> tuple[int, int]:
        location = json.dumps({"type": "Point", "coordinates": [longitude, latitude]})
        form = {"name": name, "severity": "UR", "description": WORDS, "place": "", "location": location}
        return self.ask("POST", "/tracker/incident/create/", 302, submission=str(uuid.uuid4()), **form)


class Floor:
    """The process of the floor, on the core where the site runs, with clients of its own."""

    def __init__(self, clients: int):
        command = [sys.executable, "-m", "benchmarks.end_to_end_floor", str(clients)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=pinned_to(MEASURED)
        )
        self.generator = listeners(int(self.line()), clients)
        assert self.line() == "ready\n"
        self.generator.wait("open")

    def __enter__(self) -> "Floor":
        return self

    def __exit__(self, *_) -> None:
        self.generator.close()
        self.process.kill()
        self.process.wait()

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def send(self, value: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{value if isinstance(value, str) else json.dumps(value)}\n")
        self.process.stdin.flush()

    def report(self, longitude: float, latitude: float) -> dict[str, int]:
        self.send(f"{longitude} {latitude}")
        arrived = self.generator.wait("complete")
        began, committed, _sent = map(int, self.line().split())
        last = arrived["last_ns"]
        return {"total": last - began, "INSERT, match, COMMIT": committed - began, "sends": last - committed}


def listeners(port: int, clients: int, cookies: Path | None = None) -> Generator:
    place: dict[str, Any] = {"path": "/notifications/", "origin": environment.origin(), "cookies": cookies}
    return Generator("tracker", port, clients, **place, type="alert", announce=True)


# --- the database --------------------------------------------------------------------------------------------------


def draw(areas: int) -> list[tuple[float, float]]:
    """Draw the areas; returns where some of them are."""
    from django.db import connection

    with connection.cursor() as cursor:
        ground.draw_areas(cursor, areas)
        cursor.execute("SELECT ST_X(centroid), ST_Y(centroid) FROM tracker_areaofinterest ORDER BY id LIMIT 5000")
        return cursor.fetchall()


def newest_texts() -> list[str]:
    """What every client was sent for the newest report."""
    from tracker.models import Notification

    alert = Notification.objects.filter(type="alert").latest("seq")
    assert alert.seq is not None
    return [row.text() for row in Notification.objects.filter(seq__in=[alert.seq - 1, alert.seq]).order_by("seq")]


def alerts_a_report() -> float:
    from tracker.models import Alert

    return Alert.objects.count() / Alert.objects.values("incident_id").distinct().count()


def setting(name: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return cursor.fetchone()[0]


# --- in words ------------------------------------------------------------------------------------------------------


def table(result: dict) -> str:
    site, floor = result["site"], result["floor"]
    named = {"Tracker, total": site["total"]} | {f"– {stage}": site[stage] for stage in STAGES if stage in site}
    named |= {"(first client)": site["first client"], "(the operator's answer)": site["answer"]}
    named |= {"floor, total": floor["total"]}
    named |= {f"– {stage}": floor[stage] for stage in floor if stage != "total"}
    rows = [[name, *(f"{of[figure]:.1f}" for figure in ("p50", "p99", "max"))] for name, of in named.items()]
    times = site["total"]["p50"] / floor["total"]["p50"]
    return "\n".join(
        [
            report.table(["ms", "p50", "p99", "max"], rows),
            "",
            f"Medians of {result['runs']} runs of {result['reports']} reports; {result['areas']:,} areas, "
            f"{result['clients']:,} clients, {result['alerts_a_report']:.1f} alerts a report, {result['bytes']:,} "
            f"bytes to each client; fsync is {result['fsync']}.",
            "",
            f"The median is **{times:.1f} times** the floor's.",
        ]
    )
