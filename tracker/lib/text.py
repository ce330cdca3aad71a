"""Texts from outside as one line that shows all of it."""

import re

# C0 and C1, the line separators, what turns the direction of a text, and halves of characters.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """The text as one line, with everything visible that is none."""
    return UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)
