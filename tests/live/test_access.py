"""Who may watch is decided when something is sent: losing the right closes the sockets, in every process."""

import time
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests import make
from tests.listener import Listener
from tests.processes import wait_until
from tests.web.server import server
from tracker.accounts import access
from tracker.events.messages import BAD_MESSAGE, NO_PERMISSION, SIGNED_OUT, TOO_MANY_SOCKETS
from tracker.models import AccessState

WITHIN_S = 2.0
GRACE_S = 1.0  # for a busy machine


@pytest.fixture
def both(live_site, tmp_path):
    """Open a socket of a user on each of two processes of the site."""
    with server(live_site, tmp_path, ALLOWED_ORIGINS=live_site.url) as second_url:
        first_ws = live_site.ws_url

        def open_both(user=None, **how) -> list[Listener]:
            listeners = [live_site.on_watch(user, **how)]
            live_site.ws_url = second_url.replace("http", "ws", 1) + "/notifications/"
            try:
                listeners.append(live_site.on_watch(user, **how))
            finally:
                live_site.ws_url = first_ws
            return listeners

        yield open_both
        live_site.close_sockets()


def sign_out(live_site, user, session):
    token = session.cookies["csrftoken"]
    answer = session.post(f"{live_site.url}/logout/", headers={"X-CSRFToken": token}, allow_redirects=False)
    assert answer.status_code == 302


def test_signing_out_closes_that_sessions_sockets_in_all_processes_and_no_other(live_site, vera, both):
    session = live_site.sign_in("vera")
    signing_out = both(cookie=session.cookies["sessionid"])
    vera.refresh_from_db()  # signing in has hashed her password anew
    elsewhere = live_site.on_watch(vera)  # her other browser stays signed in
    began = time.monotonic()
    sign_out(live_site, vera, session)
    assert [listener.close_code() for listener in signing_out] == [SIGNED_OUT, SIGNED_OUT]
    assert time.monotonic() - began < WITHIN_S + GRACE_S
    assert elsewhere.ping() is not None


def disable(user):
    user.is_active = False
    user.save()


def change_password(user):
    user.set_password("another long passphrase")
    user.save()


def delete(user):
    user.delete()


def leave_the_group(user):
    user.groups.clear()


@pytest.mark.parametrize(
    ("lose", "code"),
    [
        (disable, SIGNED_OUT),
        (change_password, SIGNED_OUT),
        (delete, SIGNED_OUT),
        (leave_the_group, NO_PERMISSION),
    ],
)
def test_losing_the_right_closes_the_sockets_in_all_processes(live_site, vera, olga, both, lose, code):
    losing, keeping = both(vera), both(olga)
    began = time.monotonic()
    lose(vera)
    assert [listener.close_code() for listener in losing] == [code, code]
    assert time.monotonic() - began < WITHIN_S + GRACE_S
    incident = make.incident()
    for listener in keeping:
        assert listener.next_of("post_save")["feature"]["id"] == incident.feature_id


def test_a_permission_taken_from_a_group_closes_the_sockets_of_its_members(live_site, vera):
    group = Group.objects.get(name="Viewer")
    permission = group.permissions.get(codename="view_incident")
    listener = live_site.on_watch(vera)
    group.permissions.remove(permission)
    try:
        assert listener.close_code() == NO_PERMISSION
    finally:
        group.permissions.add(permission)


def test_what_happens_after_the_close_is_not_seen_live_nor_on_replay(live_site, vera):
    listener = live_site.on_watch(vera)
    position = live_site.log_position()
    cookie = live_site.session_key(vera)
    vera.groups.clear()
    assert listener.close_code() == NO_PERMISSION
    make.incident("Secret")
    with pytest.raises(InvalidStatus):
        live_site.socket(cookie=cookie, since=position)
    assert not [m for m in listener.received if m["type"] == "post_save"]


def test_a_sign_in_or_a_changed_name_closes_nothing(live_site, vera, olga):
    listener = live_site.on_watch(vera)
    vera.first_name = "Vera"
    vera.save()
    live_site.sign_in("olga")
    time.sleep(WITHIN_S)  # nothing to wait for: that it does not happen is the point
    assert listener.ping() is not None


