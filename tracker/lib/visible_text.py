"""Whether a text has anything to see: a name of nothing but blanks is a link that nobody can find or click."""

import unicodedata

# Control and format characters, half surrogates, separators; and marks, which need a letter to stand on.
UNSEEN = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Mc", "Me"}
# Letters and symbols that are drawn as nothing: the fillers of Hangul, and Braille without a dot.
BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Unassigned, and to be ignored wherever they come (Default_Ignorable_Code_Point, Unicode Standard, section 5.21).
IGNORED = (range(0x2065, 0x2066), range(0xFFF0, 0xFFF9), range(0xE0000, 0xE1000))


def is_visible(text: str) -> bool:
    """Whether at least one character of the text can be seen."""
    return any(
        unicodedata.category(character) not in UNSEEN
        and character not in BLANK
        and not any(ord(character) in ignored for ignored in IGNORED)
        for character in text
    )
