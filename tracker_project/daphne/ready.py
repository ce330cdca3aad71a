"""A file that says that a daphne process serves: ``READY_FOLDER/<its pid>``, from when it listens until it stops.

Behind a listening socket that several processes share, a new process cannot be asked by its address: another one would
answer. So whoever restarts them one by one waits for this file (deploy/bin/tracker-restart).
"""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path

from daphne.server import Server
from twisted.internet import reactor


def said(listen_success: Callable, file: Path) -> Callable:
    """daphne's step when it listens."""

    def remove() -> None:
        file.unlink(missing_ok=True)

    @wraps(listen_success)
    def begin(self: Server, port: object) -> None:
        listen_success(self, port)
        reactor.callWhenRunning(file.touch)
        reactor.addSystemEventTrigger("before", "shutdown", remove)  # type: ignore[arg-type]

    return begin


def use(folder: str) -> None:
    """From here on this process says it there."""
    file = Path(folder) / str(os.getpid())
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.unlink(missing_ok=True)  # of one that was killed and had the same number
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError("it is not ours to write to")
    except OSError as error:
        sys.exit(f"Tracker cannot start: READY_FOLDER: {error}")
    Server.listen_success = said(Server.listen_success, file)
