"""What the oracle of the fuzzing says of answers, links, mail and lines of the log, one by one."""

import pytest

from tests.faults.fuzz.inputs import Input
from tests.faults.fuzz.server_log import unexpected_in
from tests.faults.fuzz.talk import Answer
from tests.faults.fuzz.values import OTHER_HOST
from tests.faults.fuzz.verdict import findings, host_of, leads_away, of_mail, of_message

pytestmark = pytest.mark.once
HOST = "127.0.0.1:8000"
HTML, JSON = [("Content-Type", "text/html; charset=utf-8")], [("Content-Type", "application/json")]
AWAY = [
    f"https://{OTHER_HOST}/", f"//{OTHER_HOST}", f"///{OTHER_HOST}", f"/\\{OTHER_HOST}", f"\\\\{OTHER_HOST}",
    f"https:{OTHER_HOST}", f"https:///{OTHER_HOST}", f"http://{HOST}@{OTHER_HOST}/", f"/\t/{OTHER_HOST}",
    f" //{OTHER_HOST}", f"http://{HOST}.{OTHER_HOST}/", "javascript:alert(1)", "data:text/html,x", "HTTP://x",
    "http://127.0.0.1/", "//x:y@z",
]  # fmt: skip
HERE = [
    "", "/", "/tracker/?next=https://evil.example/", "tracker/", "?q=//evil.example", "#//evil.example",
    f"http://{HOST}/", f"//{HOST}/x", f"http://{HOST}?x", f"http://user@{HOST}/", "a:b/../c"[2:], "/x:y",
    "https%3A//evil.example",
]  # fmt: skip


def said(answer: Answer) -> list[str]:
    return list(findings(Input(0, "stranger", [b""]), answer, HOST))


@pytest.mark.parametrize("link", AWAY)
def test_a_link_that_leads_away(link):
    assert leads_away(link, HOST), host_of(link)
    page = f'<p><a class="x" href="{link}">there</a>'.encode()
    assert said(Answer(200, HTML, page)) == [f"a link of the page leads to another host: {link}"]
    assert said(Answer(302, [("Location", link)])) == [f"the header Location names another host: {link}"]


@pytest.mark.parametrize("link", HERE)
def test_a_link_that_stays(link):
    assert not leads_away(link, HOST), host_of(link)
    page = f"<form action=\"{link}\"></form><img src='{link}'>".encode()
    assert said(Answer(200, HTML, page)) == said(Answer(302, [("Location", link)])) == []


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        (Answer(500), "answered 500"),
        (Answer(503), "answered 503"),
        (Answer(None, wrong="no answer"), "no answer"),
        (Answer(101, close_code=1011), "closed with 1011"),
        (Answer(200, [("X", "evil.example")]), "header X names another host"),
        (Answer(200, HTML, b"<p><xss-probe onclick=evil()>"), "is an element"),
        (Answer(200, HTML, b"<pre>Traceback (most recent call last):"), "a traceback"),
        (Answer(200, HTML, b'<meta http-equiv="refresh" content="0; url=//evil.example">'), "another host"),
        (Answer(200, JSON, b'{"x": NaN}'), "NaN is no JSON"),
        (Answer(200, JSON, b'{"x": [{"url": "//evil.example"}]}'), "another host"),
        (Answer(101, texts=[b'{"type": "pong", "t": Infinity}']), "Infinity is not JSON"),
        (Answer(101, texts=[b'{"type": "error"}']), "not as declared"),
    ],
)
def test_what_no_answer_may_be(answer, finding):
    (only,) = said(answer)
    assert finding in only


@pytest.mark.parametrize(
    "answer",
    [
        Answer(None),
        Answer(400),
        Answer(413, HTML, b"too large"),
        Answer(200, HTML, b'<input value="&lt;xss-probe https://evil.example"> <p>https://evil.example'),
        Answer(200, HTML, b'<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Answer(200, JSON, b'{"name": "//evil.example"}'),
        Answer(101, texts=[b'{"type": "pong", "t": {"url": "//evil.example"}}'], close_code=4010),
    ],
)
def test_what_may_be(answer):
    assert said(answer) == []


def test_a_message_whose_link_leads_away():
    message = '{"type":"job","job":{"url":"https://evil.example/tracker/job/1/","result":null}}'
    assert list(of_message(message, HOST)) == ["a message leads to another host: https://evil.example/tracker/job/1/"]


def test_links_in_mail():
    base = f"http://{HOST}"
    assert list(of_mail(f"Go to\n{base}/accounts/reset/x/y/\n", base)) == []
    for link in (f"{base}@evil.example/accounts/reset/", "https://evil.example/", f"{base}0/x"):
        assert len(list(of_mail(f"Go to\n{link}\n", base))) == 1


def test_lines_of_the_log():
    time = "2026-11-01 12:00:00,000"
    traceback = "Traceback (most recent call last):\n  File x\nValueError: y"
    fine = [
        '127.0.0.1:1 - - [01/Nov/2026:12:00:00] "GET /" 200 1',
        f"{time} [0123456789abcdef] WARNING django.request: Not Found: /x",
        f"{time} ERROR django.security.DisallowedHost: Invalid HTTP_HOST header: 'x'.",
        f"{time} INFO tracker: begun",
    ]
    assert unexpected_in("\n".join([*fine, ""])) == []
    wrong = [
        f"{time} [0123456789abcdef] ERROR django.request: Internal Server Error: /\n{traceback}",
        f"{time} WARNING tracker.live.hub: something",
        f"{time} ERROR django.security.x: refused\n{traceback}",
        "Unhandled Error",
    ]
    for each in wrong:
        (entry,) = unexpected_in("\n".join([*fine[:1], each, fine[0], ""]))
        assert entry.text == each
    assert unexpected_in(wrong[0])[0].request == "0123456789abcdef"
    assert unexpected_in(wrong[0])[0].short == "logged: ERROR django.request: Internal Server Error: / … ValueError: y"
