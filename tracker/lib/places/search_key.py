"""Text as it is compared when people type it: without accents, case and punctuation."""

import re
import unicodedata

# Letters that Unicode does not take apart, as they are typed on a keyboard without them.
LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d", "ħ": "h", "ŧ": "t"}
)
DROPPED = re.compile(r"['’‘ʻʼʹ`´]")
BETWEEN_WORDS = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """``São João-d’El`` as ``sao joao del``: words in small letters without marks, one space between them."""
    text = DROPPED.sub("", text.casefold())
    if not text.isascii():
        # Decomposed by compatibility (NFKD, Unicode Standard Annex #15), and without the combining marks.
        parts = unicodedata.normalize("NFKD", text)
        text = "".join([letter for letter in parts if not unicodedata.combining(letter)]).translate(LETTERS)
    return " ".join(BETWEEN_WORDS.sub(" ", text).split())
