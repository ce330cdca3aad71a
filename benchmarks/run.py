"""Run the benchmarks: ``python -m benchmarks.run [--quick] [NAME ...]``; all of them without a name.

Each runs in a process of its own, under scripts/with_services.sh, so it has a PostgreSQL and a Redis of its own. All of
it is pinned to the second core; servers.py puts what is measured on the first.
"""

import argparse
import importlib
import os
import resource
import subprocess
import sys
from pathlib import Path

from benchmarks import environment, report
from benchmarks.cores import REST, ended_with_parent, wait_for_quiet

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("fanout", "steady", "end_to_end", "connections", "collections", "jobs", "strangers", "search")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__.split("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="a smoke run: small, once; nothing is kept")
    parser.add_argument("--only", default="", metavar="ROW,ROW", help="only these rows of the table; nothing is kept")
    parser.add_argument("--keep", action="store_true", help="keep the result although the machine was busy")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    if given.inside:
        measure(given.names[0], given.quick, frozenset(filter(None, given.only.split(","))), given.keep)
        return 0
    os.sched_setaffinity(0, {REST})
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    os.environ.setdefault("FSYNC", "on")  # PostgreSQL writes safely, as in production
    failed = []
    for name in given.names or NAMES:
        print(f"== {name}", flush=True)
        command = ["scripts/with_services.sh", sys.executable, "-m", "benchmarks.run", "--inside", name]
        command += ["--quick"] * given.quick + ["--keep"] * given.keep + (["--only", given.only] if given.only else [])
        if subprocess.run(command, cwd=ROOT, preexec_fn=ended_with_parent).returncode:
            failed.append(name)
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    return 1 if failed else 0


def measure(name: str, quick: bool, only: frozenset[str], keep: bool) -> None:
    environment.prepare()
    benchmark = importlib.import_module(f"benchmarks.{name}")
    busy = wait_for_quiet(limit_s=3 if quick else 30)
    result = benchmark.measure(quick, only) | {"cores_busy_before": busy}
    text = benchmark.table(result)
    if max(busy.values()) > 0.1:
        shares = " and ".join(f"{share:.0%}" for share in busy.values())
        text += f"\n\nDisturbed: before it began, something else kept the cores busy to {shares}."
    print(text, flush=True)
    if "Disturbed:" in text and not keep:
        print("Not kept: these figures are not to be trusted.", flush=True)
    elif not quick and not only:
        report.write(name, result, text)


if __name__ == "__main__":
    sys.exit(main())
