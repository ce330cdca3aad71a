"""JSON as RFC 8259 has it. Python's own module also reads and writes what is none: ``NaN``, ``Infinity``.

One message with that in it, kept in the log, would be one that no browser can read.
"""

import json
import math
from datetime import UTC, datetime
from typing import Any

ENCODER = json.JSONEncoder(allow_nan=False)


def as_json(value: object) -> str:
    """Raises ValueError for a number that JSON has no word for."""
    return ENCODER.encode(value)


def iso_time(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as the database writes times in Features and collections."""
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def from_json(text: str, depth: int) -> Any:
    """What somebody has sent. Raises ValueError if it is no JSON, or nested deeper than this.

    Nor is a number taken that Python reads as infinite, for it could not be written again.
    """
    try:
        value = json.loads(text, parse_constant=refuse, parse_float=finite)
    except RecursionError:
        raise ValueError("It is nested too deeply.") from None
    if is_deeper(value, depth):
        raise ValueError("It is nested too deeply.")
    return value


def refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON.")


def finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("A number is too large.")
    return number


def is_deeper(value: object, bound: int) -> bool:
    """Whether lists and objects are nested deeper; taken level by level, so that depth cannot overflow the stack."""
    level: list[Any] = [value]
    for _depth in range(bound + 1):
        level = [each for each in level if isinstance(each, list | dict)]
        if not level:
            return False
        level = [child for each in level for child in (each.values() if isinstance(each, dict) else each)]
    return True
