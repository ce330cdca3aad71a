"""Clients that behave like the page (static/js/live: connection, feed, store), and write down all they were given.

A client loads the three collections, opens the socket from the smallest of their numbers, acknowledges, comes back
with the last number it has handled and its log, and loads the collections again when it is told to reload. What it
handled between two loads is a ``Stretch``; the oracle (oracle.py) compares it with the log.
"""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import requests
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus

from tests.faults.stretch import Person, Stretch, stretch_from
from tests.listener import checked

COLLECTIONS = {
    "incidents": "/tracker/incident/feature_collection/",
    "areas": "/tracker/area_of_interest/feature_collection/",
    "alerts": "/tracker/alert/collection/",
}
OF_THE_LOG = {"post_save", "post_delete", "alert", "alert_state", "changed"}
FINAL = {4001: "signed-out", 4003: "no-permission", 4009: "too-many", 4010: "refused"}
REFUSALS = {401: "signed-out", 403: "no-permission"}

# Every client is given the same texts; each is read, and compared with its declaration, once.
read = lru_cache(maxsize=20_000)(checked)


class Refused(Exception):
    """The server knows who asks, and says no."""


@dataclass(frozen=True)
class Pace:
    """How long a client waits: the page's figures, made shorter."""

    first_wait_s: float = 0.05
    longest_wait_s: float = 0.5
    handshake_s: float = 5.0
    silence_s: float = 30.0
    ack_s: float = 0.5
    load_s: float = 20.0
    between_collections_s: float = 0.0  # the page asks for all three at once; a pause lets more happen meanwhile


