"""How soon 1,000 clients have a notification, at a steady 50 a second, and how many never get it.

Tracker's are real ones: recorded in a transaction of another process, numbered and sent after its commit. Stock's are a
``group_send``. The moment of sending is in the message; for Tracker it is taken before the transaction begins.
"""

import statistics
import tempfile
from pathlib import Path

from benchmarks import environment, people, report, servers
from benchmarks.cores import MEASURED, REST, core_busy_s
from benchmarks.generator import Generator
from benchmarks.publisher import Publisher
from benchmarks.servers import Server

CLIENTS = 1_000
PER_S = 50
SECONDS = 60
QUIET_S = 5.0
ROUND_MS = 1  # the generator reads in rounds, so that not every send has to wake it; adds up to 1 ms to each latency

ROWS = {  # and how often; the table has the medians
    "Tracker on daphne": (lambda: servers.tracker("daphne"), 3),
    "Tracker on uvicorn": (lambda: servers.tracker("uvicorn"), 1),
    "stock on daphne": (lambda: servers.stock("core"), 1),
}


def measure(quick: bool, only: frozenset[str] = frozenset()) -> dict:
    seconds = 3 if quick else SECONDS
    rows: dict[str, list[dict]] = {name: [] for name in ROWS if not only or name in only}
    with tempfile.TemporaryDirectory() as home:
        cookies = people.sign_in(CLIENTS, Path(home) / "cookies")
        for repetition in range(1 if quick else max(times for _, times in ROWS.values())):
            for name, runs in rows.items():
                server_of, times = ROWS[name]
                if repetition < times:
                    with server_of() as server:
                        runs.append(one_run(server, cookies, seconds))
                    print(f"  {repetition + 1} {name}: {runs[-1]}", flush=True)
    return {"clients": CLIENTS, "per_second": PER_S, "seconds": seconds, "rows": rows}


def one_run(server: Server, cookies: Path, seconds: int) -> dict:
    clients = Generator(
        server.protocol,
        server.port,
        CLIENTS,
        path=server.path,
        origin=environment.origin(),
        cookies=cookies,
        stamp="sent_ns",
        round_ms=ROUND_MS,
    )
    count = PER_S * seconds
    with clients, Publisher(server.publisher, PER_S) as publisher:
        clients.wait("open")
        warm = publisher.publish(PER_S, 1)  # for a second, to warm up
        clients.until(warm["last"], QUIET_S)
        clients.measure()
        used, measured, rest = server.cpu_s(), core_busy_s(MEASURED), core_busy_s(REST)
        published = publisher.publish(count, warm["last"] + 1)
        result = clients.until(published["last"], QUIET_S)
        wall_s = (max(result["last_ns"], published["last_ns"]) - published["first_ns"]) / 1e9
        expected = count * CLIENTS
        return {
            "published": count,
            "deliveries": result["deliveries"],
            "lost": expected - result["deliveries"],
            "repeated": result["repeated"],
            "errors": result["errors"],
            "closed": result["closed"],
            "latency_ms": result["latency_ms"],
            "late_s": published["late_s"],
            "publisher_share": published["cpu_s"] / wall_s,
            "server_share": (own_s := server.cpu_s() - used) / wall_s,
            "others_share": max(0.0, core_busy_s(MEASURED) - measured - own_s) / wall_s,
            "rest_share": (core_busy_s(REST) - rest) / wall_s,
            "generator_share": result["core_share"],
        }


def table(result: dict) -> str:
    rows = []
    for name, runs in result["rows"].items():
        latency = {key: statistics.median(run["latency_ms"][key] for run in runs) for key in ("p50", "p99", "max")}
        lost = sum(run["lost"] for run in runs) / sum(run["published"] * result["clients"] for run in runs)
        share = statistics.median(run["server_share"] for run in runs)
        times = [f"{ms:,.1f}" for ms in latency.values()]
        rows.append([name, len(runs), *times, f"{lost:.2%}", sum(run["repeated"] for run in runs), f"{share:.0%}"])
    columns = ["", "runs", "p50, ms", "p99, ms", "max, ms", "lost", "twice", "server's core"]
    return report.table(columns, rows) + report.disturbance(run for runs in result["rows"].values() for run in runs)
