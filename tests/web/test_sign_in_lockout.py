"""Who guesses passwords is locked out; who does not, and sits elsewhere, is not."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse

from tests import make
from tests.conftest import signed_in
from tests.web.odd_input import MARKUP, no_markup
from tests.web.page import Page
from tracker.models import AuditEntry

LOGIN, ADMIN_LOGIN = "/accounts/login/", "/admin/login/"
ATTEMPTS = "/admin/axes/accessattempt/"
NAME = "Signing in with this name has failed too often. Please try again in 15 minutes."
ADDRESS = "Signing in has failed too often from your connection. Please try again in 60 minutes."


def sign_in(client: Client, name: str, password: str, **more):
    return client.post(LOGIN, {"username": name, "password": password}, **more)


def fail(client: Client, name: str = "vera", times: int = 5, **more) -> list[int]:
    return [sign_in(client, name, f"guess {n}", **more).status_code for n in range(times)]


def later(minutes: float) -> None:
    """As it will be in so many minutes: every attempt is older by then."""
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=minutes))


@pytest.fixture
def elsewhere(fresh_address) -> Client:
    """At another address than ``reporter``'s."""
    return Client(REMOTE_ADDR=f"2001:db8:{hash(fresh_address) % 65536:x}::1")


@pytest.fixture
def guesser(reporter, viewer) -> Client:
    """Somebody at an address of their own; there is an account “vera” with that password."""
    return reporter


# --- a name ---------------------------------------------------------------------------------------------------------


def test_the_fifth_failure_locks_out_and_says_for_how_long(guesser):
    assert fail(guesser, times=4) == [200] * 4
    response = sign_in(guesser, "vera", "wrong", QUERY_STRING="next=/tracker/alert/")
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 900
    page = Page(response)
    assert page.form_errors == NAME
    assert "correct username" not in page.text
    assert (page.fields["username"], page.fields["password"]) == ("vera", "")
    assert page.fields["next"] == "/tracker/alert/"


def test_the_right_password_is_refused_meanwhile_and_trying_does_not_prolong_it(guesser):
    fail(guesser)
    later(minutes=10)
    for _time in range(3):
        response = sign_in(guesser, "vera", "vera")
        assert response.status_code == 429
        assert Page(response).form_errors == NAME.replace("15", "5")
        assert 290 <= int(response["Retry-After"]) <= 300
    later(minutes=5.1)
    assert sign_in(guesser, "vera", "vera").status_code == 302


def test_after_the_time_everything_is_counted_anew(guesser):
    fail(guesser)
    later(minutes=15.1)
    assert fail(guesser) == [200, 200, 200, 200, 429]


def test_a_stranger_does_not_lock_the_officer_out_elsewhere(guesser, elsewhere):
    assert fail(guesser)[-1] == 429
    assert sign_in(elsewhere, "vera", "vera").status_code == 302


def test_colleagues_at_the_same_address_sign_in(guesser, operator):
    assert fail(guesser)[-1] == 429
    assert sign_in(guesser, "olga", "olga").status_code == 302


def test_a_name_without_an_account_is_locked_out_alike(guesser):
    known, unknown = (sign_in(guesser, name, "x") for name in ("vera", "nobody") for _n in (fail(guesser, name),))
    assert known.status_code == unknown.status_code == 429
    assert Page(known).form_errors == Page(unknown).form_errors


def test_signing_in_forgets_the_failures(guesser):
    assert fail(guesser, times=4) == [200] * 4
    assert sign_in(guesser, "vera", "vera").status_code == 302
    guesser.cookies.clear()
    assert fail(guesser, times=4) == [200] * 4


def test_other_browsers_and_cookies_are_no_way_around(guesser, fresh_address):
    codes = [fail(Client(REMOTE_ADDR=fresh_address), times=1, HTTP_USER_AGENT=f"Browser {n}")[0] for n in range(6)]
    assert codes == [200, 200, 200, 200, 429, 429]
    later(minutes=14)
    said = sign_in(guesser, "vera", "vera")
    assert said.status_code == 429
    assert "in a minute" in Page(said).form_errors
    later(minutes=1.1)
    assert sign_in(guesser, "vera", "vera").status_code == 302


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP"])
def test_a_forged_header_is_no_way_around(header, guesser, settings):
    codes = [sign_in(guesser, "vera", "x", headers={header: f"198.51.100.{n}"}).status_code for n in range(6)]
    assert codes == [200, 200, 200, 200, 429, 429]