class Client:
    """One open map. Runs in the event loop of a ``Crowd``."""

    def __init__(self, name: str, person: Person, hosts: Callable[[], list[str]], origin: str, pace: Pace, seed: int):
        """*hosts*: where a server may be found now, as a load balancer would know: it tries them at random."""
        self.name = name
        self.person = person
        self.hosts = hosts
        self.origin = origin
        self.tls = "s" if origin.startswith("https:") else ""  # as the page: wss where it came by https
        self.pace = pace
        self.random = random.Random(seed)
        self.stretches: list[Stretch] = []
        self.wrong: list[str] = []  # what a server must never do
        self.ended = ""  # why it does not come back
        self.why: list[str] = []  # the reasons of the resets it was sent
        self.close_codes: list[int | None] = []
        self.opened = 0  # sockets that were greeted
        self.socket: ClientConnection | None = None
        self.is_greeted = False
        self.position = 0  # the last number that was handled, of ``log``
        self.log = ""
        self.on_wire = 0  # the last number that came through this socket, or that it was opened with
        self.acknowledged = 0
        self.heard_at = 0.0
        self.loading: asyncio.Task | None = None
        self.held: list[dict] = []  # came since the load began
        self.claim: dict[str, object] | None = None  # what it says at its next coming instead of where it is
        self.answer_due = False  # a heartbeat came
        self.may_connect = asyncio.Event()
        self.may_connect.set()

    # --- the socket ---

    async def run(self) -> None:
        await self.load()
        attempt = 0
        while not self.ended:
            await self.may_connect.wait()
            greeted = self.opened
            try:
                await self.open_and_follow()
            except InvalidStatus:
                await self.ask_why()
            except (OSError, TimeoutError, InvalidHandshake, InvalidMessage, EOFError):
                pass
            attempt = 0 if self.opened > greeted else attempt + 1
            longest = min(self.pace.longest_wait_s, self.pace.first_wait_s * 2**attempt)
            await asyncio.sleep(self.random.random() * longest)

    async def open_and_follow(self) -> None:
        query = self.resume()
        opening = connect(
            f"ws{self.tls}://{self.random.choice(self.hosts())}/notifications/?{urlencode(query)}",
            origin=self.origin,  # type: ignore[arg-type]
            additional_headers={"Cookie": f"sessionid={self.person.cookie}"},
            open_timeout=self.pace.handshake_s,
            close_timeout=0.2,
            ping_interval=None,
            compression=None,
            max_size=None,
            proxy=None,
        )
        async with opening as self.socket:
            self.heard_at = time.monotonic()
            self.is_greeted = False
            keeping = asyncio.create_task(self.keep_up(self.socket))
            try:
                while True:
                    self.take(await self.socket.recv())
            except ConnectionClosed:
                code = self.socket.close_code
                self.close_codes.append(code)
                self.end(FINAL.get(code or 0, ""))
            finally:
                keeping.cancel()
                self.socket = None

    def resume(self) -> dict[str, object]:
        """Where the next socket is to begin."""
        self.on_wire = self.acknowledged = self.position
        query, self.claim = self.claim or {"since": self.position, "log": self.log}, None
        return query

    async def keep_up(self, socket: ClientConnection) -> None:
        """Acknowledge what was handled; give up a socket that has fallen silent."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(self.pace.ack_s)
                if time.monotonic() - self.heard_at > self.pace.silence_s:
                    socket.transport.abort()
                if self.position > self.acknowledged or self.answer_due:
                    self.acknowledged, self.answer_due = self.position, False
                    await socket.send(json.dumps({"type": "ack", "seq": self.position}))

    def end(self, why: str) -> None:
        self.ended = self.ended or why

    async def ask_why(self) -> None:
        """A refused handshake looks like any failure to a browser: a collection tells the reason."""
        with contextlib.suppress(requests.RequestException):
            try:
                await asyncio.to_thread(self.fetch, COLLECTIONS["alerts"])
            except Refused as refused:
                self.end(str(refused))

    # --- what comes in ---

    def take(self, frame: str | bytes) -> None:
        self.heard_at = time.monotonic()
        assert isinstance(frame, str), "frames are text"
        for line in frame.split("\n"):
            message = read(line)
            kind = message["type"]
            if kind in OF_THE_LOG:
                self.take_numbered(message)
            elif kind == "hello":
                self.opened += 1
                self.is_greeted = True
                if message["log"] != self.log:
                    self.held.clear()  # the numbers of another log mean nothing in this one
                    self.reload(message)
            elif kind == "reset":
                self.on_wire = message["seq"]
                self.why.append(message["why"])
                self.reload(message)
            elif kind == "heartbeat":
                self.answer_due = True
                if not self.stretch.broken:
                    self.stretch.beats.append((message["seq"], self.position))
            elif kind == "error":
                self.wrong.append(f"was told off: {message['message']}")

    @property
    def stretch(self) -> Stretch:
        return self.stretches[-1]

    def take_numbered(self, message: dict) -> None:
        if message["seq"] <= self.on_wire:
            self.wrong.append(f"was sent {message['seq']} after {self.on_wire} through one socket")
        self.on_wire = message["seq"]
        if self.loading:
            self.held.append(message)
        self.handle(message)

    def handle(self, message: dict) -> None:
        if message["seq"] <= self.position:
            return
        self.position = message["seq"]
        if not self.stretch.broken:
            self.stretch.handled.append(message)
        if message["type"] == "changed":
            self.load_again()

    # --- the snapshot ---

    def reload(self, message: dict) -> None:
        """Messages cannot bring the map up to date: it needs a snapshot that is at least as new as *message*."""
        self.stretch.broken = True
        self.load_again()
        self.held.append(message)

    def load_again(self) -> None:
        if self.loading is None:
            self.held = []
            self.loading = asyncio.create_task(self.load())

    async def load(self) -> None:
        """Fetch the collections, however often it takes, and go on from them."""
        while True:
            try:
                stretch = stretch_from(await asyncio.to_thread(self.fetch_all))
                break
            except Refused as refused:
                self.end(str(refused))
                return
            except (requests.RequestException, ValueError):
                await asyncio.sleep(self.random.random() * self.pace.longest_wait_s)
        self.loading, held, self.held = None, self.held, []
        self.stretches.append(stretch)
        self.position, self.log = stretch.since, stretch.log
        for message in held:
            if message["type"] == "hello":
                outdated = message["log"] != stretch.log
            else:
                outdated = message["type"] == "reset" and message["seq"] > stretch.since
            if outdated:
                self.reload(message)
            elif message["type"] in OF_THE_LOG:
                self.handle(message)

    def fetch_all(self) -> dict[str, Any]:
        found = {}
        for name in self.random.sample(list(COLLECTIONS), 3):
            found[name] = self.fetch(COLLECTIONS[name])
            time.sleep(self.pace.between_collections_s)
        return found

    def fetch(self, path: str) -> dict[str, Any]:
        """A collection. Blocks; raises ``Refused``, or an error of requests."""
        answer = requests.get(
            f"http{self.tls}://{self.random.choice(self.hosts())}{path}",
            cookies={"sessionid": self.person.cookie},
            timeout=self.pace.load_s,
        )
        if answer.status_code in REFUSALS:
            raise Refused(REFUSALS[answer.status_code])
        answer.raise_for_status()
        return answer.json()

    # --- what a test does to it ---

    def is_live(self) -> bool:
        following = self.socket is not None and self.is_greeted
        return following and self.loading is None and bool(self.stretches) and not self.stretch.broken

    def go_away(self) -> None:
        """Lose the connection, and do not come back until told."""
        self.may_connect.clear()
        if self.socket:
            self.socket.transport.abort()

    def come_back(self, **claim: object) -> None:
        """Connect again; with *claim* as if it were there: ``since`` a number, ``log`` a log."""
        self.claim = claim or None
        self.may_connect.set()
