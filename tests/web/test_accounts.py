"""Signing in and out, changing and resetting a password."""

import re
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests import make
from tests.web.page import Page

LOGIN, LOGOUT, HOME = "/accounts/login/", "/logout/", "/"
NEW = "another long passphrase"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " https://evil.example",
    "https://127.0.0.1.evil.example/",
    "http://testserver@evil.example/",
    "\x08//evil.example",
    "\0",
]


def is_signed_in(client: Client) -> bool:
    return client.get("/tracker/incident/feature_collection/").status_code == 200


def sign_in(client: Client, name: str, password: str, **more):
    return client.post(LOGIN, {"username": name, "password": password} | more)


# --- in ------------------------------------------------------------------------------------------------------------


def test_signing_in_leads_to_the_live_map(viewer, stranger_client):
    response = sign_in(stranger_client, "vera", "vera")
    assert (response.status_code, response.url) == (302, HOME)
    assert settings.SESSION_COOKIE_NAME == "sessionid"
    assert stranger_client.cookies["sessionid"]["httponly"]
    assert stranger_client.cookies["sessionid"]["samesite"] == "Lax"
    assert is_signed_in(stranger_client)


def test_signing_in_leads_to_the_page_that_was_asked_for(viewer, stranger_client):
    asked = "/tracker/incident/?q=fire&state=open"
    first = stranger_client.get(asked)
    assert first.status_code == 302
    page = stranger_client.get(first.url)
    assert "Please sign in to see this page." in Page(page).text
    shown = Page(page).fields
    assert shown["next"] == asked
    response = sign_in(stranger_client, "vera", "vera", next=shown["next"])
    assert response.url == asked


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_never_leaves_the_site(target, viewer, stranger_client):
    assert "evil" not in Page(stranger_client.get(LOGIN, {"next": target})).fields.get("next", "")
    assert sign_in(stranger_client, "vera", "vera", next=target).url == HOME
    again = stranger_client.get(LOGIN, {"next": target})
    assert (again.status_code, again.url) == (302, HOME)


@pytest.mark.parametrize(
    "target",
    [
        LOGIN,
        f"http://testserver{LOGIN}",
        f"{LOGIN}?next={LOGIN}",
        f"{LOGIN}?next={LOGIN}%3Fnext%3D{LOGIN}",
        f"{LOGIN}#there",
        "/accounts/login",
    ],
)
def test_next_leads_in_no_circle(target, viewer, stranger_client):
    assert stranger_client.get(LOGIN, {"next": target}).status_code == 200
    assert sign_in(stranger_client, "vera", "vera", next=target).status_code == 302
    for again in (stranger_client.get, stranger_client.post):
        led = again(f"{LOGIN}?{urlencode({'next': target})}", follow=True)
        assert led.status_code == 200
        assert led.redirect_chain[-1][0] == HOME


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("vera", "wrong"),
        ("nobody", "vera"),
        ("", ""),
        ("vera", ""),
        ("a\0b", "vera"),
        ("vera", "a\0b"),
        ("x" * 5000, "y"),
    ],
)
def test_wrong_names_and_passwords_stay_outside(name, password, viewer, stranger_client):
    response = sign_in(stranger_client, name, password)
    assert response.status_code == 200
    page = Page(response)
    assert page.form_errors or page.errors_at("username") or page.errors_at("password")
    assert page.fields["username"] == name
    assert page.fields["password"] == ""
    assert not is_signed_in(stranger_client)


def test_a_wrong_password_and_an_unknown_name_are_told_alike(viewer, stranger_client):
    said = {Page(sign_in(stranger_client, name, "wrong")).form_errors for name in ("vera", "nobody")}
    assert len(said) == 1
    assert said != {""}


def test_a_disabled_account_stays_outside(viewer, stranger_client):
    viewer.is_active = False
    viewer.save()
    assert sign_in(stranger_client, "vera", "vera").status_code == 200
    assert not is_signed_in(stranger_client)


def test_the_session_key_is_new_after_signing_in(viewer, stranger_client):
    session = stranger_client.session
    session["x"] = 1
    session.save()
    before = stranger_client.cookies["sessionid"].value
    sign_in(stranger_client, "vera", "vera")
    assert stranger_client.cookies["sessionid"].value != before


def test_signing_in_needs_a_token(viewer):
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, "vera", "vera").status_code == 403
    token = Page(client.get(LOGIN)).fields["csrfmiddlewaretoken"]
    assert sign_in(client, "vera", "vera", csrfmiddlewaretoken=token).status_code == 302


# --- out -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [LOGOUT, "/accounts/logout/"])
def test_a_link_asks_and_the_button_signs_out(address, viewer_client):
    page = Page(viewer_client.get(address))
    assert "Sign out?" in page.text
    assert is_signed_in(viewer_client)
    response = viewer_client.post(address)
    assert (response.status_code, response.url) == (302, LOGIN)
    assert not is_signed_in(viewer_client)


def test_signing_out_forgets_the_session_on_the_server(viewer_client):
    stolen = viewer_client.cookies["sessionid"].value
    viewer_client.post(LOGOUT)
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert not is_signed_in(thief)


def test_a_stranger_who_signs_out_is_led_to_sign_in(stranger_client, db):
    assert stranger_client.get(LOGOUT).url == LOGIN
    assert stranger_client.post(LOGOUT).url == LOGIN


