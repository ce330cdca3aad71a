"""``manage.py lift_lock_out``: lets in whom failures keep out, says what was held, and keeps it on record."""

import pytest
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.test import Client

from tests.web.test_sign_in_lockout import fail, later, sign_in
from tracker.models import AuditEntry


@pytest.fixture
def lift(capsys):
    """``lift(text)``: what the command says."""

    def said(text: str) -> str:
        call_command("lift_lock_out", text)
        return capsys.readouterr().out

    return said


@pytest.fixture(autouse=True)
def _seven_an_hour(settings):
    settings.SIGN_IN_RATE = "7/hour"


@pytest.fixture
def here(db, fresh_address) -> Client:
    return Client(REMOTE_ADDR=fresh_address)


def lifted() -> list[tuple[str, dict]]:
    return list(AuditEntry.objects.filter(action="lock_out_lifted").order_by("pk").values_list("name", "details"))


def test_a_name(lift, here, viewer, fresh_address):
    fail(here)
    said = lift("vera")
    assert f"“vera” had failed 5 times from {fresh_address}; this is forgotten." in said
    assert f"{fresh_address} had failed 5 times, whatever the names; it counts anew." in said
    assert sign_in(here, "vera", "vera").status_code == 302
    assert lifted() == [
        ("vera", {"of": fresh_address, "command": "lift_lock_out"}),
        ("", {"of": fresh_address, "failures": 5, "command": "lift_lock_out"}),
    ]


def test_an_address_with_all_names_there(lift, here, viewer, operator, fresh_address):
    fail(here)
    fail(here, "olga", times=2)
    assert sign_in(here, "olga", "olga").status_code == 429
    said = lift(fresh_address)
    assert "“vera” had failed 5 times" in said
    assert "“olga” had failed 2 times" in said
    assert f"{fresh_address} had failed 7 times" in said
    for name in ("olga", "vera"):
        assert sign_in(Client(REMOTE_ADDR=fresh_address), name, name).status_code == 302


@pytest.mark.parametrize("by", ["name", "address"])
def test_what_the_address_counts_after_the_names_are_forgotten(by, lift, here, viewer, fresh_address):
    for n in range(7):
        fail(here, "vera" if n % 2 else f"name-{n}", times=1)
    later(minutes=16)
    AccessAttempt.objects.all().delete()
    assert sign_in(here, "vera", "vera").status_code == 429
    assert f"{fresh_address} had failed 7 times" in lift("vera" if by == "name" else fresh_address)
    assert sign_in(here, "vera", "vera").status_code == 302


def test_a_household_by_any_of_its_addresses(lift, viewer, fresh_address):
    household = f"2001:db8:{hash(fresh_address) % 65536:x}:9"
    fail(Client(REMOTE_ADDR=f"{household}::1"))
    assert f"{household}::" in lift(f"{household}::abcd")
    assert sign_in(Client(REMOTE_ADDR=f"{household}::2"), "vera", "vera").status_code == 302


def test_a_browser_that_knew_the_person(lift, here, viewer):
    sign_in(here, "vera", "vera")
    here.post("/logout/")
    fail(here)
    assert sign_in(here, "vera", "vera").status_code == 429
    assert "“vera” had failed 5 times" in (said := lift("vera"))
    assert "in a browser that knew the person" in said
    assert sign_in(here, "vera", "vera").status_code == 302
    assert [name for name, _details in lifted()] == ["vera"]


def test_others_are_left_alone(lift, here, viewer, operator, fresh_address):
    fail(here)
    for text in ("ver", "vera ", "%", "", "198.51.100.77", "olga"):
        assert "Nothing is held" in lift(text)
    assert sign_in(here, "vera", "vera").status_code == 429
    assert lifted() == []


def test_what_a_stranger_typed_commands_no_terminal(lift, here, fresh_address):
    fail(here, "x\x1b[2J\u202e", times=1)
    assert all(line.isprintable() for line in lift(fresh_address).splitlines())


@pytest.mark.needs_redis
def test_without_an_answer_of_redis_it_says_what_is_not_lifted(here, viewer, settings, unreachable):
    fail(here)
    with unreachable(), pytest.raises(CommandError, match="Redis does not answer"):
        call_command("lift_lock_out", "vera")
    assert not AccessAttempt.objects.exists()


@pytest.fixture
def unreachable(settings):
    """``with unreachable():`` nothing can be counted in Redis."""
    from contextlib import contextmanager

    from tracker.lib.request.rate_limit import limiters

    @contextmanager
    def away():
        url, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:9/0"
        limiters.cache_clear()
        try:
            yield
        finally:
            settings.REDIS_URL = url
            limiters.cache_clear()

    return away