@pytest.mark.django_db
class TestWhoIsAskedAbout:
    def subscriber(self, user) -> access.Subscriber:
        from tests.live_site import Site

        return access.Subscriber(user.pk, Site.session_key(None, user))  # type: ignore[arg-type]

    def test_nobody_lost_anything(self, viewer, operator, admin):
        subscribers = {self.subscriber(user) for user in (viewer, operator, admin)}
        assert access.signed_out_and_forbidden(subscribers) == (set(), set())

    def test_an_expired_session_is_signed_out(self, viewer):
        subscriber = self.subscriber(viewer)
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        assert access.signed_out_and_forbidden({subscriber}) == ({subscriber}, set())

    def test_somebody_elses_session_is(self, viewer, operator):
        subscriber = access.Subscriber(viewer.pk, self.subscriber(operator).session)
        assert access.signed_out_and_forbidden({subscriber}) == ({subscriber}, set())

    def test_it_takes_as_many_queries_for_many_as_for_one(self, viewer, operator, admin, django_assert_num_queries):
        subscribers = {self.subscriber(user) for user in (viewer, operator, admin) for _ in range(5)}
        with django_assert_num_queries(2):
            access.signed_out_and_forbidden(subscribers)

    def test_whose_a_session_is_and_what_that_person_may(self, viewer, outsider, admin):
        keys = {user: self.subscriber(user).session for user in (viewer, outsider, admin)}
        assert access.rights_of([*keys.values(), "made up", ""]) == {
            keys[viewer]: access.Rights(viewer.pk, True),
            keys[outsider]: access.Rights(outsider.pk, False),
            keys[admin]: access.Rights(admin.pk, True),
        }

    def test_a_session_of_somebody_who_is_gone_is_nobodys(self, viewer, operator):
        gone, disabled = self.subscriber(viewer).session, self.subscriber(operator).session
        viewer.delete()
        operator.is_active = False
        operator.save()
        assert access.rights_of([gone, disabled]) == {}

    def test_a_session_without_a_user_or_with_nonsense_is_nobodys(self, viewer):
        stores = [SessionStore(), SessionStore(), SessionStore()]
        for store, user in zip(stores, ({}, {SESSION_KEY: "nonsense"}, {SESSION_KEY: str(viewer.pk)}), strict=True):
            store.update(user)
            store.create()
        assert access.rights_of([str(store.session_key) for store in stores]) == {}, "the last knows no password"

    def test_a_change_that_is_rolled_back_is_none(self, viewer):
        access.note_change()
        before = access.version()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            viewer.groups.clear()
            assert access.version() > before
            raise ZeroDivisionError
        assert access.version() == before

    def test_the_first_change_makes_the_row(self, viewer):
        AccessState.objects.all().delete()
        access.note_change()
        assert access.version() == 1


def text_frame(text: str) -> bytes:
    """A frame as a client sends it, with a mask that changes nothing (RFC 6455, 5.2 and 5.3); at most 125 letters."""
    return bytes([0x81, 0x80 | len(text)]) + bytes(4) + text.encode()


class TestLimits:
    def test_too_many_sockets_of_one_person_are_closed_and_others_are_not(self, live_site, tmp_path, vera, olga):
        with server(live_site, tmp_path, ALLOWED_ORIGINS=live_site.url, SOCKETS_PER_USER="2") as url:
            live_site.ws_url, right = url.replace("http", "ws", 1) + "/notifications/", live_site.ws_url
            try:
                first, _second = live_site.on_watch(vera), live_site.on_watch(vera)
                assert live_site.socket(vera).close_code() == TOO_MANY_SOCKETS
                live_site.on_watch(olga)
                first.close()
                wait_until(lambda: self.comes_in(live_site, vera), "a place that was given back is not given out")
            finally:
                live_site.close_sockets()
                live_site.ws_url = right

    def comes_in(self, live_site, user) -> bool:
        try:
            return live_site.socket(user).next()["type"] == "hello"
        except ConnectionClosed:
            return False

    def test_a_flood_is_closed_and_the_others_notice_nothing(self, live_site, vera, olga):
        flood, other = live_site.on_watch(vera), live_site.on_watch(olga)
        # At once and not one by one: whoever still sends when the server cuts it off may never read why.
        flood.ws.socket.sendall(b"".join(text_frame(f'{{"type": "ping", "t": {n}}}') for n in range(2000)))
        assert flood.close_code() == BAD_MESSAGE
        answered = [message for message in flood.received if message["type"] == "pong"]
        assert len(answered) < 200
        incident = make.incident()
        assert other.next_of("post_save")["feature"]["id"] == incident.feature_id
