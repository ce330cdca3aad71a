"""The WebSocket ``/notifications/`` of a real daphne: who comes in, what arrives and when, what is answered."""

import json
import time
import uuid

import pytest
import requests
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests import make
from tests.make import AWAY, HOME
from tracker.alerts import lifecycle
from tracker.events import log, numbering
from tracker.models import LogState, Notification

AT_ONCE_S = 1.0  # what the fast path brings, or without Redis the next look into the log
BUSY_S = 1.0  # granted on top to a machine that runs other things


@pytest.fixture
def otto(live_site):
    """Signed in, and may not watch."""
    return live_site.make_user("otto", "none")


def refused(site, user=None, **how) -> int:
    """The status with which the handshake is refused."""
    with pytest.raises(InvalidStatus) as caught:
        site.socket(user, **how)
    return caught.value.response.status_code


class TestWhoComesIn:
    def test_a_stranger_does_not(self, live_site):
        assert refused(live_site) == 403

    @pytest.mark.parametrize("cookie", ["0" * 32, "", "../../etc/passwd", "x" * 3000])
    def test_a_made_up_session_does_not(self, live_site, cookie):
        assert refused(live_site, cookie=cookie) == 403

    def test_who_has_no_permission_does_not(self, live_site, otto):
        assert refused(live_site, otto) == 403

    def test_who_was_disabled_does_not(self, live_site, vera):
        cookie = live_site.session_key(vera)
        vera.is_active = False
        vera.save()
        assert refused(live_site, cookie=cookie) == 403

    def test_who_has_changed_the_password_since_does_not(self, live_site, vera):
        cookie = live_site.session_key(vera)
        vera.set_password("another long passphrase")
        vera.save()
        assert refused(live_site, cookie=cookie) == 403

    def test_who_signs_in_by_the_page_does_and_after_signing_out_does_not(self, live_site, vera):
        session = live_site.sign_in("vera")
        cookie = session.cookies["sessionid"]
        assert live_site.socket(cookie=cookie).next()["type"] == "hello"
        token = session.cookies["csrftoken"]
        answer = session.post(f"{live_site.url}/logout/", headers={"X-CSRFToken": token}, allow_redirects=False)
        assert answer.status_code == 302
        assert refused(live_site, cookie=cookie) == 403

    def test_one_who_was_given_only_the_permission_to_see_incidents_does(self, live_site):
        user = live_site.make_user("irma", "none", "view_incident")
        assert live_site.socket(user).next()["type"] == "hello"

    def test_an_administrator_does(self, live_site):
        assert live_site.socket(live_site.make_user("ada", "admin")).next()["type"] == "hello"

    def test_the_path_is_exact(self, live_site, vera):
        live_site.ws_url, right = f"ws://{live_site.host}/notifications/more/", live_site.ws_url
        try:
            with pytest.raises((InvalidStatus, ConnectionClosed, OSError, EOFError)):
                live_site.socket(vera)
        finally:
            live_site.ws_url = right


class TestOrigin:
    """An exact allow-list (ASVS 4.4.2): a page of another site must not open a socket with our cookie."""

    @pytest.mark.parametrize(
        "origin",
        [
            None,
            "null",
            "",
            "https://127.0.0.1:{port}",
            "ws://127.0.0.1:{port}",
            "file://",
            "http://127.0.0.1",
            "http://127.0.0.1:1",
            "http://127.0.0.1:{port}0",
            "http://127.0.0.1:{port}.evil.example",
            "http://127.0.0.1.evil.example:{port}",
            "http://evil.example:{port}",
            "http://evil.example/http://127.0.0.1:{port}",
            "http://127.0.0.1:{port}@evil.example",
            "http://evil-localhost:{port}",
            "http://sub.localhost:{port}",
            "http://[::1]:{port}",
            "http://testserver",
            "*",
        ],
    )
    def test_others_are_refused(self, live_site, vera, origin):
        given = origin and origin.format(port=live_site.port)
        assert refused(live_site, vera, origin=given) in {400, 403}  # 400: autobahn cannot read it

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
    def test_ours_are_accepted(self, live_site, vera, host):
        assert live_site.socket(vera, origin=f"http://{host}:{live_site.port}").next()["type"] == "hello"


class TestHello:
    def test_comes_first_with_all_that_a_client_needs(self, live_site, vera):
        make.incident()
        position = live_site.log_position()
        state = LogState.current()
        listener = live_site.socket(vera, since=position, log=state.log_id)
        hello = listener.next()
        assert hello["type"] == "hello"
        assert hello["log"] == state.log_id
        assert hello["seq"] >= position
        assert hello["floor"] == 1
        assert hello["process"].startswith(f"{live_site.process.pid}-")
        assert listener.ping() == [], "nothing else is sent to who is up to date"

    def test_without_a_number_only_what_is_new_is_sent(self, live_site, vera):
        make.incident("old")
        position = live_site.log_position()
        listener = live_site.on_watch(vera)
        make.incident("new")
        got = listener.up_to(position + 1)
        assert got[-1]["feature"]["properties"]["name"] == "new"


