"""Somebody who opens a socket and never reads it. Silent, or talking all the while."""

import contextlib
import json
import select
import socket

from websockets.frames import Frame, Opcode

from tests.faults.stretch import Person


class MuteReader:
    def __init__(self, host: str, origin: str, person: Person, since: int, talks: bool):
        self.talks = talks
        self.connection = socket.socket()
        # Little room, so that what is not read stays with the server.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        name, port = host.split(":")
        self.connection.connect((name, int(port)))
        self.connection.settimeout(10)
        lines = [
            f"GET /notifications/?since={since} HTTP/1.1",
            f"Host: {host}",
            f"Origin: {origin}",
            f"Cookie: sessionid={person.cookie}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "\r\n",
        ]
        self.connection.sendall("\r\n".join(lines).encode())
        answer = self.connection.recv(64)
        assert b" 101 " in answer, answer
        self.events = select.poll()
        self.events.register(self.connection, select.POLLRDHUP)

    def talk(self) -> None:
        if self.talks:
            text = json.dumps({"type": "ping", "t": 0}).encode()
            with contextlib.suppress(OSError):
                self.connection.send(Frame(Opcode.TEXT, text).serialize(mask=True, extensions=[]), socket.MSG_DONTWAIT)

    def is_let_go(self) -> bool:
        return bool(self.events.poll(0))

    def close(self) -> None:
        self.connection.close()
