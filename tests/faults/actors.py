"""Other processes of the site, seen from the test: the stage that makes them, and the line to each."""

import contextlib
import json
import os
import signal
import socket
from pathlib import Path

from tests.processes import start_python, wait_until


class Actor:
    """A process of the site that does one thing (``tests/faults/deeds.py``)."""

    def __init__(self, path: Path, operation: str, details: dict):
        self.operation = operation
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.settimeout(120)
        self.connection.connect(str(path))
        self.tell(operation=operation, details=details)
        self.lines = self.connection.makefile("r")
        self.pid: int = self.hear()["pid"]

    def hear(self) -> dict:
        """The next thing it says; empty when it has died."""
        try:
            line = self.lines.readline()
        except ConnectionResetError:  # it died with something unread in its ear
            line = ""
        said = json.loads(line) if line else {}
        assert "failed" not in said, f"The process that was to {self.operation} failed:\n{said['failed']}"
        return said

    def tell(self, **message: object) -> None:
        self.connection.sendall(json.dumps(message).encode() + b"\n")

    def result(self):
        """What came of it, when it is through."""
        while said := self.hear():
            if "done" in said:
                self.close()
                return said["done"]
        self.close()
        raise AssertionError(f"The process that was to {self.operation} died.")

    def stop(self):
        """Tell it to stop; what came of it."""
        with contextlib.suppress(BrokenPipeError):  # if it has failed, it has said why
            self.tell(stop=True)
        return self.result()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.wait_for_its_death()

    def wait_for_its_death(self) -> None:
        """Wait until it has died without being through."""
        while said := self.hear():
            assert "done" not in said, f"The process that was to {self.operation} and die is through: {said}"
        self.close()

    def close(self) -> None:
        self.lines.close()
        self.connection.close()


class ProcessPool:
    """Makes actors. One a site: it costs a second to start, an actor then some milliseconds."""

    def __init__(self, home: Path, env: dict[str, str]):
        home.mkdir()
        self.path = home / "socket"
        self.log = home / "log"
        with self.log.open("ab") as log:
            self.process = start_python(
                "-m", "tests.faults.process_pool", str(self.path), env=env, stdout=log, stderr=log
            )

    def actor(self, operation: str, **details: object) -> Actor:
        """Have another process of the site do something."""
        wait_until(Path(f"{self.path}.open").exists, f"the stage does not open; see {self.log}", 30)
        return Actor(self.path, operation, details)

    def tear_down(self) -> None:
        self.process.kill()
        self.process.wait()
