"""Numbers that a JSON parser cannot hold: wherever they stand, and wherever the file is cut for reading it."""

import io
import json
import random

import pytest

from tracker.files import large_numbers
from tracker.files.large_numbers import LargeNumbersAsTexts, LongNumber

LARGE = ["1e400", "-1e400", "1E+999", "9" * 200, str(2**63), str(-(2**63) - 1)]
SMALL = ["1e-400", "0.1e5", "-0", str(2**63 - 1), str(-(2**63)), "0." + "3" * 500]
TEXTS = ['"1e400"', r'"\\"', r'"\" 1e400 \\\" 1e400"', '"' + "9" * 60 + '"', r'"\u00e9\\"', '""']


def read(text: str, size: int) -> str:
    file = LargeNumbersAsTexts(io.BytesIO(text.encode()))
    assert file.read(0) == b""
    return b"".join(iter(lambda: file.read(size), b"")).decode()


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 65_536])
def test_they_are_texts_and_all_else_is_as_it_was(piece, monkeypatch):
    monkeypatch.setattr(large_numbers, "PIECE", piece)
    dice = random.Random(piece)
    for _ in range(300):
        parts = [dice.choice(LARGE + SMALL + TEXTS + ["true", "null", "[]", "{}"]) for _ in range(dice.randrange(1, 8))]
        expected = [f'"{part}"' if part in LARGE else part for part in parts]
        assert read(f"[{', '.join(parts)}]", piece) == f"[{', '.join(expected)}]"
        assert json.loads(read(f"[{','.join(parts)}]", piece)) is not None
    assert read("7", piece) == "7"
    assert read("9" * 30, piece) == f'"{"9" * 30}"'


def test_what_is_no_number_is_left_to_the_parser():
    for text in ("[-]", "[1-2]", "[1e]", "[--1]", "[1e400e400]", '["', '["\\', "-"):
        assert read(text, 16) == text


def test_a_number_of_megabytes_is_refused():
    with pytest.raises(LongNumber):
        read("[" + "9" * 3_000_000, 65_536)
