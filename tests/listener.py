"""A person's open socket, as tests read it: each message checked against what is declared."""

import contextlib
import json
import time
from contextlib import AbstractContextManager

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.processes import SOON_S
from tracker.events import messages


class Listener:
    """A person's open socket, with what came through it taken apart and checked against the declared messages."""

    def __init__(self, opening: AbstractContextManager[ClientConnection]):
        self.opening = opening  # kept: the connection lives as long as this context
        self.ws = opening.__enter__()
        self.waiting: list[dict] = []
        self.received: list[dict] = []

    def next(self, timeout_s: float = SOON_S) -> dict:
        """The next message; raises TimeoutError when none comes, ConnectionClosed when none will."""
        if not self.waiting:
            frame = self.ws.recv(timeout=timeout_s)
            assert isinstance(frame, str), "frames are text"
            self.waiting = [checked(line) for line in frame.split("\n")]
        message = self.waiting.pop(0)
        self.received.append(message)
        return message

    def next_of(self, *types: str, timeout_s: float = SOON_S) -> dict:
        """The next message of one of these types; the others are passed over (they stay in ``received``)."""
        end = time.monotonic() + timeout_s
        while True:
            message = self.next(max(0.0, end - time.monotonic()))
            if message["type"] in types:
                return message

    def up_to(self, seq: int, timeout_s: float = SOON_S) -> list[dict]:
        """The messages of the log that come until number *seq* has."""
        got: list[dict] = []
        end = time.monotonic() + timeout_s
        while not got or got[-1]["seq"] < seq:
            message = self.next(max(0.0, end - time.monotonic()))
            if "seq" in message and message["type"] not in {"hello", "reset", "heartbeat"}:
                got.append(message)
        return got

    def ping(self) -> list[dict]:
        """What the server has sent to this socket until it answers a ping, but what comes without a cause.

        Left out are the answer, who is on watch, and heartbeats.
        """
        before = len(self.received)
        token = time.monotonic_ns()
        self.say({"type": "ping", "t": token})
        while self.next().get("t") != token:
            pass
        return [message for message in self.received[before:-1] if message["type"] not in {"presence", "heartbeat"}]

    def say(self, message: object) -> None:
        self.ws.send(message if isinstance(message, str | bytes) else json.dumps(message))

    def close_code(self, timeout_s: float = SOON_S) -> int:
        """Read on until the server closes; its close code."""
        with contextlib.suppress(ConnectionClosed):
            end = time.monotonic() + timeout_s
            while True:
                self.next(max(0.0, end - time.monotonic()))
        assert self.ws.close_code is not None
        return self.ws.close_code

    def close(self) -> None:
        self.ws.close()


def checked(line: str) -> dict:
    """A line of a frame as a message, which must have exactly the fields declared for its type."""
    message = json.loads(line, parse_constant=lambda name: fail_json(name))
    fields = set(messages.FROM_SERVER[message["type"]].__annotations__)
    assert set(message) == fields, f"{message['type']}: {set(message) ^ fields} differ from the declaration"
    return message


def fail_json(name: str):
    raise AssertionError(f"{name} is not JSON")
