"""A wire between clients and a server, which can be cut in the middle of a frame, or go dead and tell nobody."""

import asyncio
import contextlib
import random
from collections.abc import Callable


class Connection:
    """One TCP connection through the wire."""

    def __init__(self, wire: "Wire"):
        self.wire = wire
        self.is_websocket = False
        self.cut_next = False  # in the middle of what the server sends next
        self.passes = asyncio.Event()
        self.passes.set()
        self.writers: list[asyncio.StreamWriter] = []

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, from_server: bool) -> None:
        """What comes from one side to the other, until either closes or the wire is cut."""
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                self.is_websocket = self.is_websocket or b"websocket" in data[:1000].lower()
                await self.passes.wait()
                if from_server and self.cut_next and len(data) > 1:
                    self.wire.cuts += 1
                    writer.write(data[: self.wire.chance.randrange(1, len(data))])
                    await writer.drain()
                    break
                writer.write(data)
                await writer.drain()
        self.close()

    def close(self) -> None:
        for writer in self.writers:
            writer.close()


class Wire:
    """Lives in the event loop of a crowd. ``host`` is where its clients connect."""

    host = ""

    def __init__(self, server: Callable[[], str], seed: int):
        """*server*: the host and port of the server that a new connection leads to."""
        self.server = server
        self.chance = random.Random(seed)
        self.connections: list[Connection] = []
        self.cuts = 0
        self.deaths = 0

    async def open(self) -> None:
        self.listening = await asyncio.start_server(self.accept, "127.0.0.1", 0)
        self.host = f"127.0.0.1:{self.listening.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        self.listening.close()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(self)
        connection.writers.append(writer)
        host, port = self.server().split(":")
        try:
            server_reader, server_writer = await asyncio.open_connection(host, int(port))
        except OSError:
            writer.close()
            return
        connection.writers.append(server_writer)
        self.connections.append(connection)
        try:
            await asyncio.gather(
                connection.carry(reader, server_writer, from_server=False),
                connection.carry(server_reader, writer, from_server=True),
            )
        finally:
            connection.close()
            self.connections.remove(connection)

    def cut_in_the_middle(self) -> None:
        """Every WebSocket breaks in the middle of what the server sends next."""
        for connection in self.sockets():
            connection.cut_next = True

    def go_dead(self) -> None:
        """Nothing passes any more through any WebSocket; both ends stay open, and nobody is told."""
        for connection in self.sockets():
            if connection.passes.is_set():
                connection.passes.clear()
                self.deaths += 1

    def sockets(self) -> list[Connection]:
        return [connection for connection in self.connections if connection.is_websocket]