class TestWhatArrives:
    def arrives(self, listener, *types: str) -> dict:
        started = time.monotonic()
        message = listener.next_of(*types, timeout_s=AT_ONCE_S + BUSY_S)
        assert time.monotonic() - started < AT_ONCE_S + BUSY_S
        return message

    def test_every_step_of_an_incident(self, live_site, watch, olga):
        town = make.area("Town")
        assert self.arrives(watch, "post_save")["feature"]["id"] == town.feature_id
        park = make.area("Park", make.around(AWAY))
        assert self.arrives(watch, "post_save")["feature"]["id"] == park.feature_id

        incident = make.incident("Fire")
        message = self.arrives(watch, "post_save")
        assert (message["created"], message["feature"]["properties"]["name"]) == (True, "Fire")
        message = self.arrives(watch, "alert")
        assert (message["cause"], message["feature"]["id"]) == ("created", incident.feature_id)
        assert [area["name"] for area in message["areas_of_interest"]] == ["Town"]

        lifecycle.acknowledge([message["areas_of_interest"][0]["alert"]], olga)
        entry = self.arrives(watch, "alert_state")["alerts"][0]
        assert (entry["state"], entry["by"]) == ("acknowledged", "olga")

        incident.severity = "UR"
        incident.save()
        assert self.arrives(watch, "post_save")["created"] is False
        assert self.arrives(watch, "alert")["cause"] == "worsened"

        incident.location = make.point(*AWAY)
        incident.save()
        assert self.arrives(watch, "post_save")["feature"]["geometry"]["coordinates"] == list(AWAY)
        assert self.arrives(watch, "alert")["cause"] == "moved"
        assert self.arrives(watch, "alert_state")["alerts"][0]["reason"] == "left_area"

        incident.closed = True
        incident.save()
        assert self.arrives(watch, "post_save")["feature"]["properties"]["closed"] is True
        assert self.arrives(watch, "alert_state")["alerts"][0]["reason"] == "incident_closed"

        incident.delete()
        assert (
            self.arrives(watch, "post_delete")["feature"]["id"] == f"Incident:{message['feature']['properties']['pk']}"
        )
        park.delete()
        assert self.arrives(watch, "post_delete")["feature"]["properties"]["name"] == "Park"
        seqs = [m["seq"] for m in watch.received if m["type"] not in {"hello", "pong", "heartbeat", "presence"}]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), "each once, in order"

    def test_what_a_page_writes(self, live_site, watch, olga):
        """Written by the server process itself, over HTTP."""
        session = live_site.browse(olga)
        form = {
            "name": "By the form",
            "description": "",
            "severity": "HI",
            "location": json.dumps({"type": "Point", "coordinates": list(HOME)}),
            "submission": str(uuid.uuid4()),
        }
        answer = session.post(f"{live_site.url}/tracker/incident/create/", form, allow_redirects=False)
        assert answer.status_code == 302, answer.text[:3000]
        assert self.arrives(watch, "post_save")["feature"]["properties"]["name"] == "By the form"

    def test_what_another_process_writes(self, live_site, watch):
        code = "from tests import make; make.incident('By a command')"
        live_site.manage("shell", "--no-imports", "-c", code)
        assert self.arrives(watch, "post_save")["feature"]["properties"]["name"] == "By a command"

    def test_every_socket_receives_it(self, live_site, vera, olga):
        sockets = [live_site.on_watch(user) for user in (vera, vera, olga)]
        make.incident("Fire")
        seqs = {self.arrives(socket, "post_save")["seq"] for socket in sockets}
        assert len(seqs) == 1

    def test_a_socket_that_goes_does_not_disturb_the_others(self, live_site, watch, vera):
        live_site.on_watch(vera).ws.close()
        live_site.on_watch(vera).ws.socket.close()  # without a word
        make.incident("Fire")
        assert self.arrives(watch, "post_save")["feature"]["properties"]["name"] == "Fire"

    def test_many_at_once_come_complete_and_in_order(self, live_site, watch):
        before = live_site.log_position()
        for n in range(120):
            make.incident(f"Fire {n}", AWAY)
        got = watch.up_to(before + 120)
        assert [m["seq"] for m in got] == list(range(before + 1, before + 121))
        assert [m["feature"]["properties"]["name"] for m in got] == [f"Fire {n}" for n in range(120)]

    def test_what_nobody_sent_is_found_in_the_log(self, live_site, watch, monkeypatch):
        """The writer dies between its commit and its numbering: the server finishes its work."""
        monkeypatch.setattr(numbering, "number_pending", list)
        make.incident("Orphan")
        assert Notification.objects.filter(seq=None).count() == 1
        message = watch.next_of("post_save", timeout_s=3)
        assert message["feature"]["properties"]["name"] == "Orphan"

    def test_what_is_rolled_back_never_arrives(self, live_site, watch):
        from django.db import transaction

        class Undo(Exception):
            pass

        with pytest.raises(Undo), transaction.atomic():
            make.incident("Undone")
            raise Undo
        make.incident("Done")
        assert self.arrives(watch, "post_save")["feature"]["properties"]["name"] == "Done"


