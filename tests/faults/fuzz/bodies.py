"""Forms as bytes: in the two encodings of browsers, each a little wrong now and then, or as something else."""

import random
from typing import Any, NamedTuple

from tests.faults.fuzz.headers import TYPES, as_header, without_line_ends
from tests.faults.fuzz.values import as_bytes, odd, percent_encoded

Fields = dict[str, list[Any]]  # values are texts, bytes or files

EDGE = b"edge-of-parts"
OF_PARTS = [
    b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: x", b"Content-Type: text/plain; charset=utf-16",
    b"Content-Length: 3", b": x", b"X: " + b"x" * 2000, b"Content-Disposition: form-data; name*=no-such''x",
]  # fmt: skip
FEATURE = b'{"type":"Feature","geometry":%s,"properties":{"name":"%s","severity":%s}}'


class Body(NamedTuple):
    content: bytes
    type: bytes
    change: str = ""  # what is odd about it as a whole


def some_body(fields: Fields, chance: random.Random) -> Body:
    encode = chance.choices([urlencoded, multipart, something], [60, 32, 8])[0]
    return encode(fields, chance)


def text_of(value: Any) -> bytes:
    return value if isinstance(value, bytes) else as_bytes(str(value))


def urlencoded(fields: Fields, chance: random.Random) -> Body:
    pairs = [(name, value) for name, values in fields.items() for value in values if not hasattr(value, "read")]
    encoded = [
        percent_encoded(name.encode(), chance) + b"=" + percent_encoded(text_of(value), chance) for name, value in pairs
    ]
    return Body(b"&".join(encoded), b"application/x-www-form-urlencoded")


def multipart(fields: Fields, chance: random.Random) -> Body:
    lines: list[bytes] = []
    for name, values in fields.items():
        for value in values:
            lines += [b"--" + EDGE, *part(name, value, chance)]
    return Body(b"\r\n".join([*lines, b"--" + EDGE + b"--", b""]), b"multipart/form-data; boundary=" + EDGE)


def part(name: str, value: Any, chance: random.Random) -> list[bytes]:
    given = f'form-data; name="{name}"'.encode()
    if hasattr(value, "read") or chance.random() < 0.03:
        file_name = b"a.geojson" if chance.random() < 0.5 else without_line_ends(odd(chance))
        given += b'; filename="' + file_name + b'"'
        value = file(chance)
    if chance.random() < 0.01:
        given = without_line_ends(odd(chance))
    more = [chance.choice(OF_PARTS)] if chance.random() < 0.02 else []
    return [b"Content-Disposition: " + given, *more, b"", text_of(value)]


def file(chance: random.Random) -> bytes:
    """Something to import, or anything."""
    if chance.random() < 0.4:
        return odd(chance) + chance.randbytes(20)
    texts = [without_line_ends(odd(chance)) for _ in range(3)]
    return b'{"type":"FeatureCollection","features":[' + FEATURE % tuple(texts) + b"]}"


def something(fields: Fields, chance: random.Random) -> Body:
    """A body of another sort than its type says."""
    content, kind, _ = urlencoded(fields, chance)
    if chance.random() < 0.5:
        content = odd(chance) * chance.choice([1, 1, 1, 50])
    if chance.random() < 0.5:
        kind = as_header(chance.choice(TYPES))
    return Body(content, kind, "body")
