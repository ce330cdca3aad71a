"""The live channel under another ASGI server, uvicorn: nothing in it depends on daphne.

uvicorn differs where it matters most: it makes whoever sends wait while a client does not read.
"""

import json
import socket

import pytest
from websockets.exceptions import InvalidStatus

from tests import make
from tests.processes import SOON_S, wait_until
from tests.web.server import UVICORN, server
from tracker.events import log
from tracker.events.messages import BAD_MESSAGE, SIGNED_OUT


@pytest.fixture
def site(live_site, tmp_path):
    """The live site, whose sockets are opened on uvicorn."""
    ws_url = live_site.ws_url
    with server(live_site, tmp_path, UVICORN, ALLOWED_ORIGINS=live_site.url) as url:
        live_site.ws_url = url.replace("http", "ws", 1) + "/notifications/"
        try:
            yield live_site
        finally:
            live_site.close_sockets()
            live_site.ws_url = ws_url


def test_an_incident_arrives_and_is_replayed(site, vera):
    start = site.log_position()
    listener = site.on_watch(vera)
    incident = make.incident()
    assert listener.next_of("post_save")["feature"]["id"] == incident.feature_id
    assert site.socket(vera, since=start).next_of("post_save")["feature"]["id"] == incident.feature_id


def test_a_stranger_is_refused(site):
    with pytest.raises(InvalidStatus) as refused:
        site.socket()
    assert refused.value.response.status_code == 403


def test_signing_out_closes(site, vera):
    listener = site.on_watch(vera)
    vera.is_active = False
    vera.save()
    assert listener.close_code() == SIGNED_OUT


def test_nonsense_closes(site, vera):
    listener = site.on_watch(vera)
    listener.say("nonsense")
    assert listener.close_code() == BAD_MESSAGE


def test_one_who_does_not_read_holds_up_nobody(site, vera, olga):
    """The buffers of that socket fill, and uvicorn's send waits: for this one only."""
    deaf = site.on_watch(vera)
    deaf.ws.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    well = site.on_watch(olga)
    for _ in range(3):
        log.record_all([("changed", {"model": "Incident", "count": 1, "pad": "x" * 1000})] * 3000)
        end = site.log_position()
        read_up_to(well, end)
        well.say({"type": "ack", "seq": end})


def read_up_to(listener, seq: int) -> None:
    numbers: list[int] = []
    while seq not in numbers:
        frame = listener.ws.recv(timeout=SOON_S)
        numbers = [json.loads(line).get("seq", 0) for line in frame.split("\n")]


def test_many_sockets_come_and_go(site, vera):
    for _ in range(3):
        listeners = [site.on_watch(vera) for _ in range(5)]
        make.incident()
        for listener in listeners:
            listener.next_of("post_save")
            listener.close()
    wait_until(lambda: site.on_watch(vera).ping() == [], "the server does not answer")
