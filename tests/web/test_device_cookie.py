"""Who has signed in from this browser before signs in, whatever strangers at the same address do; they gain nothing."""

import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core import signing
from django.db.models import F
from django.test import Client

from tests import make
from tests.web.page import Page
from tests.web.test_sign_in_lockout import ADDRESS, NAME, fail, later, sign_in
from tracker.accounts import device_cookie
from tracker.models import AuditEntry

COOKIE = device_cookie.COOKIE
NEW = "another long passphrase"


@pytest.fixture(autouse=True)
def _seven_an_hour(settings):
    settings.SIGN_IN_RATE = "7/hour"


@pytest.fixture
def here(db, fresh_address):
    """``here()``: a new browser behind the one address of the town hall."""
    return lambda **more: Client(REMOTE_ADDR=fresh_address, **more)


@pytest.fixture
def officer(here, operator) -> Client:
    """Olga's browser, from which she has signed in before."""
    return known(here(), "olga")


def known(client: Client, name: str) -> Client:
    assert sign_in(client, name, name).status_code == 302
    client.post("/logout/")
    return client


def copy(client: Client, **more) -> Client:
    """Somebody who has this browser's cookie."""
    thief = Client(**more)
    thief.cookies[COOKIE] = client.cookies[COOKIE].value
    return thief


def guess_until_the_address_waits(client: Client) -> None:
    assert [fail(client, f"name-{n}", times=1)[0] for n in range(9)] == [200] * 7 + [429] * 2


# --- who is known ---------------------------------------------------------------------------------------------------


def test_a_stranger_behind_the_address_keeps_nobody_out_who_works_there(here, officer, viewer):
    guess_until_the_address_waits(here())
    assert sign_in(officer, "olga", "olga").status_code == 302
    refused = sign_in(here(), "vera", "vera")
    assert (refused.status_code, Page(refused).form_errors) == (429, ADDRESS)


def test_a_stranger_who_guesses_the_officers_name_there_does_not_lock_her_browser(here, officer):
    assert fail(here(), "olga")[-1] == 429
    assert sign_in(here(), "olga", "olga").status_code == 429
    assert sign_in(officer, "olga", "olga").status_code == 302
    assert sign_in(here(), "olga", "olga").status_code == 429, "her success lifts nothing for the stranger"


def test_a_browser_that_signed_in_elsewhere_is_known_here(here, operator):
    laptop = known(Client(REMOTE_ADDR="2001:db8:ffff:1::1"), "olga")
    guess_until_the_address_waits(here())
    assert sign_in(copy(laptop, REMOTE_ADDR=here().defaults["REMOTE_ADDR"]), "olga", "olga").status_code == 302


def test_several_take_turns_at_one_console(here, operator, viewer):
    console = known(known(here(), "vera"), "olga")
    guess_until_the_address_waits(here())
    for name in ("vera", "olga", "vera"):
        assert sign_in(console, name, name).status_code == 302
        console.post("/logout/")


def test_so_many_take_turns_and_the_cookie_stays_small(here):
    people = [make.person(f"person-{n}") for n in range(device_cookie.PEOPLE + 2)]
    console = here()
    for person in people:
        known(console, person.username)
    assert len(console.cookies[COOKIE].value) < 1000
    guess_until_the_address_waits(here())
    codes = [sign_in(copy(console, **here().defaults), p.username, p.username).status_code for p in people]
    assert codes == [429] * 2 + [302] * device_cookie.PEOPLE


def test_the_cookie_is_for_the_server_alone(here, officer, settings):
    cookie = officer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie["max-age"] == 365 * 24 * 3600
    assert not cookie["secure"]
    settings.SESSION_COOKIE_SECURE = True
    sign_in(officer, "olga", "olga")
    assert officer.cookies[COOKIE]["secure"]


def test_a_failure_gives_no_cookie(here, operator):
    client = here()
    fail(client, "olga", times=2)
    client.get("/accounts/login/")
    assert COOKIE not in client.cookies


# --- its own failures -----------------------------------------------------------------------------------------------


def test_a_known_browser_is_locked_out_by_its_own_failures_and_told_for_how_long(here, officer):
    assert fail(officer, "olga") == [200, 200, 200, 200, 429]
    response = sign_in(officer, "olga", "olga")
    assert (response.status_code, Page(response).form_errors) == (429, NAME)
    later(minutes=15.1)
    assert sign_in(officer, "olga", "olga").status_code == 302


