"""The driver's side of the publisher process (publish.py), which has nothing else to do than to publish."""

import json
import queue
import subprocess
import sys
import threading

from benchmarks.cores import REST, pinned_to


class Publisher:
    """A running publisher of one kind; publish.py lists the kinds."""

    def __init__(self, kind: str, per_s: int = 0):
        """*per_s*: how many a second; 0: as fast as what takes them does."""
        command = [sys.executable, "-m", "benchmarks.publish", kind, str(per_s)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=pinned_to(REST)
        )
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()
        if self.lines.get(timeout=60) != "ready\n":
            raise RuntimeError(f"The publisher for {kind} did not start.")

    def listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put("")

    def publish(self, count: int, first: int, timeout_s: float = 300) -> dict:
        """Publish *count* notifications, numbered from *first* (Tracker's own are numbered by its log).

        Returns ``first_ns`` and ``last_ns`` (begin of the first send, end of the last; monotonic), ``last`` (the last
        one's number), ``cpu_s``, ``parts`` (seconds by step) and ``late_s`` (the most that one left after its time).
        """
        assert self.process.stdin is not None
        self.process.stdin.write(f"{count} {first}\n")
        self.process.stdin.flush()
        line = self.lines.get(timeout=timeout_s)
        if not line:
            raise RuntimeError("The publisher ended.")
        return json.loads(line)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> "Publisher":
        return self

    def __exit__(self, *_) -> None:
        self.close()
