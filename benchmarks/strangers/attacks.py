"""The strangers: each attack is a coroutine that does a thing once over one connection; it is done again and again."""

import asyncio
import contextlib
import json
import os
import re
import secrets
import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks.strangers.nginx import unverified

PATIENCE_S = 60.0
LARGE = 5_900_000
HANDSHAKE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
REPORT, SIGN_IN, IMPORT = "/tracker/incident/report/", "/accounts/login/", "/tracker/job/import/"
PING, EMPTY, FIRST = b"\x89\x80mask", b"\x00\x80mask", b"\x01\x80mask"  # RFC 6455, 5.2


@dataclass
class Stranger:
    """One connection's worth of somebody at an address of their own."""

    scheme: str
    port: int
    address: str
    cookie: str  # of a viewer, for the attacks of who has an account
    csrf: str = ""
    done: int = 0

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        context: ssl.SSLContext | None = unverified() if self.scheme == "https" else None
        return await asyncio.open_connection("127.0.0.1", self.port, local_addr=(self.address, 0), ssl=context)

    async def ask(self, method: str, path: str, *headers: str, body: bytes = b"", length: int | None = None) -> bytes:
        """Send a request over a connection of its own; what is answered, as far as it comes."""
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
        if method == "POST":
            lines.append(f"Content-Length: {len(body) if length is None else length}")
        if not any(line.startswith("Upgrade") for line in lines):
            lines.append("Connection: close")
        reader, writer = await self.connect()
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
            with contextlib.suppress(OSError):
                await writer.drain()
            return await reader.read(200_000)
        finally:
            writer.close()

    async def post(self, path: str, form: dict[str, str]) -> bytes:
        """As somebody who has loaded the page: with its token."""
        if not self.csrf:
            page = (await self.ask("GET", path)).decode("latin-1")
            found = re.search(r"csrftoken=(\w+)", page)
            self.csrf = found.group(1) if found else ""
        body = urlencode(form | {"csrfmiddlewaretoken": self.csrf}).encode()
        origin = os.environ["BASE_URL"]
        return await self.ask(
            "POST",
            path,
            f"Cookie: csrftoken={self.csrf}",
            f"Origin: {origin}",
            f"Referer: {origin}/",
            "Content-Type: application/x-www-form-urlencoded",
            body=body,
        )


async def large_form(me: Stranger) -> None:
    body = b"--b\r\n\r\n\r\n" * (LARGE // 9)
    await me.ask("POST", "/", "Content-Type: multipart/form-data; boundary=b", body=body)


async def largest_form(me: Stranger) -> None:
    """As large as a stranger's may be."""
    await me.ask("POST", REPORT, "Content-Type: application/x-www-form-urlencoded", body=b"%=;" * 85_000)


async def bad_cookie(me: Stranger) -> None:
    await me.ask(
        "GET", "/notifications/", *HANDSHAKE, f"Origin: {os.environ['BASE_URL']}", 'Cookie: sessionid="\\000aaaaaaa"'
    )


async def unknown_cookie(me: Stranger) -> None:
    cookie = f"Cookie: sessionid={secrets.token_hex(16)}"
    await me.ask("GET", "/notifications/", *HANDSHAKE, f"Origin: {os.environ['BASE_URL']}", cookie)


async def upload(me: Stranger) -> None:
    cookie = f"Cookie: sessionid={secrets.token_hex(16)}"
    kind = "Content-Type: multipart/form-data; boundary=b"
    await me.ask("POST", IMPORT, cookie, kind, body=b"x" * LARGE, length=190_000_000)


async def sign_in(me: Stranger) -> None:
    await me.post(SIGN_IN, {"username": "viewer-1", "password": secrets.token_hex(8)})


async def report(me: Stranger) -> None:
    place = json.dumps({"type": "Point", "coordinates": [0, 0]}) + " " * 200_000
    await me.post(REPORT, {"name": "A", "severity": "LO", "location": place})


async def page(me: Stranger) -> None:
    await me.ask("GET", REPORT)


async def half_open(me: Stranger) -> None:
    _, writer = await me.connect()
    try:
        for letter in b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nname=":
            writer.write(bytes([letter]))
            await asyncio.sleep(0.05)
    finally:
        writer.close()


async def socket_of_viewer(me: Stranger) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await me.connect()
    lines = ["GET /notifications/ HTTP/1.1", "Host: 127.0.0.1", *HANDSHAKE]
    lines += [f"Origin: {os.environ['BASE_URL']}", f"Cookie: {me.cookie}", "", ""]
    writer.write("\r\n".join(lines).encode())
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def flood(me: Stranger, first: bytes, frame: bytes) -> None:
    _, writer = await socket_of_viewer(me)
    try:
        writer.write(first)
        for _ in range(100):
            if writer.transport.is_closing():
                break  # the site has had enough
            writer.write(frame * 1000)
            await writer.drain()
    finally:
        writer.close()


async def pings(me: Stranger) -> None:
    await flood(me, b"", PING)


async def fragments(me: Stranger) -> None:
    await flood(me, FIRST, EMPTY)


ATTACKS: dict[str, Callable[[Stranger], Awaitable[None]]] = {
    "large forms": large_form,
    "largest forms that are taken": largest_form,
    "handshakes with a bad cookie": bad_cookie,
    "handshakes with an unknown one": unknown_cookie,
    "uploads without an account": upload,
    "guesses at once": sign_in,
    "reports with a long place": report,
    "pages": page,
    "half requests": half_open,
    "pings of a viewer": pings,
    "empty fragments of a viewer": fragments,
}


async def again_and_again(attack: Callable[[Stranger], Awaitable[None]], me: Stranger) -> None:
    while True:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await attack(me)
            me.done += 1
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            await asyncio.sleep(0.01)  # refused, or closed: once more


async def main(name: str, scheme: str, port: str, strangers: str, each: str, cookie: str) -> None:
    crowd = [
        Stranger(scheme, int(port), f"127.0.0.{10 + number}", cookie)
        for number in range(int(strangers))
        for _ in range(int(each))
    ]
    tasks = [asyncio.create_task(again_and_again(ATTACKS[name], me)) for me in crowd]
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(sum(me.done for me in crowd), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