def test_its_failures_count_for_nobody_else(here, officer, operator, viewer):
    other = known(here(), "olga")
    fail(officer, "olga", times=12)
    assert sign_in(other, "olga", "olga").status_code == 302
    assert sign_in(here(), "olga", "olga").status_code == 302
    assert sign_in(here(), "vera", "vera").status_code == 302


def test_signing_in_forgets_its_failures(officer):
    assert fail(officer, "olga", times=4) == [200] * 4
    assert sign_in(officer, "olga", "olga").status_code == 302
    assert not AccessAttempt.objects.exists()


def test_what_it_fails_in_is_on_record_under_the_plain_name(officer):
    fail(officer, "olga", times=7)
    said = list(AuditEntry.objects.filter(action__in=["sign_in_failed", "locked_out"]).order_by("pk"))
    assert [(entry.action, entry.name) for entry in said] == [("sign_in_failed", "olga")] * 5 + [("locked_out", "olga")]
    assert said[-1].details == {"locked": "browser"}


# --- who has no right to it -----------------------------------------------------------------------------------------


def test_a_stolen_cookie_gives_five_guesses_at_whatever_address(officer):
    codes = [
        fail(copy(officer, REMOTE_ADDR=f"2001:db8:{n:x}::1", HTTP_USER_AGENT=f"Browser {n}"), "olga", times=1)[0]
        for n in range(8)
    ]
    assert codes == [200, 200, 200, 200, 429, 429, 429, 429]


def test_a_stolen_cookie_locks_its_owner_no_more_once_she_has_signed_in(officer):
    thief = copy(officer)
    assert sign_in(officer, "olga", "olga").status_code == 302
    officer.post("/logout/")
    fail(thief, "olga")
    assert sign_in(officer, "olga", "olga").status_code == 302


def test_it_is_good_for_no_other_name(here, officer, viewer):
    guess_until_the_address_waits(here())
    for name in ("vera", "nobody", "OLGA", ""):
        assert sign_in(officer, name, "vera").status_code != 302
    assert fail(officer, "vera", times=2) == [429, 429]


@pytest.mark.parametrize("forge", ["changed", "other salt", "unsigned", "nonsense", "empty"])
def test_a_forged_cookie_is_no_cookie(forge, here, officer, operator):
    guess_until_the_address_waits(here())
    value = officer.cookies[COOKIE].value
    entry = [[operator.pk, "x", device_cookie.sign_of(operator), int(time.time())]]
    officer.cookies[COOKIE] = {
        "changed": value[:-1] + ("A" if value[-1] != "A" else "B"),
        "other salt": signing.dumps(entry),
        "unsigned": value.partition(":")[0],
        "nonsense": "\xff:x:\x01",
        "empty": "",
    }[forge]
    assert sign_in(officer, "olga", "olga").status_code == 429


def test_after_a_changed_password_only_the_browser_that_changed_it_is_known(here, officer, operator):
    changing = here()
    sign_in(changing, "olga", "olga")
    changed = {"old_password": "olga", "new_password1": NEW, "new_password2": NEW}
    assert changing.post("/accounts/password_change/", changed).status_code == 302
    changing.post("/logout/")
    guess_until_the_address_waits(here())
    assert sign_in(officer, "olga", NEW).status_code == 429
    assert sign_in(changing, "olga", NEW).status_code == 302


def test_after_a_year_it_is_forgotten_also_if_others_sign_in_there(here, operator, viewer, monkeypatch):
    console = known(here(), "olga")
    now = time.time()
    with monkeypatch.context() as half_a_year_on:
        half_a_year_on.setattr(time, "time", lambda: now + 200 * 24 * 3600)
        known(console, "vera")
    monkeypatch.setattr(time, "time", lambda: now + 366 * 24 * 3600)
    guess_until_the_address_waits(here())
    assert sign_in(console, "olga", "olga").status_code == 429
    assert sign_in(console, "vera", "vera").status_code == 302


def test_a_name_that_looks_like_what_axes_keeps_of_a_known_browser_is_only_a_name(here, officer):
    for n in range(6):
        sign_in(here(), f"olga (known browser {n:016x})", "x")
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(seconds=1))
    assert sign_in(officer, "olga", "olga").status_code == 302
