"""How much of what is slow is run: all of it in ``make prove`` (``ON_BOTH=all``), a small version in ``make test``."""

import os
from collections.abc import Sequence
from typing import TypeVar

ALL = os.environ.get("ON_BOTH") == "all"
FOR_PROOF = ALL or os.environ.get("FAULTS") == "full"  # `make faults` is a part of `make prove`

Value = TypeVar("Value")


def in_turn(values: Sequence[Value], number: int, count: int = 1) -> list[Value]:
    """All of these in ``make prove``. In ``make test`` so many of them, beginning for each number with the next."""
    return [values[(number + n) % len(values)] for n in range(len(values) if ALL else count)]