def test_signing_out_needs_a_token_and_goes_nowhere_else(viewer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer)
    assert client.post(LOGOUT).status_code == 403
    assert is_signed_in(client)
    token = Page(client.get(LOGOUT)).fields["csrfmiddlewaretoken"]
    response = client.post(LOGOUT, {"csrfmiddlewaretoken": token, "next": "https://evil.example/"})
    assert response["Location"] == LOGIN
    assert not is_signed_in(client)


# --- changing a password -------------------------------------------------------------------------------------------


def change(client: Client, old: str, new: str = NEW, again: str | None = None):
    address = reverse("password_change")
    return client.post(address, {"old_password": old, "new_password1": new, "new_password2": again or new}, follow=True)


def test_changing_the_password_keeps_this_session_and_ends_the_others(viewer, viewer_client):
    other = Client()
    other.force_login(viewer)
    response = change(viewer_client, "vera")
    assert "Your password was changed" in Page(response).text
    assert is_signed_in(viewer_client)
    assert not is_signed_in(other)
    assert sign_in(Client(), "vera", "vera").status_code == 200
    assert sign_in(Client(), "vera", NEW).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "at"),
    [
        ("wrong", NEW, NEW, "old_password"),
        ("vera", NEW, "different", "new_password2"),
        ("vera", "short", "short", "new_password2"),
        ("vera", "password123", "password123", "new_password2"),
        ("vera", "8402759163", "8402759163", "new_password2"),
        ("vera", "a\0bcdefghijkl", "a\0bcdefghijkl", "new_password1"),
    ],
)
def test_a_bad_new_password_is_refused_in_words(old, new, again, at, viewer, viewer_client):
    response = change(viewer_client, old, new, again)
    assert response.status_code == 200
    assert Page(response).errors_at(at)
    viewer.refresh_from_db()
    assert viewer.check_password("vera")


# --- resetting a password ------------------------------------------------------------------------------------------


@pytest.fixture
def vera(mails):
    return make.person("vera", email="vera@example.org")


def ask(client: Client, address: str, **how):
    return client.post(reverse("password_reset"), {"email": address}, follow=True, **how)


def link_in(message) -> str:
    (link,) = re.findall(r"https?://\S+", message.body)
    return link


def test_a_password_is_reset_by_mail_and_the_link_works_once(vera, stranger_client, mails):
    signed_in_before = Client()
    signed_in_before.force_login(vera)
    assert "Look at your mail" in Page(ask(stranger_client, "VERA@example.org")).text
    [message] = mails()
    assert message.to == ["vera@example.org"]
    link = link_in(message)
    assert link.startswith(f"{settings.BASE_URL}/accounts/reset/")
    path = link.removeprefix(settings.BASE_URL)

    form = stranger_client.get(path, follow=True)
    assert Page(form).fields.keys() >= {"new_password1", "new_password2"}
    assert form.redirect_chain[-1][0].endswith("/set-password/")  # the token is not in the address any more
    here = form.redirect_chain[-1][0]
    wrong = stranger_client.post(here, {"new_password1": "short", "new_password2": "short"})
    assert Page(wrong).errors_at("new_password2")
    done = stranger_client.post(here, {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert "Your password was set" in Page(done).text
    assert sign_in(Client(), "vera", NEW).status_code == 302
    assert not is_signed_in(signed_in_before)
    assert not is_signed_in(stranger_client)

    used = Client().get(path, follow=True)
    assert used.status_code == 200
    assert "This link no longer works" in Page(used).text


def test_an_unknown_address_is_told_the_same_and_gets_no_mail(vera, stranger_client, mails):
    known, unknown = (Page(ask(stranger_client, to)) for to in ("vera@example.org", "nobody@example.org"))
    assert known.text == unknown.text
    assert [message.to for message in mails()] == [["vera@example.org"]]


def test_a_disabled_account_gets_no_mail(vera, stranger_client, mails):
    get_user_model().objects.update(is_active=False)
    ask(stranger_client, "vera@example.org")
    assert mails() == []


@pytest.mark.parametrize("address", ["", "x", "a\0@example.org", "vera@example.org\nBcc: evil@example.org", "x" * 5000])
def test_what_is_no_address_is_refused(address, vera, stranger_client, mails):
    response = ask(stranger_client, address)
    assert response.status_code == 200
    assert Page(response).errors_at("email")
    assert mails() == []


@pytest.mark.parametrize(
    "path", ["MQ/x-y", "x/set-password", "!!/-", "MQ/" + "9" * 500, "OTk5OTk5OTk5OTk5OTk5OTk5OTk5/a-b"]
)
def test_a_made_up_link_says_that_it_does_not_work(path, vera, stranger_client):
    response = stranger_client.get(f"/accounts/reset/{path}/", follow=True)
    assert response.status_code == 200
    assert "This link no longer works" in Page(response).text


def test_a_name_in_the_mail_is_text(stranger_client, mails):
    make.person("o'hara&co", email="o@example.org", first_name="<b>")
    ask(stranger_client, "o@example.org")
    assert "o'hara&co" in mails()[0].body
    assert "Tracker" in mails()[0].body
    assert "\n" not in mails()[0].subject
