"""What an idle signed-in connection costs, how fast they come, and how soon all are back after the process was killed.

5,000 people, each signed in with a session of their own. Memory is the server process's, with all of them minus with
the first hundred. After the kill Tracker's clients come back with the last number that they have handled, 300
notifications behind, and are caught up when they have handled the newest; stock's are merely connected again, and what
they missed is lost. Time runs from the moment the new process listens.
"""

import re
import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import environment, people, report, servers
from benchmarks.generator import Generator
from benchmarks.publisher import Publisher
from benchmarks.servers import Server

CLIENTS = 5_000
FIRST = 100  # that are there before memory is measured: they load what is loaded once
BEHIND = 300
HANDSHAKES = 200  # under way at once
RETRY_MS = 500
PATIENCE_S = 280.0
REPETITIONS = 3
# What reads the log itself, not its position: a page for sockets that come back, or what is at hand at the start.
READS_LOG = re.compile(r'SELECT .* FROM "?tracker_notification"? .*\bseq"? >')

ROWS = {
    "Tracker on daphne": lambda: servers.tracker("daphne"),
    "Tracker on uvicorn": lambda: servers.tracker("uvicorn"),
    "stock on daphne": lambda: servers.stock("core"),
}


def measure(quick: bool, only: frozenset[str] = frozenset()) -> dict:
    clients = 500 if quick else CLIENTS
    runs: dict[str, list[dict]] = {name: [] for name in ROWS if not only or name in only}
    with tempfile.TemporaryDirectory() as home:
        cookies = people.sign_in(clients, Path(home) / "cookies")
        for repetition in range(1 if quick else REPETITIONS):
            for name, taken in runs.items():
                with ROWS[name]() as server:
                    taken.append(one_run(server, cookies, clients))
                print(f"  {repetition + 1} {name}: {taken[-1]}", flush=True)
    return {"clients": clients, "behind": BEHIND, "rows": runs}


def connect(server: Server, cookies: Path, clients: int, **given: Any) -> Generator:
    place: dict[str, Any] = {"path": server.path, "origin": environment.origin(), "cookies": cookies}
    return Generator(server.protocol, server.port, clients, **(place | given), handshakes=HANDSHAKES, retry_ms=RETRY_MS)


def one_run(server: Server, cookies: Path, clients: int) -> dict:
    with connect(server, cookies, FIRST) as first:
        first.wait("open")
        before = server.memory_kib()
        with connect(server, cookies, clients) as everybody:
            opened = everybody.wait("open", timeout_s=PATIENCE_S)
            after = server.memory_kib()
            server.kill()
    run = {
        "kib_per_connection": (after[0] - before[0]) / clients,
        "pss_kib_per_connection": (after[1] - before[1]) / clients,
        "connects_per_second": opened["per_second"],
        "failed_handshakes": opened["failed_handshakes"],
    }
    return run | (come_back if server.protocol == "tracker" else connect_again)(server, cookies, clients)


def connect_again(server: Server, cookies: Path, clients: int) -> dict:
    listening_ns = server.start()
    with connect(server, cookies, clients) as everybody:
        opened = everybody.wait("open", timeout_s=PATIENCE_S)
        return {"back_s": (opened["open_ns"] - listening_ns) / 1e9, "back_cpu_s": server.cpu_s()}


def come_back(server: Server, cookies: Path, clients: int) -> dict:
    from tracker.models import LogState

    since, log = LogState.current().last, LogState.current().log_id
    with Publisher("tracker") as publisher:
        newest = publisher.publish(BEHIND, 0)["last"]
    with Statements() as statements:
        listening_ns = server.start()
        path = f"{server.path}?since={since}&log={log}"
        with connect(server, cookies, clients, path=path, since=since, until=newest) as everybody:
            caught_up = everybody.wait("caught_up", timeout_s=PATIENCE_S)
            used = server.cpu_s()
            result = everybody.report()
    return {
        "back_s": (caught_up["caught_up_ns"] - listening_ns) / 1e9,
        "back_cpu_s": used,
        "complete": result["least"] == BEHIND and not result["lost"] and not result["resets"],
        "log_queries": sum(bool(READS_LOG.search(line)) for line in statements.lines),
        "queries": sum("execute " in line or "statement: SELECT" in line for line in statements.lines),
        "pages": newest // 500 - since // 500 + 1,
    }


class Statements:
    """The statements that sessions opened meanwhile send to the throw-away PostgreSQL, from its own log."""

    def __enter__(self) -> "Statements":
        from django.conf import settings

        self.database = settings.DATABASES["default"]["NAME"]
        self.log = Path(settings.DATABASES["default"]["HOST"]) / "log"
        self.begin = self.log.stat().st_size
        self.tell_postgres("SET log_statement = 'all'")
        return self

    def __exit__(self, *_) -> None:
        self.tell_postgres("RESET log_statement")
        with self.log.open() as file:
            file.seek(self.begin)
            self.lines = file.readlines()

    def tell_postgres(self, what: str) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{self.database}" {what}')


def table(result: dict) -> str:
    def median(name: str, figure: str) -> float:
        return statistics.median(run[figure] for run in result["rows"][name])

    stock = "stock on daphne"
    rows = []
    for name, runs in result["rows"].items():
        cells = [name]
        for figure, shown in (("kib_per_connection", ",.1f"), ("connects_per_second", ",.0f"), ("back_s", ",.2f")):
            cells.append(f"{median(name, figure):{shown}}")
            if stock in result["rows"]:
                cells.append(f"{median(name, figure) / median(stock, figure):.2f}")
        queries = {f"{run['log_queries']} for {run['pages']}" for run in runs if "log_queries" in run}
        cells.append(", ".join(sorted(queries)) or "–")
        rows.append(cells)
    ratio = ["of stock's"] if stock in result["rows"] else []
    columns = [
        "",
        "KiB a connection",
        *ratio,
        "connects/s",
        *ratio,
        "all back after, s",
        *ratio,
        "log queries for pages",
    ]
    return report.table(columns, rows)