def test_behind_a_proxy_the_last_address_counts_which_is_the_proxys_word(viewer, settings):
    settings.BEHIND_PROXY = True
    proxy = Client(REMOTE_ADDR="127.0.0.1")
    codes = [
        sign_in(proxy, "vera", "x", headers={"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.7"}).status_code
        for n in range(6)
    ]
    assert codes == [200, 200, 200, 200, 429, 429]
    other = sign_in(proxy, "vera", "vera", headers={"X-Forwarded-For": "203.0.113.8"})
    assert other.status_code == 302
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"203.0.113.7"}


def test_a_household_with_ipv6_is_one_address(viewer, fresh_address):
    household = f"2001:db8:{hash(fresh_address) % 65536:x}:7"
    codes = [fail(Client(REMOTE_ADDR=f"{household}::{n}"), times=1)[0] for n in range(1, 7)]
    assert codes == [200, 200, 200, 200, 429, 429]


@pytest.mark.parametrize("address", ["", "unix:", "fe80::1%eth0", "1.2.3", "\0"])
def test_an_odd_address_is_locked_out_too(address, viewer):
    assert fail(Client(REMOTE_ADDR=address), times=6) == [200, 200, 200, 200, 429, 429]


@pytest.mark.django_db(transaction=True)
@pytest.mark.needs_postgis
def test_guesses_at_one_moment_are_all_counted(committing, fresh_address):
    make.person("vera")

    def guess(n: int) -> int:
        try:
            return sign_in(Client(REMOTE_ADDR=fresh_address), "vera", f"guess {n}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(guess, range(24)))
    assert set(codes) <= {200, 429}
    assert codes.count(200) < 5 + 8  # of those that were under way together
    assert sign_in(Client(REMOTE_ADDR=fresh_address), "vera", "vera").status_code == 429


# --- an address -----------------------------------------------------------------------------------------------------


@pytest.fixture
def _seven_an_hour(settings):
    settings.SIGN_IN_RATE = "7/hour"


@pytest.mark.usefixtures("_seven_an_hour")
def test_an_address_that_tries_many_names_has_to_wait(guesser, elsewhere, operator):
    codes = [fail(guesser, f"name-{n}", times=1)[0] for n in range(9)]
    assert codes == [200] * 7 + [429] * 2
    response = sign_in(guesser, "olga", "olga")
    assert response.status_code == 429
    assert 3500 < int(response["Retry-After"]) <= 3600
    page = Page(response)
    assert page.form_errors == ADDRESS
    assert page.fields["username"] == "olga"
    assert sign_in(elsewhere, "olga", "olga").status_code == 302


@pytest.mark.usefixtures("_seven_an_hour")
def test_only_failures_count_for_an_address(guesser, operator, fresh_address):
    for _time in range(10):
        assert sign_in(Client(REMOTE_ADDR=fresh_address), "olga", "olga").status_code == 302


@pytest.mark.usefixtures("_seven_an_hour")
def test_what_is_refused_unseen_does_not_count_for_the_address(guesser, operator):
    assert fail(guesser, times=20)[-1] == 429
    assert sign_in(guesser, "olga", "olga").status_code == 302


@pytest.mark.usefixtures("_seven_an_hour")
def test_who_is_signed_in_notices_nothing(guesser, operator, fresh_address):
    olga = Client(REMOTE_ADDR=fresh_address)
    olga.force_login(operator)
    for n in range(9):
        fail(guesser, f"name-{n}", times=1)
    assert olga.get("/tracker/incident/").status_code == 200


# --- the administration's door --------------------------------------------------------------------------------------


def test_the_administration_sends_to_the_same_door(admin, reporter):
    first = reporter.get("/admin/tracker/incident/", follow=True)
    assert [address for address, _code in first.redirect_chain][-1].startswith(LOGIN)
    assert Page(first).fields["next"] == "/admin/tracker/incident/"
    response = reporter.post(LOGIN, {"username": "admin", "password": "admin", "next": Page(first).fields["next"]})
    assert response.url == "/admin/tracker/incident/"


def test_its_own_address_signs_nobody_in(admin, reporter):
    for _n in range(8):
        response = reporter.post(ADMIN_LOGIN, {"username": "admin", "password": "admin", "next": "/admin/"})
        assert (response.status_code, response.url) == (302, f"{LOGIN}?next=/admin/")
    assert "sessionid" not in reporter.cookies
    assert fail(reporter, "admin")[-1] == 429
    assert sign_in(reporter, "admin", "admin").status_code == 429


def test_who_may_not_enter_the_administration_is_told_so(viewer_client, admin_client):
    response = viewer_client.get("/admin/", follow=True)
    assert response.status_code == 403
    assert "You may not see this page" in Page(response).text
    assert admin_client.get(ADMIN_LOGIN, follow=True).redirect_chain[-1][0] == "/admin/"
    for target in ("https://evil.example/", "//evil.example", "\0", "/admin/login/"):
        response = admin_client.get(ADMIN_LOGIN, {"next": target}, follow=True)
        assert (response.status_code, response.wsgi_request.get_host()) == (200, "testserver")


# --- lifting, and what is kept --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_seven_an_hour")
@pytest.mark.parametrize("how", ["action", "delete"])
def test_an_administrator_sees_and_lifts_a_lock_out(how, guesser, admin, admin_client, operator, fresh_address):
    fail(guesser)
    fail(guesser, "olga", times=2)  # the address has failed seven times now
    fail(Client(REMOTE_ADDR=fresh_address), "vera", 1, HTTP_USER_AGENT="other")
    assert sign_in(guesser, "olga", "olga").status_code == 429
    page = Page(admin_client.get(ATTEMPTS))
    assert "Locked Out" in page.text
    row = AccessAttempt.objects.filter(username="vera").first()
    if how == "action":
        said = admin_client.post(ATTEMPTS, {"action": "lift", "_selected_action": [row.pk]}, follow=True)
        assert Page(said).messages == ["1 name may sign in again from its address."]
    else:
        admin_client.post(reverse("admin:axes_accessattempt_delete", args=[row.pk]), {"post": "yes"})
    assert not AccessAttempt.objects.filter(username="vera").exists()
    assert sign_in(guesser, "vera", "vera").status_code == 302
    entry = AuditEntry.objects.get(action="lock_out_lifted")
    assert (entry.who, entry.name, entry.details) == ("admin", "vera", {"of": fresh_address})


def test_attempts_are_not_changed_in_the_administration_and_not_for_everybody(guesser, admin_client):
    fail(guesser)
    row = AccessAttempt.objects.get()
    address = reverse("admin:axes_accessattempt_change", args=[row.pk])
    assert admin_client.get(address).status_code == 200
    assert admin_client.post(address, {"username": "other"}).status_code == 403
    assert admin_client.get(f"{ATTEMPTS}add/").status_code == 403
    staff = signed_in(make.person("stella", "none", "view_incident", is_staff=True))
    assert staff.get(ATTEMPTS).status_code == 403
    staff.post(ATTEMPTS, {"action": "lift", "_selected_action": [row.pk]})
    assert AccessAttempt.objects.filter(pk=row.pk).exists()


def test_a_lock_out_is_lifted_by_a_command(guesser):
    fail(guesser)
    call_command("lift_lock_out", "vera")
    assert sign_in(guesser, "vera", "vera").status_code == 302


def test_no_password_is_kept_or_logged(guesser, caplog):
    with caplog.at_level(logging.DEBUG):
        for _n in range(6):
            sign_in(guesser, "vera", "hunter2-hunter2")
    assert "hunter2" not in caplog.text
    kept = [*AccessAttempt.objects.values(), *AuditEntry.objects.values()]
    assert kept
    assert "hunter2" not in str(kept)
    assert guesser.cookies["csrftoken"].value not in str(kept)


def test_markup_as_a_name_is_text(reporter, admin_client):
    responses = [sign_in(reporter, MARKUP, "x") for _n in range(5)]
    assert responses[-1].status_code == 429
    no_markup(Page(responses[-1]))
    assert Page(responses[-1]).fields["username"] == MARKUP
    no_markup(Page(admin_client.get(ATTEMPTS)))


def test_lock_outs_are_settings(guesser, settings):
    settings.AXES_FAILURE_LIMIT, settings.AXES_COOLOFF_TIME = 2, timedelta(minutes=3)
    assert fail(guesser, times=2) == [200, 429]
    assert "in 3 minutes" in Page(sign_in(guesser, "vera", "vera")).form_errors
