"""A form that cannot be read is never an error of the server, wherever it is sent to."""

import pytest
from django.conf import settings
from django.test import Client

from tests.conftest import signed_in
from tests.web.page import Page

FORM = "application/x-www-form-urlencoded"
FORMS = {
    "a part without a name": (
        "multipart/form-data; boundary=edge",
        b"--edge\r\nContent-Disposition: x\r\n\r\n1\r\n--edge--",
    ),
    "no boundary": ("multipart/form-data", b"--edge--"),
    "a boundary that is none": ("multipart/form-data; boundary=\xff", b"--edge--"),
    "half of base64": (
        "multipart/form-data; boundary=edge",
        b'--edge\r\nContent-Disposition: form-data; name="x"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--edge--',
    ),
    "too many fields": (FORM, b"a=1&" * (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)),
    "too many files": (
        "multipart/form-data; boundary=edge",
        b'--edge\r\nContent-Disposition: form-data; name="x"; filename="x"\r\n\r\n\r\n' * 101 + b"--edge--",
    ),
    "too large": (FORM, b"a=" + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE),
    "not UTF-8": (f"{FORM}; charset=utf-16", b"a=1"),
}
NOT_THERE = ["/nowhere/", "http://evil.example/nowhere/"]  # the second: as a line comes in that names another site
THERE = ["/tracker/incident/report/", "/tracker/job/99999999/cancel/", "/accounts/login/", "/admin/nowhere/"]


@pytest.fixture(params=[True, False], ids=["with a token", "without"])
def client(request, operator):
    client = signed_in(operator)
    client.handler.enforce_csrf_checks = True
    client.raise_request_exception = False
    if request.param:
        client.cookies["csrftoken"] = client.defaults["HTTP_X_CSRFTOKEN"] = "a" * 32
    return client


@pytest.mark.parametrize("address", [*NOT_THERE, *THERE])
@pytest.mark.parametrize("form", FORMS)
def test_it_is_no_error_of_the_server(client: Client, form, address):
    kind, body = FORMS[form]
    response = client.generic("POST", "/x", body, content_type=kind, PATH_INFO=address)
    assert response.status_code < 500
    assert (response.status_code == 404) or address not in NOT_THERE


@pytest.mark.parametrize("role", ["stranger_client", "viewer_client"])
def test_a_page_that_is_not_there_can_still_be_signed_out_from(request, db, role):
    page = Page(request.getfixturevalue(role).post("/nowhere/"))
    assert "There is no such page" in page.text
    tokens = [each["value"] for each in page.all("input", name="csrfmiddlewaretoken")]
    assert bool(tokens) is (role == "viewer_client")
    assert all(tokens)
