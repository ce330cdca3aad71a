"""Coordinates as people type and paste them: ``52.5``, ``−3,7``, ``52°30'N``, or a pair in one text.

``static/js/map/coordinates.js`` reads the same spellings, and both are held to ``tests/coordinates.json``. What is not
understood is None, and never another number.
"""

import re
from typing import NamedTuple

LONGEST = 100  # characters: no two coordinates take as many

# A number of degrees, perhaps with minutes and seconds; its direction stands before it or after it.
MINUTES = (
    r"(?:([0-9]{1,2}(?:[.,][0-9]+)?)\s*['′’]\s*)?"
    r"(?:([0-9]{1,2}(?:[.,][0-9]+)?)\s*(?:[\"″”]|''|′′|’’)\s*)?"
)
NUMBER = rf"([-+]?[0-9]{{1,3}}(?:[.,][0-9]+)?)\s*°?\s*{MINUTES}"
BETWEEN = r"(\s*[,;/]\s*|\s+|(?<=[NSEWO°'\"′″’”]))"
DIRECTION_FIRST = re.compile(rf"([NSEWO])\s*{NUMBER}{BETWEEN}([NSEWO])\s*{NUMBER}", re.I | re.A)
DIRECTION_LAST = re.compile(rf"(?:geo:)?{NUMBER}([NSEWO]?){BETWEEN}{NUMBER}([NSEWO]?)", re.I | re.A)
ONE_FIRST = re.compile(rf"([NSEWO])\s*{NUMBER}", re.I | re.A)
ONE_LAST = re.compile(rf"{NUMBER}([NSEWO]?)", re.I | re.A)
# As programs write them, too: .5, 5. and 1e-7.
PLAIN = re.compile(r"[-+]?(?:[0-9]{1,3}[.,]?|[0-9]{0,3}[.,][0-9]+)(?:e-[0-9]{1,2})?", re.I | re.A)

SIGNS = re.compile("[.,°NSEWO]", re.I)  # of a number that is more than whole degrees
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
MINUS = re.compile("[\u2010-\u2013\u2212\ufe63\uff0d]")
DEGREE = re.compile("[\u00ba\u02da]")
BLANK = re.compile(r"\s")


class Degrees(NamedTuple):
    value: float
    is_longitude: bool | None  # None: no letter says


class Pair(NamedTuple):
    latitude: float
    longitude: float


def read_degrees(text: str) -> Degrees | None:
    """One coordinate. Whether it is within the bounds of its axis is for the caller to say."""
    found = usual(text)
    if PLAIN.fullmatch(found):
        return Degrees(float(found.replace(",", ".")), None)
    if first := ONE_FIRST.fullmatch(found):
        letter, whole, minutes, seconds = first.groups()
        return degrees_from(whole, minutes, seconds, letter)
    last = ONE_LAST.fullmatch(found)
    return degrees_from(*last.groups()) if last else None


def read_field_pair(text: str) -> Pair | None:
    """The pair that somebody has put into the field of one coordinate; None if there is none, or if it may be something
    else: ``52 30`` is more likely 52 degrees and 30 minutes.
    """
    found = usual(text)
    if read_degrees(found):
        return None
    first: tuple[str, str | None, str | None, str]
    second: tuple[str, str | None, str | None, str]
    if turned := DIRECTION_FIRST.fullmatch(found):
        letter, whole, minutes, seconds, between, other, *rest = turned.groups()
        first, second = (whole, minutes, seconds, letter), (rest[0], rest[1], rest[2], other)
    elif pair := DIRECTION_LAST.fullmatch(found):
        whole, minutes, seconds, letter, between, *rest = pair.groups()
        first, second = (whole, minutes, seconds, letter), (rest[0], rest[1], rest[2], rest[3])
    else:
        return None
    if between == "," and "," in joined(first) + joined(second):
        return None
    if between and not between.strip() and not SIGNS.search(joined(first)):
        return None
    found_first, found_second = degrees_from(*first), degrees_from(*second)
    if not between and None in [each and each.is_longitude for each in (found_first, found_second)]:
        return None
    return in_order(found_first, found_second)


def joined(parts: tuple[str | None, ...]) -> str:
    return "".join(part or "" for part in parts)


def in_order(first: Degrees | None, second: Degrees | None) -> Pair | None:
    """Latitude first, unless letters say otherwise."""
    if first is None or second is None:
        return None
    if first.is_longitude is not None and first.is_longitude == second.is_longitude:
        return None
    turned = first.is_longitude is True or second.is_longitude is False
    pair = Pair(second.value, first.value) if turned else Pair(first.value, second.value)
    return pair if abs(pair.latitude) <= 90 and abs(pair.longitude) <= 360 else None


def degrees_from(whole: str, minutes: str | None, seconds: str | None, letter: str) -> Degrees | None:
    turn, minute, second = (float((part or "0").replace(",", ".")) for part in (whole, minutes, seconds))
    if minute >= 60 or second >= 60:
        return None
    if has_decimals(whole) and (minutes or seconds):
        return None  # nobody writes half a degree and minutes
    if has_decimals(minutes) and seconds:
        return None
    size = abs(turn) + minute / 60 + second / 3600
    letter = letter.upper()
    is_negative = whole.startswith("-") or letter in ("S", "W")
    return Degrees(-size if is_negative else size, letter in ("E", "W", "O") if letter else None)


def has_decimals(digits: str | None) -> bool:
    return bool(digits) and ("." in digits or "," in digits)  # type: ignore[operator]


def usual(text: str) -> str:
    """Without what is not seen, and with one kind of minus, of degree sign and of blank."""
    if len(text) > LONGEST:
        return "?"
    for pattern, one in ((UNSEEN, ""), (MINUS, "-"), (DEGREE, "°"), (BLANK, " ")):
        text = pattern.sub(one, text)
    return text.strip()
