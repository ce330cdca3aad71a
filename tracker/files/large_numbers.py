"""Numbers that a JSON parser cannot hold, made texts on the way to it.

JSON bounds no number, but the parser refuses the whole file for a whole number beyond 64 bits or a fraction beyond a
double: an identifier of twenty digits, say, in a property that nobody asked for. As a text such a number can still be a
name, and as a coordinate it is refused with its feature.
"""

import math
import re
from typing import BinaryIO

TOKEN = re.compile(rb'["\\]|-?[0-9][0-9+\-.eE]*|-\Z')
LONGEST = 1_000_000  # characters of a number
PIECE = 65_536


class LongNumber(ValueError):
    """A number that nobody has written by mistake."""

    def __init__(self) -> None:
        super().__init__(f"a number in it has more than {LONGEST} digits")


class LargeNumbersAsTexts:
    """A file to read JSON from, in which such a number stands in quotation marks."""

    def __init__(self, file: BinaryIO):
        self.file = file
        self.rest = b""  # of what was read: the number at its end, which may go on
        self.is_in_text = False
        self.is_escaped = False  # the next character, in a text

    def read(self, size: int = -1) -> bytes:
        """About so many bytes; none at the end only."""
        if size == 0:
            return b""
        while True:
            piece = self.file.read(PIECE)
            if not piece:
                rest, self.rest = self.rest, b""
                return self.rewritten(rest, is_last=True)
            if len(self.rest) > LONGEST:
                raise LongNumber
            if rewritten := self.rewritten(self.rest + piece, is_last=False):
                return rewritten

    def rewritten(self, piece: bytes, is_last: bool) -> bytes:
        """All of it, but a number at its end that may go on."""
        parts, written = [], 0
        at, self.is_escaped, self.rest = int(self.is_escaped), False, b""
        while found := TOKEN.search(piece, at):
            token, at = found[0], found.end()
            if token == b'"':
                self.is_in_text = not self.is_in_text
            elif token == b"\\":
                self.is_escaped = self.is_in_text and at == len(piece)
                at += self.is_in_text
            elif self.is_in_text:
                continue
            elif at == len(piece) and not is_last:
                self.rest, piece = token, piece[: found.start()]
            elif is_too_large(token):
                parts += [piece[written : found.start()], b'"', token, b'"']
                written = at
        return b"".join([*parts, piece[written:]])


def is_too_large(number: bytes) -> bool:
    """What is no number is left to the parser."""
    try:
        if re.search(rb"[.eE]", number):
            return math.isinf(float(number))
        return len(number) > 20 or not -(2**63) <= int(number) < 2**63
    except ValueError:
        return False
