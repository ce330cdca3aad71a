"""docs/security.md tells the bounds that the code has, and names tests that there are."""

import re
from pathlib import Path

import pytest

from tracker.live import consumers
from tracker_project import body_limits, turns
from tracker_project.daphne import bounds, sockets

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
MIB = 1024 * 1024

SAID: dict[str, list[float]] = {
    "connections | one address": [bounds.CONNECTIONS],
    "connections | all addresses": [bounds.ALL_CONNECTIONS],
    "event loop |": [round(bounds.SLICE_S * 1000), bounds.READ_BYTES // 1024, bounds.WHOLESALE_BYTES // 1024],
    "new connections |": [bounds.ACCEPTS],
    "threads | strangers": [turns.STRANGERS, turns.STRANGER],
    "threads | people": [turns.PEOPLE, turns.PERSON],
    "threads | one line": [turns.IN_LINE],
    "a request's head |": [16, round(bounds.HEAD_S)],
    "a request's body | a stranger": [
        body_limits.STRANGER_BYTES // 1000,
        round(bounds.BODY_S),
        bounds.BODY_BYTES_PER_S // 1024,
    ],
    "a body that was refused |": [round(bounds.LINGER_S), bounds.LINGERING, bounds.ALL_LINGERING],
    "memory for a body |": [bounds.IN_MEMORY_BYTES // 1024],
    "files for bodies over 256 kB | one account": [bounds.UPLOADS],
    "files for bodies over 256 kB | all accounts": [bounds.ALL_UPLOADS],
    "answers that are not taken | one": [bounds.UNREAD_BYTES // MIB],
    "answers that are not taken | all": [bounds.ALL_UNREAD_BYTES // MIB],
    "a download that is not taken |": [bounds.STREAM_AHEAD_BYTES // 1024],
    "frames of a socket": [sockets.FRAMES, round(sockets.FRAMES_PER_S)],
    "sockets that are refused": [consumers.refusals.burst, consumers.refusals.per_s, round(consumers.LONGEST_WAIT_S)],
    "sockets that are opened": [consumers.arrivals.burst, consumers.arrivals.per_s, round(consumers.LONGEST_WAIT_S)],
    "messages of a socket": [consumers.BURST, round(consumers.PER_S), consumers.MAX_FRAME],
}


@pytest.mark.parametrize("begin", SAID)
def test_a_bound_is_as_the_page_says(begin):
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| {begin}")]
    at_most = row.rstrip(" |").rpartition(" | ")[2]
    numbers = [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", at_most)]
    assert numbers[: len(SAID[begin])] == SAID[begin]


def test_every_bound_is_on_the_page():
    compared = Path(__file__).read_text()
    missing = [name for name in vars(bounds) if name.isupper() and f"bounds.{name}" not in compared]
    assert not missing, "a bound is stated in docs/security.md, and compared here"


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[^`]+)`", PAGE))))
def test_what_shows_it_is_there(path):
    assert (ROOT / path).exists()
