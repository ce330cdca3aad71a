"""Input that no form should be surprised by, as a client could send it."""

from urllib.parse import urlencode

MARKUP = "\"><xss-probe onclick=evil()>'</textarea></script><script>evil()</script><!--"

# Text that must be refused or kept as it is, and never be an error of the server.
TEXTS: dict[str, str | bytes] = {
    "nul": "a\0b",
    "only nul": "\0",
    "lone surrogate": b"a\xed\xa0\x80b",  # U+D800 in the UTF-8 that is none
    "not utf-8": b"\xff\xfe\xfa",
    "right to left": "\u202e\u200fabc\u2066",
    "emoji": "👩‍🚒🔥" * 20,
    "combining": "e" + "\u0301" * 140,
    "line separators": "a\u2028b\u2029c\x85d",
    "controls": "".join(map(chr, range(1, 32))) + "x",
    "noncharacter": "\uffff\U0010ffff",
    "too long": "x" * 12_000,
    "quotes and percent": "%s %(name)s {} {{ x }} {% y %} \\u0000 \\",
    "sql": "'; DROP TABLE tracker_incident; --",
}
NUMBERS: dict[str, str | bytes] = {
    "inf": "inf",
    "minus infinity": "-Infinity",
    "nan": "nan",
    "overflow": "1e400",
    "five thousand digits": "9" * 5000,
    "hexadecimal": "0x10",
    "word": "ten",
    "nul": "1\0",
    "two": "1 2",
    "surrogate": b"\xed\xa0\x80",
}


def send(client, address: str, form: dict):
    """Post *form* as a browser does; values may be bytes that are no text."""
    return client.post(address, urlencode(form), content_type="application/x-www-form-urlencoded")


def no_markup(page) -> None:
    """Nothing of ``MARKUP`` became an element, an attribute that runs, or a script."""
    assert not page.all("xss-probe")
    for element in page.elements:
        assert not [name for name in element.attributes if name.startswith("on")], element
        if element.tag == "script" and element["type"] != "application/json":
            assert "evil" not in element.text
