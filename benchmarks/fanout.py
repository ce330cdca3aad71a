"""How many notifications a second one server process delivers to 500 clients.

One publisher process, one send per notification, as fast as the layer takes them; messages of 700 bytes, each taken out
of its frame by the generator. The rate is deliveries by the time from the first send to the last delivery.
"""

import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import environment, people, report, servers
from benchmarks.cores import MEASURED, REST, core_busy_s
from benchmarks.generator import Generator
from benchmarks.publisher import Publisher
from benchmarks.servers import Server

CLIENTS = 500
SECONDS = 4.0  # that a repetition should take; how many are published follows from shorter runs before it
REPETITIONS = 3
PILOT = 300  # notifications of the first, short run
PILOT_STOCK = 20  # of the stock pattern: so few that its queues hold them
ATTEMPTS = 3
ROUND_MS = 3  # the generator reads in rounds; small against a repetition
QUIET_S = 3.0  # nothing came for so long: what has not come was lost
BOUND = 0.9  # of its core: then the generator may be what limits a row

OURS = ("Tracker on daphne", "Tracker on uvicorn")
ROWS = {
    "Tracker on daphne": lambda: servers.tracker("daphne"),
    "Tracker on uvicorn": lambda: servers.tracker("uvicorn"),
    "stock core": lambda: servers.stock("core"),
    "stock pubsub": lambda: servers.stock("pubsub"),
    "socket.io": lambda: servers.node("socketio"),
    "ws": lambda: servers.node("ws"),
    "nats-server": servers.Nats,
}


def measure(quick: bool, only: frozenset[str] = frozenset()) -> dict:
    names = [name for name in ROWS if not only or name in only]
    runs: dict[str, list[dict]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as home:
        cookies = people.sign_in(CLIENTS, Path(home) / "cookies")
        for repetition in range(1 if quick else REPETITIONS):
            for name in names:
                with ROWS[name]() as server:
                    run = one_run(server, cookies, 1.0 if quick else SECONDS)
                runs[name].append(run)
                print(f"  {repetition + 1} {name}: {summary(run)}", flush=True)
    return {"clients": CLIENTS, "rows": runs, "versions": report.peer_versions()}


def one_run(server: Server, cookies: Path, seconds: float) -> dict:
    place: dict[str, Any] = {"path": server.path, "origin": environment.origin(), "cookies": cookies}
    clients = Generator(server.protocol, server.port, CLIENTS, **place, round_ms=ROUND_MS)
    with clients, Publisher(server.publisher) as publisher:
        clients.wait("open")
        count = PILOT_STOCK if server.publisher.startswith("stock") else PILOT
        run = publish(clients, server, publisher, count, 1)
        for _ in range(ATTEMPTS):
            count = max(PILOT_STOCK, int(run["rate"] / CLIENTS * seconds))
            run = publish(clients, server, publisher, count, run["last"] + 1)
            if run["seconds"] > seconds / 2:  # else a server that was cold before is much faster now
                break
        return run


def publish(clients: Generator, server: Server, publisher: Publisher, count: int, first: int) -> dict:
    clients.measure()
    used, measured, rest = server.cpu_s(), core_busy_s(MEASURED), core_busy_s(REST)
    published = publisher.publish(count, first)
    result = clients.until(published["last"], QUIET_S)
    own_s = server.cpu_s() - used
    wall_s = (result["last_ns"] - published["first_ns"]) / 1e9
    return {
        "published": count,
        "last": published["last"],
        "deliveries": result["deliveries"],
        "lost": count * CLIENTS - result["deliveries"],
        "gaps": result["lost"],
        "repeated": result["repeated"],
        "errors": result["errors"],
        "closed": result["closed"],
        "frames": result["frames"],
        "seconds": wall_s,
        "rate": result["deliveries"] / wall_s,
        "publishing_s": (published["last_ns"] - published["first_ns"]) / 1e9,
        "publisher_cpu_s": published["cpu_s"],
        "publisher_parts_s": published.get("parts", {}),
        "server_share": own_s / wall_s,
        "others_share": max(0.0, core_busy_s(MEASURED) - measured - own_s) / wall_s,
        "rest_share": min(1.0, (core_busy_s(REST) - rest) / wall_s),
        "generator_share": result["core_share"],
    }


def summary(run: dict) -> str:
    parts = "".join(f", {name} {seconds:.2f}" for name, seconds in run["publisher_parts_s"].items())
    return (
        f"{run['rate']:,.0f}/s; {run['published']} published in {run['publishing_s']:.2f} s{parts}; delivered in "
        f"{run['seconds']:.2f} s, {run['frames']} frames, lost {run['lost']}, gaps {run['gaps']}, repeated "
        f"{run['repeated']}, errors {run['errors']}, closed {run['closed']}; server {run['server_share']:.0%} (others "
        f"{run['others_share']:.0%}), generator {run['generator_share']:.0%}, its core {run['rest_share']:.0%}"
    )


def table(result: dict) -> str:
    def median(name: str, figure: str) -> float:
        return statistics.median(run[figure] for run in result["rows"][name])

    ours = [name for name in OURS if name in result["rows"]]
    rows = []
    for name, runs in result["rows"].items():
        rate = median(name, "rate")
        times = [f"{median(mine, 'rate') / rate:.2f}" for mine in ours]
        lost = sum(run["lost"] for run in runs) / sum(run["published"] * result["clients"] for run in runs)
        shares = [f"{median(name, share):.0%}" for share in ("server_share", "generator_share", "rest_share")]
        if median(name, "generator_share") >= BOUND:
            shares[1] += " generator-bound"
        rows.append([name, f"{rate:,.0f}", *times, f"{lost:.1%}", *shares])
    columns = ["", "deliveries/s", *(f"{name}: times" for name in ours)]
    columns += ["lost", "server's core", "generator's share", "of a core this busy"]
    every = [run for runs in result["rows"].values() for run in runs]
    return report.table(columns, rows) + report.disturbance(every)
