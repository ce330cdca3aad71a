"""What strangers can do to those on watch: alerts and pages while somebody does his worst, against the same when quiet.

Each attack is one of those that once stopped the watch. It is made by one stranger with one connection, and by ten with
ten each, from addresses of their own, for a minute; at daphne itself, and through nginx with the settings of deploy/.
Meanwhile incidents are saved that alert an open map, which another process holds, and an operator loads pages. Figures
are of that minute, against the quiet time just before and after. The strangers yield to everybody else for the
processor (nice 19), for they are no part of the machine; the kernel's work for their packets cannot be.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import people, report, servers
from benchmarks.cores import REST, pinned_to

SECONDS, QUICK_S = 60.0, 8.0
CROWDS = {"one": (1, 1), "ten": (10, 10)}  # strangers, and connections of each
SETTLE_S = 60.0  # in which memory must be back
NO_STATIC = "ignore:No directory at"  # static files are not measured, and their folder is not made


def measure(quick: bool, only: frozenset[str] = frozenset()) -> dict:
    from benchmarks.strangers.nginx import Nginx
    from benchmarks.strangers.watch import Watch

    seconds = QUICK_S if quick else SECONDS
    rows: list[dict] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        cookies = people.sign_in(2, home / "cookies").read_text().split()
        make_operator()
        with (
            servers.tracker("daphne", JOB_FILES=str(home / "jobs"), PYTHONWARNINGS=NO_STATIC) as server,
            Nginx(home / "nginx", server.port) as nginx,
        ):
            doors = {"daphne": ("http", server.port), "nginx": ("https", nginx.port)}
            for door, (scheme, port) in doors.items():
                if only and door not in only and only & set(doors):
                    continue
                with Watch(scheme, port, cookies[0]) as watch:
                    rows += at_door(door, scheme, port, watch, server, cookies[1], seconds, only - set(doors))
            rows.append({"log": server.said()[-4000:]})
    return {"seconds": seconds, "rows": rows[:-1], "log": rows[-1]["log"]}


def make_operator() -> None:
    from django.contrib.auth.models import Group

    for group in Group.objects.all():
        group.user_set.add(*group.user_set.model.objects.filter(username="viewer-0"))


def at_door(door, scheme, port, watch, server, cookie, seconds, only) -> list[dict]:
    from benchmarks.strangers import attacks  # which is also a program, and those must not be imported before they run

    rows = []
    watch.measure(QUICK_S)  # everything is loaded that is loaded once
    after = watch.measure(seconds / 4)
    names = [name for name in attacks.ATTACKS if not only or name in only]
    for name in names:
        for crowd, (strangers, each) in CROWDS.items():
            quiet = after
            before_mb = server.memory_kib()[0] / 1024
            with Attackers(name, scheme, port, strangers, each, cookie) as attackers:
                time.sleep(1)
                under = watch.measure(seconds)
                peak_mb = server.memory_kib()[0] / 1024
            after = watch.measure(seconds / 4)
            settled = settled_s(server, before_mb)
            row = {
                "door": door,
                "attack": name,
                "crowd": crowd,
                "done": attackers.done,
                "quiet": figures({kind: quiet[kind] + after[kind] for kind in quiet}),
                "under": figures(under),
                "memory_mb": [before_mb, peak_mb],
                "settled_s": settled,
            }
            rows.append(row)
            print("  " + " ".join(cells(row)), flush=True)
    return rows


def settled_s(server: Any, before_mb: float) -> float:
    """After how long its memory is back, within ten per cent; infinite if it is not in a minute."""
    begun = time.monotonic()
    while server.memory_kib()[0] / 1024 > before_mb * 1.1 + 10:
        if time.monotonic() - begun > SETTLE_S:
            return float("inf")
        time.sleep(1)
    return time.monotonic() - begun


def yielding() -> None:
    """What the strangers do before exec."""
    pinned_to(REST)()
    os.setpriority(os.PRIO_PROCESS, 0, 19)


class Attackers:
    """A process that does one of the attacks until it is told to stop."""

    def __init__(self, name: str, scheme: str, port: int, strangers: int, each: int, cookie: str):
        command = [sys.executable, "-m", "benchmarks.strangers.attacks"]
        command += [name, scheme, str(port), str(strangers), str(each), cookie]
        self.command = command
        self.done = 0

    def __enter__(self) -> "Attackers":
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=yielding
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *how) -> None:
        out, _ = self.process.communicate("\n", timeout=60)
        self.done = int(out)


def p(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, round(part * (len(values) - 1)))]


def figures(took_ms: dict[str, list[float]]) -> dict[str, float]:
    """Of the alerts and the pages of some time, in ms."""
    alerts, pages = took_ms["alerts"], took_ms["pages"]
    return {"alert_p99": p(alerts, 0.99), "page_p50": statistics.median(pages), "page_p99": p(pages, 0.99)}


def cells(row: dict) -> list[str]:
    quiet, under = row["quiet"], row["under"]
    ratio = {figure: under[figure] / quiet[figure] for figure in quiet}
    return [
        f"{row['attack']}, {row['crowd']}, {row['door']}",
        f"{row['done']:,}",
        f"{quiet['alert_p99']:.1f}",
        f"{under['alert_p99']:.1f}",
        f"{ratio['alert_p99']:.2f}",
        f"{quiet['page_p50']:.1f}",
        f"{under['page_p50']:.1f}",
        f"{ratio['page_p50']:.2f}",
        f"{ratio['page_p99']:.2f}",
        f"{row['memory_mb'][1] - row['memory_mb'][0]:.0f}",
        f"{row['settled_s']:.0f}",
    ]


def table(result: dict) -> str:
    columns = ["", "times", "alert p99 quiet, ms", "under it", "ratio", "page p50 quiet, ms", "under it", "ratio"]
    columns += ["ratio of p99", "memory, MB more", "back after, s"]
    text = report.table(columns, [cells(row) for row in result["rows"]])
    said = result["log"].strip()
    return text + (f"\n\nThe server's log:\n\n```\n{said}\n```" if said else "\n\nThe server's log is empty.")
