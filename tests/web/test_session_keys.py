"""Whatever a browser sends as the cookie of a session: it is a session's key, or it is nobody's."""

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as Djangos
from django.test import Client

PAGES = ["/", "/accounts/login/", "/tracker/incident/report/", "/admin/"]
ODD = {
    "a NUL": r'"\000aaaaaaa"',
    "a NUL in the middle": r'"abcdefgh\000ijkl"',
    "too short": "abc",
    "too long": "a" * 41,
    "much too long": "a" * 4000,
    "upper case": "A" * 32,
    "not ASCII": r'"\351\361\377aaaaaaaa"',
    "a line break": r'"aaaaaaaa\012"',
    "SQL": "'or 1=1 -- aaaa",
    "a path": "../../../etc/passwd",
    "percents": "%00%00%00%00",
    "nothing": '""',
}


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("cookie", ODD.values(), ids=ODD)
def test_what_can_be_no_key_is_a_stranger(cookie, page):
    as_stranger = Client().get(page)
    response = Client().get(page, headers={"cookie": f"sessionid={cookie}"})
    assert (response.status_code, response.headers.get("Location")) == (
        as_stranger.status_code,
        as_stranger.headers.get("Location"),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ODD.values(), ids=ODD)
def test_signing_in_with_it_gives_a_new_one(cookie, viewer):
    response = Client().post(
        "/accounts/login/", {"username": "vera", "password": "vera"}, headers={"cookie": f"sessionid={cookie}"}
    )
    assert response.status_code == 302
    assert len(response.cookies["sessionid"].value) == 32


def test_the_sessions_of_before_are_still_good(viewer_client):
    """Those that Django's own store has made: an upgrade signs nobody out."""
    stored = Djangos(viewer_client.cookies[settings.SESSION_COOKIE_NAME].value)
    again = Djangos()
    again.update(stored.load())
    again.save()
    assert again.load()["_auth_user_id"]
    browser = Client()
    assert again.session_key is not None
    browser.cookies["sessionid"] = again.session_key
    assert browser.get("/").status_code == 200
