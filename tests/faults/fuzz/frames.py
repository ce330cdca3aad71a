"""Frames of a WebSocket: what a client may say, and all that RFC 6455 forbids. Handshakes stand in socket_inputs.py."""

import json
import random

from tests.faults.fuzz.values import NUMERALS, SHAPES, TIMES, WORDS, nested, odd
from tracker.events.messages import FROM_CLIENT

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
CODES = [0, 999, 1000, 1001, 1004, 1005, 1006, 1007, 1011, 1012, 1015, 1016, 2999, 3000, 4000, 4008, 4999, 5000, 65535]
ODD_JSON = ["null", "true", "[]", "{}", '"\\ud800"', '"\\u0000"', "1" * 4000, "-0", "1E+2", "0.1e-400", "[NaN]"]
FIELDS = sorted({name for message in FROM_CLIENT.values() for name in message.__annotations__})
GOOD = {"kind": '"try_it"', "id": "1", "seq": "1", "name": '"Mine"'}
LONG = (4097, 65_536, 200_000)  # bytes


def frame(payload: bytes, chance: random.Random, opcode: int = TEXT, last: bool = True) -> bytes:
    """As a client sends it: masked (5.2 and 5.3)."""
    first, mask = (0x80 if last else 0) | opcode, chance.randbytes(4)
    size = len(payload)
    if size < 126:
        head = bytes([first, 0x80 | size])
    elif size < 2**16:
        head = bytes([first, 0x80 | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([first, 0x80 | 127]) + size.to_bytes(8, "big")
    stretched = (mask * (size // 4 + 1))[:size]
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(stretched, "big")
    return head + mask + masked.to_bytes(size, "big")


def broken_frame(payload: bytes, chance: random.Random) -> bytes:
    """One that breaks one of the rules."""
    first, second, *rest = frame(payload, chance)
    sort = chance.randrange(5)
    if sort == 0:  # bits of extensions that nobody has agreed on
        first |= chance.choice([0x40, 0x20, 0x10, 0x70])
    elif sort == 1:  # not masked
        second &= 0x7F
    elif sort == 2:  # an opcode that there is not
        first = (first & 0xF0) | chance.choice([3, 4, 7, 0xB, 0xF])
    elif sort == 3:  # more is promised than comes
        promised = chance.choice([len(payload) + 1, 2**31, 2**62, 2**63, 2**64 - 1])
        return bytes([first, 0xFF]) + promised.to_bytes(8, "big") + bytes(4) + payload
    else:  # a length in more bytes than it needs
        return bytes([first, 0xFF]) + len(payload).to_bytes(8, "big") + bytes(4) + payload
    return bytes([first, second, *rest])


def control(chance: random.Random) -> bytes:
    opcode = chance.choice([PING, PING, PONG, CLOSE])
    payload = chance.randbytes(chance.choice([0, 1, 2, 20, 125, 126, 3000]))
    if opcode == CLOSE and chance.random() < 0.8:
        payload = chance.choice(CODES).to_bytes(2, "big") + odd(chance)[:100]
    return frame(payload, chance, opcode, last=chance.random() < 0.9)


def in_fragments(payload: bytes, chance: random.Random) -> list[bytes]:
    """One message in several frames. A control frame may stand between them, another message may not."""
    count = chance.choice([2, 3, 3, 20, 300])
    at = sorted(chance.randrange(len(payload) + 1) for _ in range(count - 1))
    parts = [payload[a:b] for a, b in zip([0, *at], [*at, len(payload)], strict=True)]
    written = [frame(part, chance, 0 if n else TEXT, last=n == count - 1) for n, part in enumerate(parts)]
    if chance.random() < 0.4:
        written.insert(1, chance.choice([control(chance), frame(b"{}", chance), frame(b"", chance, 0, last=False)]))
    return written if chance.random() < 0.9 else written[:-1]


def value(chance: random.Random) -> str:
    """JSON, or nearly."""
    return chance.choice(
        [
            nested(chance),
            chance.choice(NUMERALS),
            json.dumps(chance.choice([*WORDS, *TIMES])),
            json.dumps(chance.choice(SHAPES)),
            chance.choice(ODD_JSON),
            json.dumps(odd(chance).decode("utf-8", "replace")),
        ]
    )


def message(chance: random.Random) -> bytes:
    """Something a client may say, with fields that it has or has not; or anything."""
    sort = chance.randrange(8)
    if sort == 0:
        return odd(chance)
    if sort == 1:
        return value(chance).encode(errors="surrogatepass")
    name, declared = chance.choice(list(FROM_CLIENT.items()))
    names = declared.__annotations__ if chance.random() < 0.7 else FIELDS
    said = {each: GOOD[each] if each in GOOD and chance.random() < 0.4 else value(chance) for each in names}
    said["type"] = json.dumps(name) if sort < 7 else value(chance)
    text = ",".join(f'"{each}":{chosen}' for each, chosen in said.items())
    return f"{{{text}}}".encode(errors="surrogatepass")


def frames(chance: random.Random) -> list[bytes]:
    written: list[bytes] = []
    for _ in range(chance.choice([1, 1, 2, 3, 5, 10])):
        sort = chance.randrange(10)
        if sort < 5:
            written.append(frame(message(chance), chance))
        elif sort == 5:
            written.append(frame(odd(chance), chance, BINARY))
        elif sort == 6:
            written += in_fragments(message(chance), chance)
        elif sort == 7:
            written += [control(chance)] * chance.choice([1, 1, 1, 30])
        elif sort == 8:
            written.append(broken_frame(message(chance), chance))
        else:
            long = frame(b"x" * chance.choice(LONG), chance)
            written.append(chance.choice([chance.randbytes(20), b"", long]))
    return written
