"""Texts from outside: as one line that shows all of it, and in a sentence whose direction they do not turn."""

import re

# C0 and C1, the line separators, what turns the direction of a text, and halves of characters.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """The text as one line, with everything visible that is none."""
    return UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


# What opens or closes a direction: embeddings, overrides and isolates (Unicode Standard Annex #9).
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# The blocks that are written from right to left, and marks of their direction.
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"


def unturned(text: str) -> str:
    """Without what would reach beyond the text: an override that stays open, a close of what is around it."""
    return TURNING.sub("", text)


def isolated(text: str) -> str:
    """For a sentence, a title or an attribute: the text keeps its own direction, and the words around it theirs.

    In HTML an element does it (the filter of this name). A text without letters from right to left stays as it is.
    """
    if not (RIGHT_TO_LEFT.search(text) or TURNING.search(text)):
        return text
    return f"{FIRST_STRONG_ISOLATE}{unturned(text)}{POP_DIRECTIONAL_ISOLATE}"
