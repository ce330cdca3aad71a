"""Somebody floods a server process, or sends it nonsense: it is closed, and nobody else notices."""

import contextlib
import json

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

BAD_MESSAGE = 4010
CUT_OFF = {BAD_MESSAGE, 1009, 1006}  # by the server itself, before Tracker sees what is too long


def flood(socket) -> None:
    for n in range(3000):
        socket.send(json.dumps({"type": "ping", "t": n}))


def shout(socket) -> None:
    socket.send(json.dumps({"type": "ping", "t": "x" * 2_000_000}))


def talk_nonsense(socket) -> None:
    socket.send("[" * 4000)


def send_bytes(socket) -> None:
    socket.send(b"\0" * 4000)


def boast(socket) -> None:
    """A number that was never sent must not make the server believe that all was read; then a word that is none."""
    socket.send(json.dumps({"type": "ack", "seq": 10**30}))
    socket.send(json.dumps({"type": "ack", "seq": "all"}))


ATTACKS = {
    flood: {BAD_MESSAGE},
    shout: CUT_OFF,
    talk_nonsense: {BAD_MESSAGE},
    send_bytes: {BAD_MESSAGE},
    boast: {BAD_MESSAGE},
}


def test_they_are_closed_and_the_others_notice_nothing(scenario, site, rounds):
    """On every server process. Others of the same account, with the same cookie, are among those who stay."""
    clients = scenario.watch(2)
    scenario.write(1)
    for n in rounds(len(ATTACKS), 100):
        web, attack = site.webs[n % len(site.webs)], list(ATTACKS)[n % len(ATTACKS)]
        with connect(
            web.ws_url,
            origin=site.url,
            additional_headers={"Cookie": f"sessionid={scenario.vera.cookie}"},
            max_size=None,
            compression=None,
            proxy=None,
        ) as socket:
            with contextlib.suppress(ConnectionClosed):
                attack(socket)
            with pytest.raises(ConnectionClosed):
                while True:
                    socket.recv(timeout=15)
            assert socket.close_code in ATTACKS[attack], attack.__name__
    scenario.stop_writing()
    scenario.must_be_clean()
    assert [client.close_codes for client in clients] == [[]] * len(clients), "the others stay"
