"""Somebody loses the right to watch: nothing that happens afterwards reaches them, live or on replay."""

import time

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.faults.clients import Client


def take_the_permission(person) -> None:
    get_user_model().objects.get(pk=person.user).groups.clear()


def sign_out(person) -> None:
    Session.objects.get(session_key=person.cookie).delete()


LOSSES = [(take_the_permission, "no-permission"), (sign_out, "signed-out")]


def test_lost_while_away(scenario, site, rounds):
    scenario.watch(1)
    scenario.write(1)
    for n in rounds(4, 100):
        lose, why = LOSSES[n % 2]
        person = site.person(f"away {n}")
        client = scenario.crowd.join(person)[0]
        scenario.crowd.tell(client.go_away)
        position = client.position
        lose(person)
        scenario.let_go.add(person)
        time.sleep(0.05)  # for more to happen that they must not see
        scenario.crowd.tell(client.come_back)
        scenario.crowd.wait(lambda client=client: client.ended, "it is not told why it may not come in", 15)
        assert (client.ended, client.position) == (why, position)
    scenario.stop_writing()
    scenario.must_be_clean()
    scenario.let_go.clear()
    with pytest.raises(AssertionError, match="was sent away"):  # had nobody lost anything, it would be found
        scenario.must_be_clean()


def test_lost_while_watching(scenario, site, rounds):
    """Every socket of theirs is closed, in all processes; what was sent until then is sound."""
    scenario.watch(1)
    scenario.write(1)
    for n in rounds(2, 100):
        lose, why = LOSSES[n % 2]
        person = site.person(f"there {n}")
        clients = scenario.crowd.join(person, 3)
        lose(person)
        scenario.let_go.add(person)
        scenario.crowd.wait(lambda clients=clients: all(c.ended for c in clients), "a socket stays open", 10)
        assert {client.ended for client in clients} == {why}
    scenario.stop_writing()
    scenario.must_be_clean()


def test_a_session_that_only_expires(scenario, site, fresh_web):
    """Nobody is told of that; it is noticed within a minute."""
    scenario.write(1)
    person = site.person("expiring")
    kept, clients = (scenario.crowd.join(who, 3, hosts=lambda: [fresh_web.host]) for who in (scenario.olga, person))
    scenario.let_go.add(person)
    Session.objects.filter(session_key=person.cookie).update(expire_date=timezone.now())
    scenario.crowd.wait(lambda: all(client.ended for client in clients), "a socket stays open", 60)
    assert {client.ended for client in clients} == {"signed-out"}
    scenario.stop_writing()
    scenario.must_be_clean()
    assert not [client.close_codes for client in kept if client.close_codes]


def test_given_back(scenario, site, rounds):
    """Whoever gets the right again, and opens the map again, has everything."""
    scenario.write(1)
    returned: list[Client] = []
    viewers = Group.objects.get(name="Viewer")
    for n in rounds(1, 100):
        person = site.person(f"in and out {n}")
        before = scenario.crowd.join(person)[0]
        take_the_permission(person)
        scenario.let_go.add(person)
        scenario.crowd.wait(lambda before=before: before.ended, "the socket stays open", 10)
        get_user_model().objects.get(pk=person.user).groups.add(viewers)
        returned += scenario.crowd.join(person)
    scenario.stop_writing()
    scenario.must_be_clean()
    assert not [client.ended for client in returned if client.ended]
