"""Which processor core does what, and how busy processes are."""

import ctypes
import os
import signal
import time
from collections.abc import Callable

MEASURED = 0  # the server that is measured, alone
REST = 1  # load generator, publisher, PostgreSQL, Redis and the driver
LIBC = ctypes.CDLL(None)
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def ended_with_parent(how: signal.Signals = signal.SIGTERM) -> None:
    """In a child before exec: the kernel ends it when its parent ends, however that happens."""
    LIBC.prctl(1, how)  # PR_SET_PDEATHSIG


def pinned_to(core: int) -> Callable[[], None]:
    """What a child does before exec: stay on this core, and end when the driver ends."""

    def prepare() -> None:
        ended_with_parent(signal.SIGKILL)
        os.sched_setaffinity(0, {core})

    return prepare


def cpu_s(pid: int) -> float:
    """Processor time that a process has used, of all its threads."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def core_busy_s(core: int) -> float:
    """Processor time that a core has spent on anything since the machine started."""
    with open("/proc/stat") as file:
        line = next(line for line in file if line.startswith(f"cpu{core} "))
    user, nice, system, _idle, _wait, irq, softirq = (int(field) for field in line.split()[1:8])
    return (user + nice + system + irq + softirq) / TICKS_PER_S


def memory_kib(pid: int) -> tuple[int, int]:
    """Resident and proportional memory of a process, KiB."""
    sizes = {}
    with open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            name, _, rest = line.partition(":")
            if name in {"Rss", "Pss"}:
                sizes[name] = int(rest.split()[0])
    return sizes["Rss"], sizes["Pss"]


def wait_for_quiet(limit_s: float = 30.0, busy: float = 0.1) -> dict[int, float]:
    """Wait until neither core has other work for a second, but no longer than this; returns how busy each still was."""
    end = time.monotonic() + limit_s
    while True:
        before = {core: core_busy_s(core) for core in (MEASURED, REST)}
        time.sleep(1)
        shares = {core: core_busy_s(core) - used for core, used in before.items()}
        if max(shares.values()) < busy or time.monotonic() > end:
            return shares
