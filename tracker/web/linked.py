"""Web addresses in what people wrote are links, everything else is the text that it is: ``{{ text|linked }}``."""

import re
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from tracker.lib.text import unturned

ADDRESS = re.compile(r"(?<!\w)(?:https?://\[?\w|www\.\w)[^\s<>\"“”„«»]*", re.IGNORECASE)
AROUND = ".,:;!?'’…"  # at its end: of the sentence, and not of the address
BRACKETS = [("(", ")"), ("[", "]")]


def linked(written: Any) -> SafeString:
    text, at, parts = unturned(str(written)), 0, []
    for found in ADDRESS.finditer(text):
        address = without_what_stands_around(found[0])
        parts += [escape(text[at : found.start()]), link(address)]
        at = found.start() + len(address)
    return mark_safe("".join([*parts, escape(text[at:])]))


def link(address: str) -> SafeString:
    """It tells the other site nothing of this page, and shows where it leads."""
    href = address if "://" in address[:8] else f"https://{address}"
    return format_html('<a href="{}" rel="nofollow noopener noreferrer">{}</a>', href, address)


def without_what_stands_around(address: str) -> str:
    while True:
        shorter = address.rstrip(AROUND)
        for opening, closing in BRACKETS:
            if shorter.endswith(closing) and shorter.count(opening) < shorter.count(closing):
                shorter = shorter[:-1]
        if shorter == address:
            return address
        address = shorter
