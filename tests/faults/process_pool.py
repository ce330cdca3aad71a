"""The process pool: a process of the site that forks an actor for whoever connects to its socket.

    python -m tests.faults.process_pool SOCKET

An actor is a process of its own (``operations.py`` says what it can do), made in milliseconds because Django is
loaded already. The line to it carries JSON, one object a line: first what it shall do, then what it says. When it
dies, however that happens, the kernel closes the line. Nothing here may load ``tests.settings``: an actor has the
settings of the site, and with others its messages would reach no hub.
"""

import json
import os
import select
import signal
import socket
import sys
import traceback
from pathlib import Path

from tests.faults.operations import OPERATIONS, set_up


class Line:
    """An actor's end of the line."""

    def __init__(self, connection: socket.socket):
        self.connection = connection
        self.lines = connection.makefile("r")

    def hear(self) -> dict:
        return json.loads(self.lines.readline())

    def say(self, **message: object) -> None:
        self.connection.sendall(json.dumps(message).encode() + b"\n")

    def is_told_to_stop(self) -> bool:
        """Whether the other end has said anything more, or has gone."""
        return bool(select.select([self.connection], [], [], 0)[0])


def act(connection: socket.socket) -> None:
    """Be an actor: do what the line says, and say what came of it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    line = Line(connection)
    asked = line.hear()
    line.say(pid=os.getpid())
    try:
        done = OPERATIONS[asked["operation"]](line, **asked["details"])
    except Exception:
        line.say(failed=traceback.format_exc())
    else:
        line.say(done=done)


def main(path: str) -> None:
    set_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    Path(f"{path}.open").touch()
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            act(connection)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    main(sys.argv[1])
