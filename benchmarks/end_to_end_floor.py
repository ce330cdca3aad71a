"""The floor of ``end_to_end``, a process of its own: the statements by psycopg2, then one send a socket, and no more.

    python -m benchmarks.end_to_end_floor CLIENTS

Listens as a WebSocket server just far enough for the load generator, greets that many clients, and says its port before
and "ready" after. A line "LONGITUDE LATITUDE" is a report; the answer is when it began, had committed and had sent to
the last, in nanoseconds of CLOCK_MONOTONIC. The first line gives the texts that every client is sent, as JSON.
"""

import base64
import hashlib
import json
import os
import re
import socket
import sys
import time

import dj_database_url
import psycopg2

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
HELLO = b'{"type":"hello","log":"floor","seq":1,"floor":1,"process":"floor"}'
INSERT = """INSERT INTO tracker_incident
    (name, description, severity, closed, location, place, created, updated, source)
    VALUES ('Fire', %s, 'UR', false, ST_SetSRID(ST_MakePoint(%s, %s), 4326), '', now(), now(), 'form') RETURNING id"""
MATCH = """SELECT a.id, a.name, a.severity FROM tracker_incident i
    JOIN tracker_areaofinterest a ON ST_Intersects(a.polygon, i.location) WHERE i.id = %s AND NOT i.closed"""
WORDS = "Smoke over the roofs, flames in the upper floor. Two streets are closed; neighbours were told to shut windows."


def frame(text: bytes) -> bytes:
    head = bytes([len(text)]) if len(text) < 126 else b"\x7e" + len(text).to_bytes(2, "big")
    return b"\x81" + head + text


def greet(listener: socket.socket) -> socket.socket:
    client, _ = listener.accept()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        request += client.recv(4096)
    (key,) = re.findall(rb"Sec-WebSocket-Key: (\S+)", request, re.IGNORECASE)
    accepted = base64.b64encode(hashlib.sha1(key + GUID).digest())
    head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
    client.sendall(head + accepted + b"\r\n\r\n" + frame(HELLO))
    return client


def main() -> None:
    target = dj_database_url.parse(os.environ["DATABASE_URL"])
    connection = psycopg2.connect(dbname=target["NAME"], user=target["USER"], host=target["HOST"])
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        print(listener.getsockname()[1], flush=True)
        clients = [greet(listener) for _ in range(int(sys.argv[1]))]
    print("ready", flush=True)
    lines = iter(sys.stdin.readline, "")
    texts = json.loads(next(lines))
    seq = 1
    for line in lines:
        numbered = [re.sub(r'"seq":\d+', f'"seq":{seq + n}', text, count=1) for n, text in enumerate(texts, 1)]
        seq += len(texts)
        bytes_for_all = frame("\n".join(numbered).encode())
        began = time.monotonic_ns()
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [WORDS, *map(float, line.split())])
            cursor.execute(MATCH, cursor.fetchone())
            cursor.fetchall()
        connection.commit()
        committed = time.monotonic_ns()
        for client in clients:
            client.send(bytes_for_all)
        print(began, committed, time.monotonic_ns(), flush=True)


if __name__ == "__main__":
    main()
