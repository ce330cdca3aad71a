"""The oracle: what a client handled must be the log, filtered for its user: all of it, once, in order, nothing else."""

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from tests.conftest import need
from tests.faults.clients import read
from tests.faults.stretch import Person, Stretch
from tests.processes import ROOT
from tracker.models import LogState, Notification

SHOWN = 5  # numbers that a finding lists


class Row(NamedTuple):
    audience: str | None
    message: dict


class Subscriber(Protocol):
    """What the oracle judges: a client, or one that goes about it in the wrong way."""

    name: str
    person: Person
    stretches: list[Stretch]
    wrong: list[str]
    ended: str


class Oracle:
    """The log as it was written, also what was pruned or replaced since: ``keep()`` before that happens."""

    def __init__(self):
        self.logs: dict[str, dict[int, Row]] = {}
        self.ends: dict[str, int] = {}

    def keep(self) -> None:
        """Copy what the log has now."""
        state = LogState.current()
        log = self.logs.setdefault(state.log_id, {})
        for row in Notification.objects.filter(seq__gt=max(log, default=0)).order_by("seq").iterator():
            log[row.seq or 0] = Row(row.audience, read(row.text()))
        self.ends[state.log_id] = max(log, default=0)

    def newest(self) -> int:
        """The newest number that was kept of the log as it is now."""
        return self.ends[LogState.current().log_id]

    # --- what is expected ---

    def expected(self, person: Person, log: str, after: int, upto: int) -> list[dict]:
        """The messages that this person may see, of the numbers in (after, upto]."""
        rows = self.logs.get(log, {})
        seen = (rows[seq] for seq in range(after + 1, upto + 1) if seq in rows)
        return [row.message for row in seen if row.audience in {None, person.audience}]

    def last_seq_for(self, person: Person, log: str) -> int:
        rows = self.logs[log]
        return next((seq for seq in reversed(rows) if rows[seq].audience in {None, person.audience}), 0)

    def announced(self) -> set[str]:
        """The Feature ids of all that was saved."""
        messages = (row.message for rows in self.logs.values() for row in rows.values())
        return {message["feature"]["id"] for message in messages if message["type"] == "post_save"}

    # --- findings ---

    def findings(self, subscribers: Iterable[Subscriber]) -> list[str]:
        """Whatever is wrong with the log, and with what each was given; empty if all is well."""
        found = self.findings_in_the_log()
        for subscriber in subscribers:
            found += [f"{subscriber.name} {each}" for each in self.findings_with(subscriber)]
        return found

    def findings_in_the_log(self) -> list[str]:
        found = []
        for log, rows in self.logs.items():
            seqs = sorted(rows)
            gaps = [b for a, b in pairwise(seqs) if b != a + 1]
            if gaps:
                found.append(f"log {log} has gaps before {gaps[:SHOWN]}")
        return found

    def findings_with(self, subscriber: Subscriber) -> list[str]:
        found = list(subscriber.wrong)
        if not subscriber.stretches:
            return [*found, "never had a snapshot"]
        for stretch in subscriber.stretches:
            is_last = stretch is subscriber.stretches[-1]
            if is_last and not subscriber.ended:
                if stretch.broken:
                    found.append("never reloaded although it was told to")
                upto = self.ends.get(stretch.log, 0)
            else:
                upto = stretch.position
            found += self.findings_in(stretch, subscriber.person, upto)
        return found

    def findings_in(self, stretch: Stretch, person: Person, upto: int) -> list[str]:
        if stretch.log not in self.logs:
            return [f"followed a log {stretch.log} that there never was"]
        expected = self.expected(person, stretch.log, stretch.since, upto)
        if stretch.handled == expected and not any(late(stretch.beats, expected)):
            return []
        wanted = {message["seq"]: message for message in expected}
        seqs = [message["seq"] for message in stretch.handled]
        findings = {
            "lost": sorted(wanted.keys() - set(seqs)),
            "handled twice": [seq for seq, count in Counter(seqs).items() if count > 1],
            "handled out of order": [b for a, b in pairwise(seqs) if b < a],
            "handled what was not for it": [seq for seq in seqs if seq not in wanted],
            "handled another text": [m["seq"] for m in stretch.handled if wanted.get(m["seq"], m) != m],
            "was told that it is complete when it was not, at": late(stretch.beats, expected),
        }
        span = f"of {len(expected)} messages in {stretch.since + 1}…{upto}"
        return [f"{what} {len(seqs)} {span}: {seqs[:SHOWN]}" for what, seqs in findings.items() if seqs]


def late(beats: list[tuple[int, int]], expected: list[dict]) -> list[int]:
    """The heartbeats that promised more than had been handled."""
    if not beats:
        return []
    seqs = [message["seq"] for message in expected]
    return [beat for beat, position in beats if any(position < seq <= beat for seq in seqs)]


def differences(fresh: dict[str, Any], subscribers: Iterable[Subscriber]) -> list[str]:
    """Where the page of a client, at the end of its last stretch, differs from a page that is loaded now."""
    node = shutil.which("node")
    need(node, "node")
    there = [each for each in subscribers if each.stretches and not each.ended]
    messages = {id(message): message for each in there for message in each.stretches[-1].handled}
    index = {each: n for n, each in enumerate(messages)}
    clients = [
        {
            "name": each.name,
            "snapshot": each.stretches[-1].snapshot,
            "messages": [index[id(message)] for message in each.stretches[-1].handled],
        }
        for each in there
    ]
    done = subprocess.run(
        [str(node), ROOT / "tests" / "faults" / "replay_check.mjs"],
        input=json.dumps({"fresh": fresh, "messages": list(messages.values()), "clients": clients}),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return json.loads(done.stdout)
