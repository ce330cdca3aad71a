"""Writes an input to the server over a connection of its own, and takes apart what comes back."""

import contextlib
import http.client
import random
import socket
import time
from dataclasses import dataclass, field

from tests.faults.fuzz.frames import CLOSE, TEXT
from tests.faults.fuzz.inputs import Input
from tests.faults.fuzz.socket_inputs import END

ANSWERED_S = 90.0  # within which what must be answered is; generous, for a machine that does other things as well
MAYBE_S = 0.3  # how long to wait for an answer that need not come
END_S = 20.0


@dataclass
class Answer:
    """What came back: a status and a body, or nothing because the server closed or waits; frames, of a socket."""

    status: int | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    texts: list[bytes] = field(default_factory=list)
    close_code: int | None = None
    wrong: str = ""  # what is no HTTP, or did not come

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def talk(host: str, asked: Input) -> Answer:
    """From an address of its own, so that nobody is counted together with another input."""
    chance = random.Random(asked.number)
    name, port = host.split(":")
    answer = Answer()
    with socket.socket() as connection:
        connection.bind((f"127.{chance.randrange(1, 255)}.{chance.randrange(256)}.{chance.randrange(1, 255)}", 0))
        connection.settimeout(ANSWERED_S)
        connection.connect((name, int(port)))
        try:
            if asked.is_socket:
                converse(connection, asked, answer)
            else:
                write(connection, asked.pieces)
                read_answer(connection, asked, answer)
        except (ConnectionError, BrokenPipeError):
            pass  # closed: that is an answer, too
    return answer


def write(connection: socket.socket, pieces: list[bytes]) -> None:
    with contextlib.suppress(ConnectionError, BrokenPipeError):  # it may answer before it has read all
        for n, piece in enumerate(pieces):
            if n:
                time.sleep(0.002)
            connection.sendall(piece)


def read_answer(connection: socket.socket, asked: Input, answer: Answer) -> None:
    connection.settimeout(ANSWERED_S if asked.must_be_answered else MAYBE_S)
    response = http.client.HTTPResponse(connection, method=asked.method)
    try:
        response.begin()
        answer.status, answer.headers = response.status, response.getheaders()
        connection.settimeout(ANSWERED_S)
        if answer.status != 101:
            answer.body = response.read()
    except TimeoutError:
        if asked.must_be_answered:
            answer.wrong = f"no answer in {ANSWERED_S:g} s"
    except (http.client.RemoteDisconnected, ConnectionError):
        pass
    except http.client.IncompleteRead as error:
        answer.body = error.partial
    except http.client.HTTPException as error:
        if asked.must_be_answered:
            answer.wrong = f"what came back is no HTTP: {error!r}"
    finally:
        response.close()


def converse(connection: socket.socket, asked: Input, answer: Answer) -> None:
    """The handshake; the frames; and what the server says until it has answered the last of them, or closes."""
    opening, *frames = asked.pieces
    connection.sendall(opening)
    head = b""
    connection.settimeout(5.0)
    try:
        while b"\r\n\r\n" not in head and (data := connection.recv(65536)):
            head += data
    except TimeoutError:
        return
    lines, _, rest = head.partition(b"\r\n\r\n")
    first, *others = lines.decode("latin-1").split("\r\n")
    words = first.split()
    answer.status = int(words[1]) if len(words) > 1 and words[1].isdigit() else None
    answer.headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in others)]
    if answer.status != 101:
        connection.settimeout(MAYBE_S)
        with contextlib.suppress(TimeoutError):
            while data := connection.recv(65536):
                rest += data
        answer.body = rest
        return
    write(connection, frames)
    connection.settimeout(END_S)
    end = time.monotonic() + END_S
    with contextlib.suppress(TimeoutError):
        while time.monotonic() < end:
            rest = take_frames(rest, answer)
            if answer.close_code is not None or any(END.encode() in text for text in answer.texts[-20:]):
                return
            if not (data := connection.recv(65536)):
                return
            rest += data


def take_frames(data: bytes, answer: Answer) -> bytes:
    """Take whole frames of a server, which are not masked, off the beginning; what is left of it."""
    while len(data) >= 2:
        size, at = data[1] & 0x7F, 2
        if size >= 126:
            length = 2 if size == 126 else 8
            size, at = int.from_bytes(data[2 : 2 + length], "big"), 2 + length
        if len(data) < at + size:
            break
        opcode, payload, data = data[0] & 0x0F, data[at : at + size], data[at + size :]
        if opcode == TEXT:
            answer.texts.append(payload)
        elif opcode == CLOSE:
            answer.close_code = int.from_bytes(payload[:2], "big")
    return data
