"""The server's log while it is fuzzed: which lines are news of a refused request, and which should not be there."""

import re
from pathlib import Path
from typing import NamedTuple

LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?:\[([^\]]*)\] )?([A-Z]+) ([\w.]+): (.*)$")
REQUEST = re.compile(r"^(?:127\.[\d.]+:\d+|None) - - \[")  # daphne's own line for each request and socket
EXPECTED = re.compile(
    "|".join(
        [
            "INFO ",
            # Refusals, which Django and axes write a line for; that of a wrong Host is an ERROR by Django's own choice.
            r"WARNING (?:django\.request|axes\.)",
            r"(?:WARNING|ERROR) django\.security\.",
            r"WARNING tracker\.live\.origins: A page was refused the live channel",  # of a made-up Origin
            r"WARNING tracker\.log: \S+ \d+ more lines of this kind",
            # What is given up after a moment, which a busy machine may need.
            r"WARNING tracker\.events\.sending: The channel layer did not take a notification",
            r"WARNING tracker_project\.monitoring\.\w+: .* did not answer",
        ]
    )
)
# What somebody on the staff asked a list for, told with where it failed: the person is answered.
EXPECTED_TRACEBACK = "WARNING tracker.web.admin.any_input: A list of the administration could not be shown"


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
    entries: list[tuple[str, str, list[str]]] = []  # the id of the request, level and message, all lines
    for line in text.split("\n"):
        if found := LINE.match(line):
            request, level, logger, message = found.groups()
            entries.append((request or "", f"{level} {logger}: {message}", [line]))
        elif REQUEST.match(line):
            entries.append(("", "", [line]))
        elif entries and entries[-1][1]:  # the lines of its traceback
            entries[-1][2].append(line)
        elif line:
            entries.append(("", "a line of nobody", [line]))
    return [
        Entry(request, "\n".join(lines).rstrip("\n"))
        for request, said, lines in entries
        if not is_expected(said, any(line.startswith("Traceback") for line in lines))
    ]


def is_expected(said: str, has_traceback: bool) -> bool:
    if said.startswith(EXPECTED_TRACEBACK):
        return True
    return not has_traceback and (not said or bool(EXPECTED.match(said)))
