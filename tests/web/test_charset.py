"""Whatever charset a client names: what it sends is UTF-8, as our pages are, and never an error of the server."""

import pytest
import requests

from tracker.models import Incident

REPORT = "/tracker/incident/report/"
TOKEN = "a" * 32
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=edge"
CHARSETS = ["utf-16", "latin-1", "idna", "zlib", "undefined", "rot13", "no-such", '"utf-8', ""]
UNREADABLE = [
    "boundary*=no-such''x",
    "charset*=no-such''x",
    "x*=",
    "x*0*=a'b'c; x*1=d",
    ";;;",
    "=",
    "charset*=utf-8''%ff",
]


def ask(site, method: str, address: str, content_type: str, body: bytes = b"") -> requests.Response:
    """With a header as it is; the token as a header, so that the form need not be read for it."""
    return requests.request(
        method,
        f"{site.url}{address}",
        data=body,
        headers={"Content-Type": content_type.encode("latin-1"), "X-CSRFToken": TOKEN, "Cookie": f"csrftoken={TOKEN}"},
        allow_redirects=False,
        timeout=30,
    )


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_form_is_read_as_utf_8(live_site, charset):
    body = b"name=Gr%C3%BC%C3%9Fe&severity=HI&latitude=1&longitude=2"
    assert ask(live_site, "POST", REPORT, f"{FORM}; charset={charset}", body).status_code == 302
    parts = (("name", "Grüße"), ("severity", "HI"), ("latitude", "1"), ("longitude", "2"))
    given = "".join(f'--edge\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in parts)
    assert (
        ask(live_site, "POST", REPORT, f"{PARTS}; charset={charset}", f"{given}--edge--\r\n".encode()).status_code
        == 302
    )
    assert [incident.name for incident in Incident.objects.all()] == ["Grüße", "Grüße"]


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_so_are_questions_and_addresses_that_there_are_not(live_site, charset, method):
    for address in ("/tracker/place/search/?q=%ff%C3%BC", "/nowhere/?q=%ff", "/accounts/login/?next=%ff"):
        assert ask(live_site, method, address, f"{FORM}; charset={charset}", b"q=%ff").status_code < 500, address


@pytest.mark.parametrize("given", UNREADABLE)
def test_parameters_that_cannot_be_read_are_no_error(live_site, given):
    for kind in (FORM, "multipart/form-data", "text/html"):
        assert ask(live_site, "POST", REPORT, f"{kind}; {given}", b"name=x").status_code < 500
