"""Guesses that are sent at once are no more guesses than those sent one after the other, and hold up nobody else."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import hashers
from django.contrib.auth.backends import ModelBackend
from django.db import connection, transaction
from django.db.models import Sum
from django.test import Client
from django.utils.crypto import pbkdf2

from tests import make
from tests.web.page import Page
from tests.web.same_moment import DONE_S, at_the_same_moment
from tests.web.test_sign_in_lockout import NAME, sign_in
from tracker.accounts.password_hashing import at_once, turn
from tracker.lib import named_lock
from tracker.models import AuditEntry
from tracker_project import settings as project

HASHERS = getattr(project, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.PBKDF2PasswordHasher"])
ROUNDS = 100_000  # a tenth of the real ones: so long that all are under way together


class Hashes:
    """What was hashed, and how many at the same time."""

    def __init__(self) -> None:
        self.done: list[int] = []  # rounds of each
        self.now = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, password, salt, iterations, *args, **kwargs):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            return self.compute(password, salt, iterations, *args, **kwargs)
        finally:
            with self.lock:
                self.now -= 1
                self.done.append(iterations)

    compute = staticmethod(pbkdf2)


@pytest.fixture(autouse=True)
def hashes(settings, monkeypatch) -> Hashes:
    """Passwords are hashed as on a site, which takes its time, and not as in other tests."""
    settings.PASSWORD_HASHERS = HASHERS
    monkeypatch.setattr(hashers.PBKDF2PasswordHasher, "iterations", ROUNDS)
    counted = Hashes()
    monkeypatch.setattr(hashers, "pbkdf2", counted)
    return counted


@pytest.fixture
def vera(committing):
    return make.person("vera")


def codes(*acts) -> Counter[int]:
    return Counter(response.status_code for response in at_the_same_moment(*acts))


def guess(address: str, name: str = "vera", password: str = "wrong", **more):
    return partial(sign_in, Client(REMOTE_ADDR=address, **more), name, password)


def failures() -> int:
    return AccessAttempt.objects.aggregate(sum=Sum("failures_since_start"))["sum"]


@pytest.mark.parametrize("name", ["vera", "nobody"])
def test_of_guesses_for_a_name_no_more_than_allowed_are_looked_at(name, vera, hashes, fresh_address):
    hashes.done.clear()
    guesses = [guess(fresh_address, name, f"guess {n}", HTTP_USER_AGENT=f"Browser {n % 3}") for n in range(16)]
    assert codes(*guesses) == {200: 4, 429: 12}
    assert len(hashes.done) == failures() == AuditEntry.objects.filter(action="sign_in_failed").count() == 5
    assert sign_in(Client(REMOTE_ADDR=fresh_address), "vera", "vera").status_code == (429 if name == "vera" else 302)


def test_of_guesses_from_an_address_no_more_than_allowed_are_looked_at(vera, hashes, fresh_address, settings):
    settings.SIGN_IN_RATE = "7/hour"
    hashes.done.clear()
    assert codes(*[guess(fresh_address, f"name-{n}") for n in range(16)]) == {200: 7, 429: 9}
    assert len(hashes.done) == 7


def test_of_guesses_in_stolen_cookies_of_a_known_browser_likewise(vera, hashes, fresh_address):
    known = Client(REMOTE_ADDR=fresh_address)
    assert sign_in(known, "vera", "vera").status_code == 302
    hashes.done.clear()
    guesses = []
    for n in range(12):
        thief = Client(REMOTE_ADDR=f"2001:db8:{n:x}::1")
        thief.cookies["known_browser"] = known.cookies["known_browser"].value
        guesses.append(partial(sign_in, thief, "vera", f"guess {n}"))
    assert codes(*guesses) == {200: 4, 429: 8}
    assert len(hashes.done) == 5


def test_who_is_right_and_sends_it_many_times_signs_in(vera, fresh_address, settings):
    settings.AXES_FAILURE_LIMIT, settings.SIGN_IN_RATE = 1, "1/hour"
    assert codes(*[guess(fresh_address, password="vera") for _n in range(8)]) == {302: 8}


def test_who_signs_in_elsewhere_does_not_wait_for_them(vera, fresh_address):
    with named_lock.held(f"sign-in from {fresh_address}", 1):  # they are looked at, and it takes for ever
        assert sign_in(Client(REMOTE_ADDR="2001:db8:77::1"), "vera", "vera").status_code == 302


def test_who_would_have_to_wait_for_too_long_is_told(vera, fresh_address, monkeypatch):
    monkeypatch.setattr("tracker.accounts.sign_in.PATIENCE_S", 0.05)
    with named_lock.held(f"sign-in from {fresh_address}", 1):
        answer = at_the_same_moment(guess(fresh_address, password="vera"))[0]
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert Page(answer).form_errors.startswith("Many are signing in from your connection just now.")
    assert Page(answer).fields["username"] == "vera"
    assert not AccessAttempt.objects.exists(), "it is no failure"


@contextmanager
def no_lock(name: str, patience_s: float) -> Iterator[None]:
    """As two processes are for each other while Redis is away."""
    yield


@pytest.mark.parametrize("bound", ["name", "address"])
def test_what_others_failed_in_while_a_password_was_hashed_counts(bound, vera, fresh_address, settings, monkeypatch):
    """Also where nobody waits for anybody: the right guess is one too many all the same."""
    settings.SIGN_IN_RATE = "5/hour" if bound == "address" else "100/hour"
    monkeypatch.setattr(named_lock, "held", no_lock)
    under_way, others_failed = threading.Event(), threading.Event()
    look_at_it = ModelBackend.authenticate

    def authenticate(self, request, username=None, password=None, **kwargs):
        if password == "vera":
            under_way.set()
            assert others_failed.wait(DONE_S)
        return look_at_it(self, request, username, password, **kwargs)

    monkeypatch.setattr(ModelBackend, "authenticate", authenticate)
    answers = []

    def be_right():
        try:
            answers.append(sign_in(Client(REMOTE_ADDR=fresh_address), "vera", "vera"))
        finally:
            connection.close()

    right = threading.Thread(target=be_right, daemon=True)
    right.start()
    assert under_way.wait(DONE_S)
    for n in range(5):
        name = "vera" if bound == "name" else f"name-{n}"
        sign_in(Client(REMOTE_ADDR=fresh_address), name, f"guess {n}")
    others_failed.set()
    right.join(DONE_S)
    assert answers[0].status_code == 429
    assert "sessionid" not in answers[0].cookies
    if bound == "name":
        assert Page(answers[0]).form_errors == NAME


def test_passwords_are_hashed_a_few_at_a_time_whoever_asks(vera, hashes):
    people = [make.person(f"person-{n}") for n in range(10)]
    hashes.done.clear()
    hashes.most = 0
    acts = [guess(f"2001:db8:{n:x}::1", each.username, each.username) for n, each in enumerate(people)]
    acts += [guess(f"2001:db8:{n:x}::1", f"name-{n}") for n in range(10, 16)]
    assert codes(*acts) == {302: 10, 200: 6}

    assert len(hashes.done) == 16
    assert hashes.most <= at_once()


def test_a_name_without_an_account_costs_as_much_as_one_with(vera, hashes, fresh_address):
    spent = []
    for name in ("vera", "nobody"):
        hashes.done.clear()
        assert guess(fresh_address, name)().status_code == 200
        spent.append(list(hashes.done))
    assert spent == [[ROUNDS], [ROUNDS]]


def test_passwords_that_django_has_stored_stay_good(vera, fresh_address):
    vera.password = hashers.PBKDF2PasswordHasher().encode("vera", "a salt that is long enough", ROUNDS)
    vera.save()
    assert guess(fresh_address, password="vera")().status_code == 302


def test_a_hash_in_a_transaction_waits_for_nobody(vera):
    """On SQLite everybody who saves waits for it."""

    def hash_it() -> bool:
        with transaction.atomic():
            vera.set_password("another long passphrase")
            vera.save()
        return True

    for _n in range(at_once()):
        assert turn.acquire(timeout=1)
    try:
        assert at_the_same_moment(hash_it) == [True]
    finally:
        turn.release(at_once())
