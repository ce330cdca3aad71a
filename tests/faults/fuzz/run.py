"""Sends inputs in rounds, several at once, and gathers what is wrong; after each round the site is as it was."""

import itertools
import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.conftest import SEED
from tests.faults.fuzz.http_inputs import http_input
from tests.faults.fuzz.inputs import Input
from tests.faults.fuzz.server_log import ServerLog
from tests.faults.fuzz.socket_inputs import socket_input
from tests.faults.fuzz.surface import Surface
from tests.faults.fuzz.talk import talk
from tests.faults.fuzz.verdict import findings, of_mail
from tests.faults.fuzz.world import World
from tests.live_site import Daphne

AT_ONCE = 4  # connections
ROUND = 400  # inputs; between two rounds what was deleted is made again
SOCKETS = 0.12  # of the inputs
HUNTS = 5  # how often a line that names no request is looked for, by sending a round's inputs again one by one
SETTLES_S = 0.1  # until the server has written what it has to say of an input
SHOWN = 30  # findings
VARIES = re.compile(r"'[^']*'|\"[^\"]*\"|0x[0-9a-f]+|\d+|: /\S*")  # from one input to the next, in what is one finding


class Fuzzing:
    """The inputs below *count*; or those of the numbers in ``FUZZ_INPUT``, of which it is told what came of them."""

    hunts = HUNTS  # that are left

    def __init__(self, web: Daphne, world: World, seed: int, count: int, mails: Path):
        self.web, self.world, self.seed, self.mails = web, world, seed, mails
        self.only = [int(number) for number in os.environ.get("FUZZ_INPUT", "").split(",") if number]
        self.numbers: Iterable[int] = self.only or range(count)
        self.surface = Surface(world.browser("admin"), web.url, world.path)
        self.log = ServerLog(web.log)
        self.found: dict[str, list[Input | None]] = {}  # what is wrong, and the inputs that showed it, if it is known
        self.answers: Counter[str] = Counter()
        self.requests: dict[str, Input] = {}  # of this round, by the id that the answer carries
        self.sent = 0
        self.seconds = 0.0

    def input(self, number: int, thread: int = 0) -> Input:
        """The same for the same number and seed, whatever was sent before; but for sessions and numbers of rows."""
        chance = random.Random(f"{self.seed}:{number}")
        if chance.random() < SOCKETS:
            return socket_input(number, chance, self.world, self.web.host, thread)
        return http_input(number, chance, self.surface, self.world, self.web.host, thread)

    def run(self, between: Callable[[], Iterable[str]]) -> None:
        """*between* is asked after each round what others have noticed."""
        numbers = iter(self.numbers)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while batch := list(itertools.islice(numbers, ROUND)):
                began = time.monotonic()
                self.requests = {}
                list(pool.map(self.send, [batch[n::AT_ONCE] for n in range(AT_ONCE)], range(AT_ONCE)))
                self.seconds += time.monotonic() - began
                self.sent += len(batch)
                assert self.web.is_running(), f"The server has ended.\n{self.report()}\n{self.web.tail_of_log()}"
                for finding in between():
                    self.note(finding, None)
                self.read_log(batch)
                self.read_mail()
                self.world.mend()

    def send(self, numbers: Iterable[int], thread: int) -> None:
        for number in numbers:
            self.send_one(self.input(number, thread))

    def send_one(self, asked: Input) -> None:
        answer = talk(self.web.host, asked)
        self.answers[str(answer.status or "closed")] += 1
        if request := answer.header("X-Request-ID"):
            self.requests[request] = asked
        if self.only:
            print(f"{asked}\n  → {answer}")  # noqa: T201
        for finding in findings(asked, answer, self.web.host):
            self.note(finding, asked)

    def note(self, finding: str, asked: Input | None) -> None:
        kind = VARIES.sub("…", finding.partition(" host: ")[0] + finding.partition(" host: ")[1])
        self.found.setdefault(kind[:400], []).append(asked)

    # --- what the server wrote ---

    def read_log(self, batch: list[int]) -> None:
        nobodys = False
        for entry in self.log.unexpected():
            asked = self.requests.get(entry.request)
            self.note(entry.short, asked)
            nobodys |= asked is None
        if nobodys and self.hunts:
            self.hunts -= 1
            self.hunt(batch)

    def hunt(self, batch: list[int]) -> None:
        """Which of the round's inputs has the server write what names no request? They are sent again, one by one."""
        self.world.mend()
        for number in batch:
            asked = self.input(number)
            self.send_one(asked)
            time.sleep(SETTLES_S)
            for entry in self.log.unexpected():
                self.note(entry.short, asked)

    def read_mail(self) -> None:
        for path in sorted(self.mails.glob("*")) if self.mails.exists() else []:
            for finding in of_mail(path.read_text(errors="replace"), self.web.url):
                self.note(finding, None)
            path.unlink()

    # --- the end ---

    def report(self) -> str:
        """What was found, each with the first input that shows it and with how to send that again."""
        parts = []
        for finding, inputs in sorted(self.found.items(), key=lambda each: -len(each[1]))[:SHOWN]:
            first = next(filter(None, inputs), None)
            again = f"FAULT_SEED={SEED} FUZZ_INPUT={first.number}: {first}" if first else "It is not known by which."
            parts.append(f"{len(inputs)} × {finding}\n  {again}")
        return "\n".join(parts)
