"""Processes that tests start, which end with the tests, and waiting for what they do."""

import ctypes
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOON_S = 30.0  # how long to wait for what should come at once; generous, for a busy machine
START_S = 120.0  # likewise for a process of the site to start
LIBC = ctypes.CDLL(None)


def end_with_parent() -> None:
    """In a child before exec: the kernel ends it when the test process ends, however that happens."""
    LIBC.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(condition: Callable[[], object], what: str, timeout_s: float = SOON_S) -> None:
    """Return as soon as *condition()* is true; fail with *what* if it does not become so."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"Waited {timeout_s:g} s in vain: {what}.")
        time.sleep(0.02)
