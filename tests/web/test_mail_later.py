"""Nobody waits for a mail server, and nobody learns by waiting who has an account."""

import logging
import threading
from pathlib import Path

import pytest
import requests

from tests.processes import free_port, wait_until
from tests.web.mail_server import mail_server
from tests.web.page import Page
from tests.web.server import DAPHNE, UVICORN, server
from tracker.accounts import mail_later
from tracker.accounts.mail_later import Mails

ANSWER_S = 30.0  # for a busy machine; the mail server that is waited for never answers


def ask(url: str, to: str) -> requests.Response:
    page = f"{url}/accounts/password_reset/"
    shown = requests.get(page, timeout=ANSWER_S)
    form = {"email": to, "csrfmiddlewaretoken": Page(shown.text).fields["csrfmiddlewaretoken"]}
    cookie = f"csrftoken={shown.cookies['csrftoken']}"
    headers = {"Cookie": cookie, "Origin": url}
    return requests.post(page, form, headers=headers, allow_redirects=False, timeout=ANSWER_S)


def said(tmp_path: Path) -> str:
    return (tmp_path / "daphne.log").read_text()


@pytest.mark.parametrize("asgi", ["daphne", "uvicorn"])
def test_the_answer_is_there_before_the_mail_server_greets(asgi, live_site, tmp_path):
    live_site.make_user("vera", email="vera@example.org")
    command = UVICORN if asgi == "uvicorn" else DAPHNE
    with (
        mail_server() as smtp,
        server(live_site, tmp_path, asgi=command, EMAIL_URL=smtp.url, EMAIL_TIMEOUT="600") as url,
    ):
        known, unknown = ask(url, "vera@example.org"), ask(url, "nobody@example.org")
        assert known.status_code == unknown.status_code == 302
        assert known.headers["Location"] == unknown.headers["Location"]
        smtp.came.get(timeout=ANSWER_S)
        assert smtp.taken.empty()
        smtp.greet.set()
        message = smtp.taken.get(timeout=ANSWER_S)
        assert f"{url}/accounts/reset/" in message
        assert "vera@example.org" in message
    assert smtp.taken.empty(), "and nobody else gets one"


def test_a_mail_server_that_never_answers_is_given_up_and_the_log_says_so(live_site, tmp_path):
    live_site.make_user("vera", email="vera@example.org")
    with mail_server() as smtp, server(live_site, tmp_path, EMAIL_URL=smtp.url, EMAIL_TIMEOUT="1") as url:
        assert ask(url, "vera@example.org").status_code == 302
        wait_until(lambda: "TimeoutError" in said(tmp_path), "nothing is said of it", ANSWER_S)
        assert "Failed to send password reset email" in said(tmp_path)


def test_where_there_is_no_mail_server_the_log_says_so(live_site, tmp_path):
    live_site.make_user("vera", email="vera@example.org")
    with server(live_site, tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{free_port()}") as url:
        assert ask(url, "vera@example.org").status_code == 302
        wait_until(lambda: "ConnectionRefusedError" in said(tmp_path), "nothing is said of it", ANSWER_S)


# --- the threads that send -----------------------------------------------------------------------------------------


@pytest.fixture
def mails() -> Mails:
    return Mails()


def test_one_that_fails_keeps_no_other_from_being_sent(mails, caplog):
    sent: list[int] = []
    for n in range(20):
        mails.send(lambda n=n: sent.append(n) if n % 2 else 1 // 0)
    assert mails.are_sent_within(ANSWER_S)
    assert sorted(sent) == list(range(1, 20, 2))
    assert [record.message for record in caplog.records] == ["A mail could not be sent."] * 10


def test_one_that_hangs_keeps_no_other_from_being_sent(mails):
    go_on, sent = threading.Event(), threading.Event()
    mails.send(go_on.wait)
    mails.send(sent.set)
    assert sent.wait(ANSWER_S)
    assert not mails.are_sent_within(0)
    go_on.set()
    assert mails.are_sent_within(ANSWER_S)


def test_of_a_flood_so_many_wait(monkeypatch, caplog):
    monkeypatch.setattr(mail_later, "MANY", 5)
    mails, go_on = Mails(), threading.Event()
    for _n in range(mail_later.SENDERS + 5 + 3):
        mails.send(go_on.wait)  # without ever waiting itself
    refused = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert 3 <= len(refused) <= 3 + mail_later.SENDERS
    go_on.set()
    assert mails.are_sent_within(ANSWER_S)


def test_the_end_waits_and_says_what_was_not_sent(monkeypatch, caplog):
    monkeypatch.setattr(mail_later, "END_S", 0.05)
    mails, go_on = Mails(), threading.Event()
    mails.send(go_on.wait)
    mails.end()
    assert "before 1 mails were sent" in caplog.text
    go_on.set()
    assert mails.are_sent_within(ANSWER_S)
