"""Results: a table in Markdown and a JSON file, with the machine they were measured on."""

import datetime
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"
DISTURBED = 0.05  # of the server's core; the kernel's own work stays below


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
        "Redis": first_line("redis-server", "--version"),
        "PostgreSQL": first_line("psql", "--version"),
    }


def peer_versions() -> dict[str, str]:
    """Of what Tracker is compared with; the npm packages as locked."""
    lock = json.loads((Path(__file__).resolve().parent / "peers" / "package-lock.json").read_text())["packages"]
    packages = {name: lock[f"node_modules/{name}"]["version"] for name in ("socket.io", "ws", "ioredis")}
    return {
        "Node": first_line("node", "--version"),
        **packages,
        "NATS": first_line("/usr/sbin/nats-server", "--version"),
    }


def first_line(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "not installed"


def write(name: str, result: dict, text: str) -> str:
    """Keep a result beside the scripts; returns the Markdown."""
    now = datetime.datetime.now(datetime.UTC)
    about = machine() | result.pop("versions", {})
    described = "; ".join(f"{key} {value}" for key, value in about.items())
    page = f"# {name}\n\n{text}\n\n{now:%Y-%m-%d %H:%M} UTC. {described}.\n"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(page)
    kept = {"name": name, "date": now.isoformat(timespec="seconds"), "machine": about, **result}
    (RESULTS / f"{name}.json").write_text(json.dumps(kept, indent=2) + "\n")
    return page
