"""Results: a table in Markdown and a JSON file, with the machine they were measured on."""

import datetime
import json
import os
import platform
import re
import subprocess
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"
PAGE = RESULTS.parent.parent / "docs" / "benchmarks.md"
DISTURBED = 0.1  # of the server's core; the kernel's own work stays below


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; the first column is text, the others are aligned right."""
    lines = [list(columns), ["---", *["---:"] * (len(columns) - 1)], *([str(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def disturbance(runs: Iterable[dict]) -> str:
    """A warning if something else than the server worked on its core; ``others_share`` of each run says how much."""
    most = max((run["others_share"] for run in runs), default=0.0)
    return f"\n\nDisturbed: other work took up to {most:.0%} of the server's core." if most > DISTURBED else ""


def machine() -> dict[str, str]:
    """What a reader must know to compare; no host name, no paths."""
    with open("/proc/cpuinfo") as file:
        models = {line.partition(":")[2].strip() for line in file if line.startswith("model name")}
    with open("/proc/meminfo") as file:
        memory_kib = int(file.readline().split()[1])
    return {
        "processor": ", ".join(sorted(models)),
        "cores": str(os.cpu_count()),
        "memory": f"{memory_kib / 1024**2:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        **{name: version(name) for name in ("Django", "channels", "channels_redis", "daphne", "Twisted", "uvicorn")},
        "Redis": version_of("redis-server", "--version"),
        "PostgreSQL": version_of("psql", "--version"),
    }


def peer_versions() -> dict[str, str]:
    """Of what Tracker is compared with; the npm packages as locked."""
    lock = json.loads((Path(__file__).resolve().parent / "peers" / "package-lock.json").read_text())["packages"]
    packages = {name: lock[f"node_modules/{name}"]["version"] for name in ("socket.io", "ws", "ioredis")}
    return {
        "Node": version_of("node", "--version"),
        **packages,
        "NATS": version_of("/usr/sbin/nats-server", "--version"),
    }


def version_of(*command: str) -> str:
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return "not installed"
    found = re.search(r"\d+(\.\d+)+", said)
    return found.group() if found else "unknown"


def write(name: str, result: dict, text: str) -> None:
    """Keep a result and its table beside the scripts, and quote the table in docs/benchmarks.md."""
    now = datetime.datetime.now(datetime.UTC)
    about = machine() | result.pop("versions", {})
    described = "; ".join(f"{key} {value}" for key, value in about.items())
    page = f"{text}\n\n{now:%Y-%m-%d %H:%M} UTC. {described}.\n"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(f"# {name}\n\n{page}")
    kept = {"name": name, "date": now.isoformat(timespec="seconds"), "machine": about, **result}
    (RESULTS / f"{name}.json").write_text(json.dumps(kept, indent=2) + "\n")
    quote(name, page)


def quote(name: str, text: str) -> None:
    """Put a table where docs/benchmarks.md keeps its place: between ``<!-- NAME -->`` and ``<!-- /NAME -->``."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, found, rest = PAGE.read_text().partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found and found_end):
        raise ValueError(f"{PAGE.name} has no place for {name}")
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}")
