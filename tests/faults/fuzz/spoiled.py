"""The bytes of a request made odd, whatever they mean: line ends, versions, framing, two at once, other protocols."""

import random
from collections.abc import Callable

from tests.faults.fuzz.values import OTHER_HOST

SIZES = [b"%x", b"%X", b"0%x", b"%x;a=b", b"-%x", b"+%x", b"0x%x", b"%x "]
ENDS = [b"0\r\n\r\n", b"0\r\nHost: evil.example\r\n\r\n", b"", b"0\n\n", b"ffffffffffffffffff\r\n"]
VERSIONS = [b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.1.1", b"HTTP/1", b"", b"ICY", b"http/1.1", b"\xff"]
NO_HTTP = [
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"SSH-2.0-x\r\n", b"\0" * 100, b" \r\n\r\n",
    b"GET\r\n\r\n", b"GET  / HTTP/1.1\r\n\r\n", b"* * *\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
]  # fmt: skip
OTHER = OTHER_HOST.encode()
ONE_MORE = b"GET /accounts/login/ HTTP/1.1\r\nHost: " + OTHER + b"\r\n\r\n"


def chunked(body: bytes, chance: random.Random) -> bytes:
    """In pieces as ``Transfer-Encoding`` has them; mostly wrong ones."""
    return chance.choice(SIZES) % len(body) + b"\r\n" + body + b"\r\n" + chance.choice(ENDS)


def random_bytes_in_it(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(chance.choice([1, 4, 30])) + data[at + 1 :]


def another_site_in_its_line(data: bytes, chance: random.Random) -> bytes:
    method, _, rest = data.partition(b" ")
    return method + b" http://" + OTHER + rest


def another_version(data: bytes, chance: random.Random) -> bytes:
    return data.replace(b"HTTP/1.1", chance.choice(VERSIONS), 1)


def a_long_line(data: bytes, chance: random.Random) -> bytes:
    return b"GET /" + b"a" * chance.choice([4000, 17_000, 70_000]) + b" HTTP/1.1\r\n" + data.partition(b"\r\n")[2]


def a_second_host(data: bytes, chance: random.Random) -> bytes:
    return data.replace(b"\r\n", b"\r\nHost: " + OTHER + b"\r\n", 1)


WAYS: list[Callable[[bytes, random.Random], bytes]] = [
    random_bytes_in_it,
    another_site_in_its_line,
    another_version,
    a_long_line,
    a_second_host,
    lambda data, chance: data[: chance.randrange(len(data))],
    lambda data, chance: data.replace(b"\r\n", b"\n"),
    lambda data, chance: b"\r\n" * chance.choice([1, 5, 300]) + data,
    lambda data, chance: data + ONE_MORE,
    lambda data, chance: data + data,
    lambda data, chance: data.replace(b"\r\n", b"\r\n\t folded: ", 1),
    lambda data, chance: data.replace(b": ", chance.choice([b":", b" : ", b"", b":\t", b"\x0b: "]), 2),
    lambda data, chance: data.replace(b" ", chance.choice([b"  ", b"\t", b"%20", b"\x0c"]), 2),
    lambda data, chance: chance.choice(NO_HTTP),
]


def spoiled(data: bytes, chance: random.Random) -> bytes:
    return chance.choice(WAYS)(data, chance)
