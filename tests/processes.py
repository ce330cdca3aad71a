"""Processes that tests start, which end with the tests, and waiting for what they do."""

import atexit
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.amount import FOR_PROOF

ROOT = Path(__file__).resolve().parent.parent
SOON_S = 30.0  # how long to wait for what should come at once; generous, for a busy machine
START_S = 120.0  # likewise for a process of the site to start
LIBC = ctypes.CDLL(None)

# `make prove` and `make coverage` start each process from nothing, as a site does; `make test` forks one that has
# imported the libraries (tests/fork_server.py).
FROM_NOTHING = FOR_PROOF or "coverage" in sys.modules


def end_with_parent() -> None:
    """In a child before exec: the kernel ends it when the test process ends, however that happens."""
    LIBC.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def start_python(*arguments: str, env: Mapping[str, str], new_session: bool = False, **how: Any) -> subprocess.Popen:
    """Start ``python ARGUMENTS`` in this environment and no other; *how* as for ``subprocess.Popen``.

    The kernel ends it with the thread that calls this, so call it in the main thread.
    """
    how = how | {"cwd": how.get("cwd", ROOT), "env": env}
    if FROM_NOTHING or arguments[0] not in ("-m", "-c", "-W", "manage.py"):
        command = [sys.executable, *arguments]
        return subprocess.Popen(command, preexec_fn=end_with_parent, start_new_session=new_session, **how)
    return Forked(arguments, new_session, **how)


def run_python(*arguments: str, env: Mapping[str, str], timeout: float, **how: Any) -> subprocess.CompletedProcess[str]:
    """Let ``python ARGUMENTS`` run to its end, and return what it said."""
    process = start_python(
        *arguments, env=env, text=True, **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
    )
    try:
        output, errors = process.communicate(timeout=timeout)
    except BaseException:
        process.kill()
        process.communicate()
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


class Forked(subprocess.Popen):
    """A child of this process that the fork server has made."""

    def __init__(self, arguments: tuple[str, ...], new_session: bool, **how: Any):
        self.new_session = new_session
        super().__init__([sys.executable, *arguments], **how)

    def _execute_child(
        self, args, executable, preexec_fn, close_fds, pass_fds, cwd, env, startupinfo, creationflags, shell,
        p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, *others
    ) -> None:  # fmt: skip
        files = [standard if file == -1 else file for standard, file in enumerate((p2cread, c2pwrite, errwrite))]
        what = {
            "arguments": args[1:],
            "environment": dict(env),
            "folder": str(cwd),
            "new_session": self.new_session,
            "parent": os.getpid(),
        }
        self.pid = fork_server().fork(what, files)
        self._child_created = True
        self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)  # type: ignore[attr-defined]


class ForkServer:
    """One a test process; it ends with it."""

    def __init__(self) -> None:
        self.line, far_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.lock = threading.Lock()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests/fork_server.py"), str(far_end.fileno())],
            env=environment | {"OPENBLAS_NUM_THREADS": "1"},  # numpy's threads would not be there after a fork
            cwd=ROOT,
            pass_fds=[far_end.fileno()],
        )
        far_end.close()
        atexit.register(self.end)

    def fork(self, what: dict, files: list[int]) -> int:
        """The number of a new process, which is a child of this one."""
        with self.lock:
            LIBC.prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: whose parent ends becomes a child of this process
            try:
                socket.send_fds(self.line, [json.dumps(what).encode()], files)
                answer = self.line.recv(32)
            finally:
                LIBC.prctl(36, 0)
        assert answer, "the fork server has ended"
        return int(answer)

    def end(self) -> None:
        self.line.close()
        self.process.wait()


@cache
def fork_server() -> ForkServer:
    return ForkServer()


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
