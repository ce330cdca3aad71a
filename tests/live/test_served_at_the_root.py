"""Nothing that a request says about where the site is served is believed: no address that the site gives changes by it.

daphne takes a root path out of a header, and Django puts it before the addresses of links in mail and on the map.
"""

import re
import socket

import pytest
import requests

from tests import make
from tests.live_site import PASSWORD
from tests.processes import wait_until
from tracker.models import Notification

EVIL = "evil.example"
HEADERS = {
    "root path of daphne": {"Daphne-Root-Path": f"@{EVIL}"},
    "root path of daphne, an address": {"Daphne-Root-Path": f"https://{EVIL}"},
    "root path of daphne, other letters": {"DAPHNE-ROOT-PATH": f"/{EVIL}"},
    "script name": {"Script-Name": f"/{EVIL}", "SCRIPT_NAME": f"/{EVIL}", "X-Script-Name": f"/{EVIL}"},
    "forwarded": {
        "Forwarded": f"host={EVIL};proto=https",
        "X-Forwarded-Host": EVIL,
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Port": "4433",
        "X-Forwarded-Prefix": f"/{EVIL}",
        "X-Forwarded-Server": EVIL,
        "X-Original-Host": EVIL,
        "X-Host": EVIL,
        "X-Original-URL": f"/{EVIL}",
        "X-Rewrite-URL": f"/{EVIL}",
    },
}


@pytest.fixture(params=HEADERS)
def claims(request) -> dict[str, str]:
    return HEADERS[request.param]


@pytest.fixture
def browser(live_site) -> requests.Session:
    session = requests.Session()
    session.cookies.set("csrftoken", "a" * 32)
    session.headers.update({"X-CSRFToken": "a" * 32, "Origin": live_site.url})
    return session


def test_the_mail_that_resets_a_password(live_site, browser, claims):
    live_site.make_user("rita", email="rita@example.org")
    page = f"{live_site.url}/accounts/password_reset/"
    answer = browser.post(page, {"email": "rita@example.org"}, headers=claims, timeout=30)
    assert answer.status_code == 200

    def mails() -> list[str]:
        return [text for path in live_site.mails.glob("*") if (text := path.read_text())]

    wait_until(mails, "no mail comes")
    (mail,) = mails()
    assert f"{live_site.url}/accounts/reset/" in mail
    assert EVIL not in mail


def test_the_report_on_the_open_map(live_site, browser, claims, watch):
    make.area("Harbour")
    start = live_site.log_position()
    form = {"name": "Oil spill", "severity": "UR", "latitude": "50", "longitude": "10"}
    page = f"{live_site.url}/tracker/incident/report/"
    answer = browser.post(page, form, headers=claims, allow_redirects=False, timeout=30)
    assert re.fullmatch(r"/tracker/incident/report_success/\?reference=\d+", answer.headers["Location"])
    alert = watch.next_of("alert")
    assert re.fullmatch(r"/tracker/incident/\d+/", alert["feature"]["properties"]["url"])
    assert re.fullmatch(r"/tracker/area_of_interest/\d+/", alert["areas_of_interest"][0]["url"])
    live_site.log_position()
    assert not [row for row in Notification.objects.filter(seq__gt=start) if EVIL in row.text()]


def test_pages_redirects_and_forms(live_site, browser, claims):
    for path in ("/", "/accounts/login/", "/tracker/incident/report/", "/tracker/incident/", "/admin/", "/nowhere/"):
        answer = browser.get(f"{live_site.url}{path}", headers=claims, allow_redirects=False, timeout=30)
        assert answer.status_code < 500
        assert EVIL not in answer.text
        assert EVIL not in answer.headers.get("Location", "")


def test_signing_in(live_site, browser, claims):
    live_site.make_user("rita")
    page = f"{live_site.url}/accounts/login/"
    form = {"username": "rita", "password": PASSWORD}
    answer = browser.post(page, form, headers=claims, allow_redirects=False, timeout=30)
    assert answer.headers["Location"] == "/"


def test_the_handshake_of_a_socket(live_site, vera, claims):
    answer = requests.get(
        live_site.ws_url.replace("ws", "http", 1),
        headers=claims
        | {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Origin": live_site.url,
            "Cookie": f"sessionid={live_site.session_key(vera)}",
        },
        stream=True,
        timeout=30,
    )
    assert answer.status_code == 101
    answer.raw.close()


@pytest.mark.parametrize("value", [b"\xff\xfe", b"%ff%00", b"/\xc3\xa4", b""])
def test_a_root_path_that_is_no_text(live_site, value):
    answer = requests.get(f"{live_site.url}/accounts/login/", headers={"Daphne-Root-Path": value}, timeout=30)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/accounts/login/", "/nowhere/", "?x", ""])
@pytest.mark.parametrize("user", ["vera", None])
def test_a_target_with_a_host(live_site, request, path, user):
    """RFC 9112, 3.2.2: it is taken, and its host is the request's, which must be the site's."""
    cookie = f"sessionid={live_site.session_key(request.getfixturevalue(user))}" if user else ""
    host = live_site.url.removeprefix("http://")
    here = asked(host, f"http://{host}{path}", EVIL, cookie)
    same = asked(host, path if path.startswith("/") else f"/{path}", host, cookie)
    assert here.split(b"\r\n")[0] == same.split(b"\r\n")[0]
    assert EVIL.encode() not in here
    assert b" 400 " in asked(host, f"HTTP://{EVIL}{path}", host, cookie).split(b"\r\n")[0]
    assert b" 400 " in asked(host, f"http://{EVIL}@{host}{path}", host, cookie).split(b"\r\n")[0]


@pytest.mark.parametrize("target", ["*", "evil.example:443", "ftp://evil.example/", "evil"])
def test_a_target_that_is_no_path(live_site, vera, target):
    host = live_site.url.removeprefix("http://")
    answer = asked(host, target, host, f"sessionid={live_site.session_key(vera)}")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert EVIL.encode() not in answer


def asked(server: str, target: str, host: str, cookie: str) -> bytes:
    address, _, port = server.partition(":")
    with socket.create_connection((address, int(port)), timeout=30) as connection:
        head = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        with connection.makefile("rb") as answer:
            return answer.read()
