"""The load generator: a C program beside this file, compiled when first used, and the way to talk to it.

    with Generator("tracker", port, 500, cookies=path, origin=origin, path="/notifications/") as clients:
        clients.wait("open")                       # {"connections": 500, "per_second": ..., "seconds": ...}
        clients.measure()                          # forget what was counted so far
        ...                                        # publish something
        result = clients.until(seq, quiet_s=3)     # all have handled number seq, or nothing came for 3 s

Protocols: ``tracker`` (a frame is several JSON objects, a line each; numbers must rise by one; acknowledges), ``plain``
(a JSON object a frame), ``socketio`` (Engine.IO 4), ``nats``. Every message must start with ``type`` and carry ``seq``.
"""

import json
import queue
import subprocess
import threading
from pathlib import Path

from benchmarks.cores import REST, pinned_to

SOURCES = Path(__file__).resolve().parent
PROGRAM = SOURCES.parent.parent / "build" / "benchmarks" / "generator"


def compiled() -> Path:
    """The program, compiled anew when a source is newer."""
    sources = sorted(SOURCES.glob("*.c"))
    newest = max(path.stat().st_mtime for path in [*sources, SOURCES / "generator.h"])
    if not PROGRAM.exists() or PROGRAM.stat().st_mtime < newest:
        PROGRAM.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-O3", "-march=native", "-Wall", "-Wextra", "-o", PROGRAM, *sources], check=True)
    return PROGRAM


class Generator:
    """A running load generator. Its clients stay connected until ``close``."""

    def __init__(
        self,
        protocol: str,
        ports: int | list[int],
        connections: int,
        *,
        path: str = "/",
        origin: str = "",
        cookies: Path | None = None,
        handshakes: int = 64,
        since: int | None = None,
        until: int | None = None,
        type: str = "",
        stamp: str = "",
        announce: bool = False,
        per_seq: Path | None = None,
        retry_ms: int = 0,
        round_ms: int = 0,
        timeout_s: float = 300,
    ):
        """*handshakes*: how many may be under way at once. *since*, *until*: a client comes back with a number, and has
        caught up at another (``wait("caught_up")``). *type*: count only messages of this type. *stamp*: the field that
        holds the moment of sending, ``time.monotonic_ns()``. *announce*: an event ``complete`` for each number that the
        last client has; *per_seq*: a file for the times of each number. *retry_ms*: a refused handshake tries again
        after so long. *round_ms*: read in rounds with such a pause between them, where latency does not matter: less
        work for many small frames.
        """
        listed = ports if isinstance(ports, list) else [ports]
        command = [str(compiled()), "--protocol", protocol, "--ports", ",".join(map(str, listed)), "--path", path]
        command += ["--connections", str(connections), "--handshakes", str(handshakes), "--timeout-s", str(timeout_s)]
        given = {"--origin": origin, "--cookies": cookies, "--since": since, "--until": until, "--type": type}
        given |= {"--stamp": f'"{stamp}":' if stamp else "", "--per-seq": per_seq, "--retry-ms": retry_ms or None}
        given |= {"--round-ms": round_ms or None}
        for name, value in given.items():
            if value is not None and value != "":
                command += [name, str(value)]
        if announce:
            command.append("--announce")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=pinned_to(REST)
        )
        self.events: queue.Queue[dict] = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.put(json.loads(line))
        self.events.put({"event": "end"})

    def say(self, command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def wait(self, *kinds: str, timeout_s: float = 120) -> dict:
        """The next event of one of these kinds; ``open``, ``caught_up``, ``complete``, ``measuring`` or ``result``."""
        while True:
            event = self.events.get(timeout=timeout_s)
            if event["event"] in kinds:
                return event
            if event["event"] in {"end", "timeout"}:
                raise RuntimeError(f"The generator ended while {kinds} was awaited: {event}")
            if event["event"] in {"error", "refused"}:
                print(f"  generator: {event}")

    def measure(self) -> int:
        """Begin to count; the moment, in ns."""
        self.say("measure")
        return self.wait("measuring")["at_ns"]

    def until(self, seq: int, quiet_s: float, timeout_s: float = 300) -> dict:
        """The result, once every client has handled number *seq*, or nothing has come for so long."""
        self.say(f"until {seq} {int(quiet_s * 1000)}")
        return self.wait("result", timeout_s=timeout_s)

    def report(self) -> dict:
        self.say("report")
        return self.wait("result")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> "Generator":
        return self

    def __exit__(self, *_) -> None:
        self.close()
