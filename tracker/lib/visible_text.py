"""Whether a text has anything to see: a name of nothing but blanks is a link that nobody can find or click."""

import re
import unicodedata

# Control and format characters, half surrogates, separators; and marks, which need a letter to stand on.
UNSEEN = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Mc", "Me"}
# Letters and symbols that are drawn as nothing: the fillers of Hangul, Braille without a dot, the place of an object
# that is not there, hieroglyphs that are blank, and a note without a head.
BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\ufffc\U00013441\U00013442\U0001d159")
# Unassigned, and to be ignored wherever they come (Default_Ignorable_Code_Point, Unicode Standard, section 5.21).
IGNORED = (range(0x2065, 0x2066), range(0xFFF0, 0xFFF9), range(0xE0000, 0xE1000))
# What neither a database nor a page can show: control characters (a tab and line breaks stay), halves of characters.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def is_visible(text: str) -> bool:
    """Whether at least one character of the text can be seen."""
    return any(
        unicodedata.category(character) not in UNSEEN
        and character not in BLANK
        and not any(ord(character) in ignored for ignored in IGNORED)
        for character in text
    )


def without_controls(text: str) -> str:
    """The text as it can be stored and shown."""
    return CONTROLS.sub("", text)
