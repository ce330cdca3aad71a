"""What no answer may be: a 5xx, a traceback, a link to another host, markup that was typed, JSON that is none.

Refused at once (400, 403, 413, 429, 431, a closed connection) is as good as taken.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from tests.faults.fuzz.inputs import Input
from tests.faults.fuzz.talk import Answer
from tests.faults.fuzz.values import OTHER_HOST, PROBE
from tests.listener import checked

ATTRIBUTES = rb"(?:href|src|action|formaction|poster|cite|content|data-(?!(?:feature|words)\b)[a-z-]+)"
LINK = re.compile(rb"""\s%b\s*=\s*(?:"([^"]*)"|'([^']*)')""" % ATTRIBUTES, re.I)
REFRESH = re.compile(r"^\s*\d+\s*;\s*url=(.*)$", re.IGNORECASE | re.DOTALL)
ADDRESS = re.compile(r"""(?:https?:)?//[^\s"'<>()]+""")
LEADING = {"Location", "Content-Location", "Refresh", "Link"}
LINKS = {"url", "result", "next", "href", "address"}  # keys of JSON whose values a page goes to
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
INTERNAL_ERROR = 1011
# Where the pages themselves lead: the authors of the towns' names, and a place to draw GeoJSON (django-leaflet).
OUTSIDE = {
    "https://www.geonames.org/",
    "https://creativecommons.org/licenses/by/4.0/",
    "https://geojson.io/",
}


def host_of(link: str) -> str | None:
    """Where a browser goes by this link; None: it stays. (Browsers forgive: backslashes, tabs, missing slashes.)"""
    link = re.sub(r"[\t\r\n]", "", link).strip("".join(map(chr, range(0x21)))).replace("\\", "/")
    scheme = SCHEME.match(link)
    if scheme and scheme[0].lower() in {"http:", "https:", "ws:", "wss:", "ftp:"}:
        rest = link[scheme.end() :]
        return re.split(r"[/?#]", rest.lstrip("/"))[0].rpartition("@")[2]
    if scheme:
        return scheme[0].lower()  # javascript:, data:, mailto: and what else there may be
    if link.startswith("//"):
        return re.split(r"[/?#]", link.lstrip("/"))[0].rpartition("@")[2]
    return None


def leads_away(link: str, host: str) -> bool:
    return link not in OUTSIDE and host_of(link) not in {None, host}


def findings(asked: Input, answer: Answer, host: str) -> Iterator[str]:
    """What is wrong with the answer to this input."""
    if answer.wrong:
        yield answer.wrong
    if answer.status is not None and answer.status >= 500:
        yield f"answered {answer.status}"
    if answer.close_code == INTERNAL_ERROR:
        yield f"the socket was closed with {INTERNAL_ERROR}"
    for name, value in answer.headers:
        if leads_away(value, host) if name in LEADING else OTHER_HOST in value:
            yield f"the header {name} names another host: {value[:200]}"
    yield from of_body(asked, answer, host)
    for text in answer.texts:
        for line in text.decode("utf-8", "replace").split("\n"):
            yield from of_message(line, host)


def of_body(asked: Input, answer: Answer, host: str) -> Iterator[str]:
    kind = answer.header("Content-Type")
    if b"Traceback (most recent call last)" in answer.body:
        yield "a traceback in the answer"
    if kind.startswith("text/html"):
        if PROBE in answer.body:
            yield "markup that was typed is an element of the page"
        for link in links_in(answer.body):
            if leads_away(link, host):
                yield f"a link of the page leads to another host: {link[:200]}"
    elif "json" in kind and answer.body and answer.status != 101:
        yield from of_json(answer.body, host)


def links_in(page: bytes) -> Iterator[str]:
    for double, single in LINK.findall(page):
        text = html.unescape((double or single).decode("utf-8", "replace"))
        if found := REFRESH.match(text):
            text = found[1]
        elif b" " in (double or single) and "//" not in text:
            continue  # words, as in content="width=device-width, initial-scale=1"
        yield text


def of_json(body: bytes, host: str) -> Iterator[str]:
    try:
        said = json.loads(body, parse_constant=refuse)
    except ValueError as error:
        yield f"what is said to be JSON is none: {error}"
        return
    except RecursionError:
        return
    for link in links_of(said):
        if leads_away(link, host):
            yield f"a link in the JSON leads to another host: {link[:200]}"


def refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def links_of(said: Any) -> Iterator[str]:
    """The links in a JSON value: whatever stands under a name that means one."""
    waiting = [said]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield from (value for key, value in each.items() if key in LINKS and isinstance(value, str))
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def of_message(line: str, host: str) -> Iterator[str]:
    """Of what a socket was sent: as it is declared, JSON, and with no link to another host."""
    try:
        message = checked(line)
    except RecursionError:
        return
    except (AssertionError, ValueError, KeyError) as error:
        yield f"a message is not as declared: {line[:200]} ({error!r})"
        return
    if message["type"] == "pong":  # it says back what was said
        return
    for link in links_of(message):
        if leads_away(link, host):
            yield f"a message leads to another host: {link[:200]}"


def of_mail(text: str, base_url: str) -> Iterator[str]:
    """Links in mail are complete, and lead to the site."""
    for link in ADDRESS.findall(text):
        if not link.startswith(f"{base_url}/"):
            yield f"a mail leads to another host: {link[:200]}"
