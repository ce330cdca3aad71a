"""Sockets: a handshake, some of them odd, and what is said after it (frames.py)."""

import json
import random

from tests.faults.fuzz import headers
from tests.faults.fuzz.frames import frame, frames
from tests.faults.fuzz.inputs import Input
from tests.faults.fuzz.values import as_bytes, odd, percent_encoded
from tests.faults.fuzz.world import World
from tests.web.addresses import ROLES

END = "the end of this conversation"
PATHS = [
    "/notifications", "/notifications/more/", "/", "/healthz", "/NOTIFICATIONS/", "//notifications/", "/%00", "/%ff/",
    "/notifications/%0a", "/admin/", "/static/x", "/nowhere/", "/notifications/;x", "*",
]  # fmt: skip
QUERIES = ["since", "log", "only", "since", "log", "x"]
UPGRADE = {
    b"Upgrade": b"websocket",
    b"Connection": b"Upgrade",
    b"Sec-WebSocket-Key": b"dGhlIHNhbXBsZSBub25jZQ==",
    b"Sec-WebSocket-Version": b"13",
}


def handshake(chance: random.Random, host: str, cookie: str, changes: list[str]) -> bytes:
    path, query = "/notifications/", b""
    if chance.random() < 0.1:
        path = chance.choice(PATHS)
        changes.append("path")
    if chance.random() < 0.5:
        query = b"?" + b"&".join(
            name.encode() + b"=" + percent_encoded(odd(chance) if chance.random() < 0.7 else b"1", chance)
            for name in chance.choices(QUERIES, k=chance.choice([1, 2, 3]))
        )
    given = UPGRADE | {b"Host": host.encode(), b"Origin": f"http://{host}".encode(), b"Cookie": as_bytes(cookie)}
    if chance.random() < 0.4:
        for _ in range(chance.choice([1, 1, 2])):
            name, text = headers.one(chance)
            given[name] = text
            changes.append(f"header {name.decode('latin-1')[:40]}")
    method = b"GET" if chance.random() < 0.97 else chance.choice([b"POST", b"PUT", b"X"])
    line = method + b" " + path.encode() + query + b" HTTP/1.1"
    return b"\r\n".join([line, *(name + b": " + text for name, text in given.items()), b"", b""])


def socket_input(number: int, chance: random.Random, world: World, host: str, thread: int) -> Input:
    """The handshake, the frames, and a ping, by whose answer it is known that all before it was looked at."""
    role = chance.choice(ROLES)
    changes = ["socket"]
    opening = handshake(chance, host, f"csrftoken=x; sessionid={world.session_of(role, thread)}", changes)
    last = frame(json.dumps({"type": "ping", "t": END}).encode(), chance)
    return Input(number, role, [opening, b"".join(frames(chance)), last], is_socket=True, changes=changes)
