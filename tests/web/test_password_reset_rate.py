"""Nobody is buried in mail by strangers who say they forgot their password, and nobody learns who has an account."""

import pytest
from django.test import Client

from tests import make
from tests.web.page import Page

RESET = "/accounts/password_reset/"


@pytest.fixture(autouse=True)
def _rates(settings, fresh_address):
    settings.PASSWORD_RESET_RATE, settings.PASSWORD_RESET_MAIL_RATE = "10/hour", "3/hour"


@pytest.fixture
def address(fresh_address) -> str:
    """A mail address for which nobody has asked yet."""
    return f"vera@{fresh_address.replace('.', '-')}.example.org"


@pytest.fixture
def vera(mails, address):
    return make.person("vera", email=address)


def ask(client: Client, to: str, **more):
    return client.post(RESET, {"email": to}, **more)


def test_one_address_gets_so_many_mails_an_hour_whoever_asks(vera, address, fresh_address, mails):
    network = hash(fresh_address) % 65536
    answers = [ask(Client(REMOTE_ADDR=f"2001:db8:{network:x}:{n:x}::1"), address) for n in range(6)]
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, f"{RESET}done/")] * 6
    assert [message.to for message in mails()] == [[address]] * 3


def test_however_it_is_written(vera, address, reporter, mails):
    for written in (address, address.upper(), address.title(), f" {address} ", address.replace("v", "ｖ")):
        assert ask(reporter, written).status_code in (200, 302)
    assert len(mails()) <= 3
    ask(reporter, address.swapcase())
    assert len(mails()) == 3


def test_who_has_no_account_is_told_the_same(vera, address, reporter, fresh_address):
    known = [ask(reporter, address, follow=True) for _n in range(4)]
    unknown = [ask(reporter, f"nobody{address}", follow=True) for _n in range(4)]
    assert {Page(answer).text for answer in known} == {Page(answer).text for answer in unknown}
    assert {answer.status_code for answer in [*known, *unknown]} == {200}


def test_who_asks_for_many_has_to_wait_and_loses_nothing_typed(vera, address, reporter, stranger_client, mails):
    assert [ask(reporter, f"{n}{address}").status_code for n in range(10)] == [302] * 10
    response = ask(reporter, address)
    assert response.status_code == 429
    assert 3500 < int(response["Retry-After"]) <= 3600
    page = Page(response)
    assert page.form_errors == (
        "Too many such mails were asked for from your connection. Please try again in 60 minutes."
    )
    assert page.fields["email"] == address
    assert mails() == []
    assert ask(stranger_client, address).status_code == 302, "elsewhere"
    assert len(mails()) == 1


def test_what_is_no_address_does_not_count(vera, address, reporter, mails):
    for _n in range(12):
        assert ask(reporter, "x").status_code == 200
    assert ask(reporter, address).status_code == 302
    assert len(mails()) == 1
