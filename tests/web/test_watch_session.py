"""A watch that is in use prolongs its sign-in, up to a bound, and is told when it ends."""

from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.web.page import Page
from tracker.accounts import session_length

ADDRESS = "/tracker/watch/session/"
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def short_sign_ins(settings):
    settings.SESSION_COOKIE_AGE, settings.SESSION_LONGEST = 3600, 3 * 3600


def stored(client: Client) -> Session:
    return Session.objects.get(session_key=client.session.session_key)


def age(client: Client, by: timedelta) -> None:
    """So long ago it was signed in."""
    session = client.session
    session[session_length.BEGAN] -= by.total_seconds()
    session.save()
    row = stored(client)
    Session.objects.filter(pk=row.pk).update(expire_date=row.expire_date - by)


def left(text: str, answer: dict) -> timedelta:
    return datetime.fromisoformat(answer[text]) - datetime.fromisoformat(answer["now"])


def near(one: timedelta, other: timedelta) -> bool:
    return abs(one - other) < MINUTE


def test_it_ends_an_hour_from_now_again_and_so_does_its_cookie(viewer_client):
    age(viewer_client, 40 * MINUTE)
    response = viewer_client.post(ADDRESS)
    answer = response.json()
    assert near(left("ends", answer), 60 * MINUTE)
    assert near(left("last", answer), 140 * MINUTE)
    assert near(stored(viewer_client).expire_date - timezone.now(), 60 * MINUTE)
    assert response.cookies["sessionid"]["max-age"] > 3500


def test_never_beyond_the_bound_however_often(viewer_client):
    age(viewer_client, 50 * MINUTE)
    for _ in range(2):
        viewer_client.post(ADDRESS)
        age(viewer_client, 45 * MINUTE)
    answer = viewer_client.post(ADDRESS).json()  # 140 minutes after it began; the bound is at 180
    assert answer["ends"] == answer["last"]
    assert near(left("ends", answer), 40 * MINUTE)
    age(viewer_client, 45 * MINUTE)
    assert viewer_client.post(ADDRESS).status_code == 401


def test_what_gains_little_writes_nothing(viewer_client, django_assert_num_queries):
    before = stored(viewer_client).expire_date
    response = viewer_client.post(ADDRESS)
    viewer_client.post(ADDRESS)
    assert abs(stored(viewer_client).expire_date - before) < MINUTE
    assert "sessionid" not in viewer_client.post(ADDRESS).cookies
    assert response.status_code == 200


def test_other_requests_do_not_move_the_end(viewer_client):
    age(viewer_client, 40 * MINUTE)
    viewer_client.post(ADDRESS)
    end = stored(viewer_client).expire_date
    session = viewer_client.session
    session["anything"] = 1
    session.save()
    assert abs(stored(viewer_client).expire_date - end) < timedelta(seconds=2)


def test_a_session_from_before_this_rule_is_prolonged_too(viewer_client):
    session = viewer_client.session
    del session[session_length.BEGAN]
    session.save()
    assert near(left("last", viewer_client.post(ADDRESS).json()), 180 * MINUTE)
    assert session_length.BEGAN in viewer_client.session


def test_signing_in_again_begins_anew(viewer, viewer_client):
    age(viewer_client, 170 * MINUTE - 50 * MINUTE)
    Session.objects.update(expire_date=timezone.now() + MINUTE)
    viewer_client.post(ADDRESS)
    page = Page(viewer_client.get("/accounts/login/?again&next=/"))
    assert "Sign in" in page.text, "who is signed in may"
    sent = {"username": "vera", "password": "vera", "next": "/"}
    assert viewer_client.post("/accounts/login/?again", sent).status_code == 302
    assert near(stored(viewer_client).expire_date - timezone.now(), 60 * MINUTE)
    assert near(left("last", viewer_client.post(ADDRESS).json()), 180 * MINUTE)


def test_who_is_signed_out_is_told_so(stranger_client):
    assert stranger_client.post(ADDRESS).status_code == 401
