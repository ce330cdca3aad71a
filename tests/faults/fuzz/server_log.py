"""The server's log while it is fuzzed: which lines are news of a refused request, and which should not be there."""

import re
from pathlib import Path
from typing import NamedTuple

LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?:\[([^\]]*)\] )?([A-Z]+) ([\w.]+): (.*)$")
REQUEST = re.compile(r"^(?:127\.[\d.]+:\d+|None) - - \[")  # daphne's own line for each request and socket
# Refusals, which Django and axes write a line for. That of a wrong Host is an ERROR by Django's own choice.
# The layer is given up after a moment, which a busy machine may need: the log makes up for it.
EXPECTED = re.compile(
    r"^(?:INFO|DEBUG) |^WARNING (?:django\.request|axes\.)|^(?:WARNING|ERROR) django\.security\."
    r"|^WARNING tracker\.notifications: The channel layer did not take a notification"
)


class Entry(NamedTuple):
    """One thing that was written, with its traceback if it has one."""

    request: str  # the id of the request, as its answer carries it, or of a socket; empty: not known
    text: str

    @property
    def short(self) -> str:
        """Its first line without its time, and its last, which of a traceback says what happened."""
        first, *others = self.text.splitlines()
        first = re.sub(r"^\S+ \S+ (?:\[[^\]]*\] )?", "", first)
        return f"logged: {first[:300]}" + (f" … {others[-1][:300]}" if others else "")


class ServerLog:
    """Reads on from where it was."""

    def __init__(self, path: Path):
        self.path = path
        self.at = path.stat().st_size if path.exists() else 0

    def unexpected(self) -> list[Entry]:
        """What was written since and should not be there."""
        with self.path.open("rb") as log:
            log.seek(self.at)
            data = log.read()
        whole = data[: data.rfind(b"\n") + 1]
        self.at += len(whole)
        return unexpected_in(whole.decode("utf-8", "replace"))


def unexpected_in(text: str) -> list[Entry]:
    entries: list[tuple[str, bool, list[str]]] = []
    for line in text.split("\n"):
        if found := LINE.match(line):
            request, level, logger, message = found.groups()
            is_expected = bool(EXPECTED.match(f"{level} {logger}: {message}"))
            entries.append((request or "", is_expected, [line]))
        elif REQUEST.match(line):
            entries.append(("", True, [line]))
        elif entries and not (entries[-1][1] and REQUEST.match(entries[-1][2][0])):
            entries[-1][2].append(line)
        elif line:
            entries.append(("", False, [line]))
    return [
        Entry(request, "\n".join(lines).rstrip("\n"))
        for request, is_expected, lines in entries
        if not is_expected or any(line.startswith("Traceback") for line in lines)
    ]
