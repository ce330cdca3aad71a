"""Who changes a password shows the old one; at a session that was left open nobody guesses it."""

from collections import Counter
from functools import partial

import pytest
from django.contrib.auth import hashers
from django.test import Client
from django.urls import reverse

from tests import make
from tests.conftest import signed_in
from tests.web.page import Page
from tests.web.same_moment import at_the_same_moment

NEW = "another long passphrase"
WAIT = "The old password was wrong too often. Please try again in 15 minutes."


def change(client: Client, old: str, new: str = NEW, again: str = ""):
    form = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post(reverse("password_change"), form)


def guess(client: Client, times: int) -> list[int]:
    return [change(client, f"guess {n}").status_code for n in range(times)]


def test_who_guesses_has_to_wait_and_is_told_for_how_long(viewer, viewer_client):
    assert guess(viewer_client, 7) == [200] * 5 + [429] * 2
    refused = change(viewer_client, "vera")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 900
    assert Page(refused).errors_at("old_password") == WAIT
    viewer.refresh_from_db()
    assert viewer.check_password("vera")


def test_in_another_browser_it_can_be_changed_meanwhile(viewer, viewer_client):
    guess(viewer_client, 6)
    assert change(signed_in(viewer), "vera").status_code == 302


def test_the_right_one_forgets_the_failures_also_if_the_new_one_is_refused(viewer_client):
    for _time in range(3):
        assert guess(viewer_client, 4) == [200] * 4
        assert change(viewer_client, "vera", again="different").status_code == 200
    assert change(viewer_client, "vera").status_code == 302


def test_who_sees_the_page_is_not_counted(viewer_client):
    for _time in range(9):
        assert viewer_client.get(reverse("password_change")).status_code == 200
    assert change(viewer_client, "vera").status_code == 302


def test_guesses_at_one_moment_are_all_counted(committing, monkeypatch):
    looked_at = []
    check = hashers.verify_password

    def look_at(*args, **how):
        looked_at.append(args)
        return check(*args, **how)

    monkeypatch.setattr(hashers, "verify_password", look_at)
    key = signed_in(make.person("vera")).cookies["sessionid"].value
    browsers = [Client(headers={"cookie": f"sessionid={key}"}) for _n in range(12)]
    answers = at_the_same_moment(*[partial(change, browser, f"guess {n}") for n, browser in enumerate(browsers)])
    assert Counter(answer.status_code for answer in answers) == {200: 5, 429: 7}
    assert len(looked_at) == 5


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_administration_has_no_door_of_its_own(method, admin_client):
    answer = getattr(admin_client, method)("/admin/password_change/", {"old_password": "x"})
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("password_change"))
