"""Web addresses in a description are links; whatever else somebody writes stays text."""

import pytest

from tests import make
from tests.web.odd_input import MARKUP, TEXTS, no_markup
from tests.web.page import Page
from tracker.web.linked import linked


def links(text: str) -> list[tuple[str, str]]:
    return [(link["href"], link.text) for link in Page(f"<body>{linked(text)}").all("a")]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://example.org/a?b=1&c=2#d.", "https://example.org/a?b=1&c=2#d"),
        ("(http://example.org/wiki/Fire_(1666))", "http://example.org/wiki/Fire_(1666)"),
        ("“https://example.org/a”, he said", "https://example.org/a"),
        ("«https://example.org»", "https://example.org"),
        ("Is it https://example.org/a?", "https://example.org/a"),
        ("HTTPS://EXAMPLE.ORG/a!", "HTTPS://EXAMPLE.ORG/a"),
        ("(see https://example.org/a).", "https://example.org/a"),
        ("at www.example.org, there", "www.example.org"),
        ("http://[2001:db8::1]/a", "http://[2001:db8::1]/a"),
        ("first line\nhttps://example.org\nlast", "https://example.org"),
        ("https://example.org/Königswinter", "https://example.org/Königswinter"),
    ],
)
def test_an_address_is_a_link_without_what_stands_around_it(text, address):
    ((_href, shown),) = links(text)
    assert shown == address
    assert Page(f"<body>{linked(text)}").all("body")[0].text == text, "nothing is lost"


@pytest.mark.parametrize(
    "text",
    [
        *("", "no address", "javascript:alert(1)", "data:text/html,x", "ftp://example.org", "file:///etc/passwd"),
        *("10:30", "a.b", "xhttps://example.org", "www.", "https://", "//example.org", "java\tscript:alert(1)"),
        *(text for text in TEXTS.values() if isinstance(text, str)),
    ],
)
def test_what_is_none_stays_text(text):
    assert links(text) == []
    no_markup(Page(f"<body>{linked(text)}"))


def test_a_link_says_what_it_is_to_browsers_and_shows_where_it_leads():
    (link,) = Page(f"<body>{linked('https://example.org/a')}").all("a")
    assert link["rel"] == "nofollow noopener noreferrer"
    ((_href, shown),) = links("https://example.org/\u202egpj.exe")
    assert shown == "https://example.org/gpj.exe"


@pytest.mark.parametrize(
    "text",
    [
        *("https://example.org/" + MARKUP, 'https://example.org/"onclick="x', "<a href=https://example.org>"),
        *("x@" * 5000, "(" * 9000, "http://[" * 900),
    ],
)
def test_nothing_breaks_out_or_takes_long(text):
    no_markup(Page(f"<body>{linked(text)}"))


def test_on_an_incidents_page(viewer_client):
    incident = make.incident(description="Photos:\nhttps://photos.example.org/1 <b>")
    page = Page(viewer_client.get(incident.get_absolute_url()))
    (link,) = page.all("a", href="https://photos.example.org/1")
    assert link["rel"] == "nofollow noopener noreferrer"
    assert "https://photos.example.org/1 <b>" in page.text