class TestAudience:
    """Who may see is decided when a message is sent, live and on replay."""

    def record(self, user, count: int) -> None:
        audience = user and f"user:{user.pk}"
        log.record("changed", {"model": "Incident", "count": count}, audience)

    def counts(self, got: list[dict]) -> list[int]:
        return [message["count"] for message in got]

    def test_live(self, live_site, vera, olga):
        hers, other = live_site.on_watch(vera), live_site.on_watch(olga)
        start = live_site.log_position()
        for count, user in enumerate([None, vera, None, vera, vera, None]):
            self.record(user, count)
        assert self.counts(hers.up_to(start + 6)) == [0, 1, 2, 3, 4, 5]
        assert self.counts(other.up_to(start + 6)) == [0, 2, 5]

    def test_on_replay(self, live_site, vera, olga):
        start = live_site.log_position()
        for count, user in enumerate([vera, None, olga, vera, None]):
            self.record(user, count)
        live_site.log_position()
        hers, other = (live_site.socket(user, since=start) for user in (vera, olga))
        assert self.counts(hers.up_to(start + 5)) == [0, 1, 3, 4]
        assert self.counts(other.up_to(start + 5)) == [1, 2, 4]

    def test_a_message_for_one_reaches_the_one_at_once(self, live_site, vera, olga):
        hers, other = live_site.on_watch(vera), live_site.on_watch(olga)
        self.record(vera, 7)
        assert hers.next_of("changed", timeout_s=AT_ONCE_S + BUSY_S)["count"] == 7
        assert other.ping() == []


@pytest.mark.needs_redis
class TestGroup:
    """The public contract: any process may send to the group, and reaches every authenticated socket."""

    def send(self, *texts: str) -> None:
        async_to_sync(get_channel_layer().group_send)("notifications", {"type": "notify", "messages": list(texts)})

    def test_a_message_of_the_moment_reaches_every_socket(self, live_site, vera, olga):
        sockets = [live_site.on_watch(user) for user in (vera, olga)]
        self.send(json.dumps({"type": "error", "message": "The mast is down."}))
        for socket in sockets:
            message = socket.next_of("error", timeout_s=AT_ONCE_S + BUSY_S)
            assert message == {"type": "error", "message": "The mast is down."}

    def test_it_does_not_disturb_the_numbers(self, live_site, watch):
        start = live_site.log_position()
        make.incident("first")
        self.send(json.dumps({"type": "error", "message": "between"}))
        make.incident("second")
        assert [m["seq"] for m in watch.up_to(start + 2)] == [start + 1, start + 2]

    def test_a_number_out_of_order_is_looked_up_in_the_log(self, live_site, watch):
        """A forged or early number is not passed on: the log says what comes next."""
        start = live_site.log_position()
        self.send(json.dumps({"type": "changed", "seq": start + 5, "model": "Incident", "count": 1}))
        self.send(json.dumps({"type": "changed", "seq": start - 1, "model": "Incident", "count": 1}))
        assert watch.ping() == []
        make.incident("Fire")
        assert [m["type"] for m in watch.up_to(start + 1)] == ["post_save"]

    @pytest.mark.parametrize("text", ["", "no json", "[]", "7", '{"type": "error", "seq": "x"}'])
    def test_a_text_that_is_no_message_costs_nothing(self, live_site, watch, text):
        self.send(text)
        make.incident("Fire")
        message = watch.next_of("post_save", timeout_s=AT_ONCE_S + BUSY_S)
        assert message["feature"]["properties"]["name"] == "Fire"
        self.send(json.dumps({"type": "error", "message": "still there"}))
        assert watch.next_of("error", timeout_s=AT_ONCE_S + BUSY_S)["message"] == "still there"


def test_the_site_is_up(live_site):
    assert requests.get(f"{live_site.url}/healthz", timeout=5).status_code == 200
