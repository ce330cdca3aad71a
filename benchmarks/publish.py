"""The publisher: one process, one send per notification.

    python -m benchmarks.publish KIND PER_S    says "ready"; then for each line of input "COUNT FIRST" a line of JSON

PER_S 0: as fast as what takes them does. KIND: ``tracker`` (rows of the log; as fast as it goes they are recorded and
numbered in passes of 500 and sent by a ``group_send`` each; else each is recorded and published alone, as by a save),
``stock-core`` and ``stock-pubsub`` (a ``group_send`` each), ``redis`` (a PUBLISH each), ``nats-PORT`` (a PUB each).
"""

import asyncio
import io
import json
import os
import socket
import sys
import time
from typing import Any, Protocol

from benchmarks.messages import body, message

GROUP = "notifications"


class Kind(Protocol):
    """Publishes; FIRST is the number of the first."""

    async def publish(self, count: int, first: int) -> dict[str, Any]:
        """All at once; returns at least ``first_ns``, the begin of the first send, and ``last``, the last number."""

    async def publish_one(self, number: int) -> None:
        """One, with the moment in it."""


class Tracker:
    """Real notifications of the log."""

    def __init__(self) -> None:
        self.layer = layer_of(os.environ.get("REDIS_LAYER", "pubsub"))
        from tracker.events.log import PIECE

        self.bodies = [body(i) for i in range(PIECE)]

    async def publish(self, count: int, first: int) -> dict[str, Any]:
        from tracker.events.log import PIECE
        from tracker.events.sending import envelope_of

        parts = {"record": 0.0, "number": 0.0, "send": 0.0}
        first_ns = sent = 0
        while sent < count:
            rows = await asyncio.to_thread(self.number, min(PIECE, count - sent), parts)
            sent += min(PIECE, count - sent)
            began = time.perf_counter()
            first_ns = first_ns or time.monotonic_ns()
            for row in rows:
                await self.layer.group_send(GROUP, envelope_of([row]))
            parts["send"] += time.perf_counter() - began
        return {"first_ns": first_ns, "last": await asyncio.to_thread(newest), "parts": parts}

    def number(self, count: int, parts: dict[str, float]) -> list:
        """Record so many and number them, or as many of them as no hub has numbered meanwhile."""
        from tracker.events.numbering import number_pending

        began = time.perf_counter()
        self.record(count)
        recorded = time.perf_counter()
        rows = number_pending()
        parts["record"] += recorded - began
        parts["number"] += time.perf_counter() - recorded
        return rows

    def record(self, count: int) -> None:
        """Rows without a number, by COPY: it is not the recording that is measured."""
        from django.db import connection
        from django.utils import timezone

        now = timezone.now().isoformat()
        lines = "".join(f"post_save\t{self.bodies[i]}\t{now}\n" for i in range(count))
        with connection.cursor() as cursor:
            cursor.copy_expert("COPY tracker_notification (type, body, created) FROM STDIN", io.StringIO(lines))

    async def publish_one(self, number: int) -> None:
        await asyncio.to_thread(self.save, number)

    @staticmethod
    def save(number: int) -> None:
        """What a save does: a row in a transaction; after its commit it is numbered and sent."""
        from tracker.events import log

        log.record("post_save", body(number, sent_ns=time.monotonic_ns()))


def newest() -> int:
    from tracker.models import LogState

    return LogState.current().last


class Stock:
    """The stock pattern's event, with the message as an object."""

    def __init__(self, layer: str):
        self.layer = layer_of(layer)

    async def publish(self, count: int, first: int) -> dict[str, Any]:
        events = [{"type": "notify", "message": json.loads(message(first + i))} for i in range(count)]
        first_ns = time.monotonic_ns()
        for event in events:
            await self.layer.group_send(GROUP, event)
        return {"first_ns": first_ns, "last": first + count - 1}

    async def publish_one(self, number: int) -> None:
        stamped = json.loads(message(number, sent_ns=time.monotonic_ns()))
        await self.layer.group_send(GROUP, {"type": "notify", "message": stamped})


def layer_of(name: str) -> Any:
    os.environ["REDIS_LAYER"] = name
    import django

    django.setup()
    from channels.layers import get_channel_layer

    return get_channel_layer()


class Redis:
    """A PUBLISH for each, as the pub/sub layer does it, without the layer."""

    def __init__(self) -> None:
        from redis.asyncio import Redis as Client

        self.client = Client.from_url(os.environ["REDIS_URL"])

    async def publish(self, count: int, first: int) -> dict[str, Any]:
        texts = [message(first + i) for i in range(count)]
        first_ns = time.monotonic_ns()
        for text in texts:
            await self.client.publish(GROUP, text)
        return {"first_ns": first_ns, "last": first + count - 1}

    async def publish_one(self, number: int) -> None:
        await self.client.publish(GROUP, message(number, sent_ns=time.monotonic_ns()))


class Nats:
    """NATS' own protocol on its own port: a PUB for each, written as fast as the socket takes them."""

    BATCH = 50  # written at once; a client library buffers as well

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.reader = self.socket.makefile("rb")
        assert self.reader.readline().startswith(b"INFO")
        self.socket.sendall(b'CONNECT {"verbose":false,"pedantic":false}\r\n')
        self.flush()

    def flush(self) -> None:
        """Return when the server has taken everything that was written."""
        self.socket.sendall(b"PING\r\n")
        while (line := self.reader.readline()) != b"PONG\r\n":
            if line == b"PING\r\n":
                self.socket.sendall(b"PONG\r\n")
            elif not line or line.startswith(b"-ERR"):
                raise RuntimeError(f"nats-server said {line!r}")

    @staticmethod
    def line(text: str) -> bytes:
        return b"PUB %b %d\r\n%b\r\n" % (GROUP.encode(), len(text), text.encode())

    async def publish(self, count: int, first: int) -> dict[str, Any]:
        lines = [self.line(message(first + i)) for i in range(count)]
        first_ns = time.monotonic_ns()
        for i in range(0, count, self.BATCH):
            self.socket.sendall(b"".join(lines[i : i + self.BATCH]))
        self.flush()
        return {"first_ns": first_ns, "last": first + count - 1}

    async def publish_one(self, number: int) -> None:
        self.socket.sendall(self.line(message(number, sent_ns=time.monotonic_ns())))


def kind_named(kind: str) -> Kind:
    name, _, given = kind.partition("-")
    match name:
        case "tracker":
            return Tracker()
        case "stock":
            return Stock(given)
        case "redis":
            return Redis()
        case "nats":
            return Nats(int(given))
    raise ValueError(kind)


async def publish_steadily(kind: Kind, count: int, first: int, per_s: int) -> dict[str, Any]:
    """One every 1 / *per_s* seconds, by the clock: a slow one makes those after it late, and none is left out."""
    began_ns = time.monotonic_ns()
    late_s = 0.0
    for i in range(count):
        ahead_s = i / per_s - (time.monotonic_ns() - began_ns) / 1e9
        if ahead_s > 0:
            await asyncio.sleep(ahead_s)
        late_s = max(late_s, -ahead_s)
        await kind.publish_one(first + i)
    last = await asyncio.to_thread(newest) if isinstance(kind, Tracker) else first + count - 1
    return {"first_ns": began_ns, "last": last, "late_s": late_s}


async def main(name: str, per_s: int) -> None:
    kind = kind_named(name)
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        count, first = map(int, line.split())
        used = time.process_time()
        if per_s:
            result = await publish_steadily(kind, count, first, per_s)
        else:
            result = await kind.publish(count, first)
        result |= {"last_ns": time.monotonic_ns(), "cpu_s": time.process_time() - used}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
