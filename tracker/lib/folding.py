"""Text as it is compared when people look for it or sort by it: case, accents and punctuation do not matter.

The scripts fold by the same rules (``static/js/lib/folding.js``); ``tests/lib/folding_cases.json`` holds both to them.
"""

import re
import unicodedata

# Letters that Unicode does not take apart, as they are typed on a keyboard without them.
LETTERS = {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d", "ħ": "h", "ŧ": "t"}
APOSTROPHES = re.compile(r"['’‘ʻʼʹ`´]")
# Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, and what chooses a picture. The marks of other
# scripts are letters to those who write them.
MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
)
UNSEEN = "Cf"  # soft hyphens, joiners, what turns the direction: within words, and nobody types them
BETWEEN_WORDS = {"Cc", "Cs", "Zs", "Zl", "Zp", "Sm", "Sc", "Sk", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"}
LONGEST_KEY = 300  # characters; a name may become twice as long (ß), and an index takes no more than 2,700 bytes


class Table(dict[int, str]):
    """What becomes of each character, found out when it comes for the first time."""

    def __missing__(self, code: int) -> str:
        category = unicodedata.category(chr(code))
        kept = LETTERS.get(chr(code), chr(code))
        if category == UNSEEN:
            kept = ""
        elif category in BETWEEN_WORDS:
            kept = " "
        if code < 0x10000:
            self[code] = kept
        return kept


TABLE = Table()


def folded(text: str) -> str:
    """``São João-d’El`` as ``sao joao del``: words in small letters without accents, one space between them."""
    text = APOSTROPHES.sub("", text)
    if not text.isascii():
        # Decomposed by compatibility (NFKD, Unicode Standard Annex #15), which may bring apostrophes of its own (ŉ).
        text = APOSTROPHES.sub("", MARKS.sub("", unicodedata.normalize("NFKD", text)))
    return " ".join(text.casefold().translate(TABLE).split())


def words_of(text: str) -> list[str]:
    """The words that somebody looks for, each once."""
    return list(dict.fromkeys(folded(text).split()))


def sort_key(text: str) -> str:
    """What a name is sorted by, short enough for an index."""
    return folded(text)[:LONGEST_KEY]
