"""Somebody loses the right to watch: nothing that happens afterwards reaches them, live or on replay."""

import time

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session


def take_the_permission(person) -> None:
    get_user_model().objects.get(pk=person.user).groups.clear()


def sign_out(person) -> None:
    Session.objects.get(session_key=person.cookie).delete()


@pytest.mark.parametrize(("lose", "why"), [(take_the_permission, "no-permission"), (sign_out, "signed-out")])
def test_lost_while_away(play, site, rounds, lose, why):
    play.watch(1)
    play.write(1)
    for n in rounds(3, 100):
        person = site.person(f"{why} {n}")
        client = play.crowd.join(person)[0]
        play.crowd.tell(client.go_away)
        position = client.position
        lose(person)
        time.sleep(0.05)  # for more to happen that they must not see
        play.crowd.tell(client.come_back)
        play.crowd.wait(lambda client=client: client.ended, "it is not told why it may not come in", 15)
        assert (client.ended, client.position) == (why, position)
    play.stop_writing()
    play.must_be_clean()


@pytest.mark.parametrize(("lose", "why"), [(take_the_permission, "no-permission"), (sign_out, "signed-out")])
def test_lost_while_watching(play, site, rounds, lose, why):
    """Every socket of theirs is closed, in all processes; what was sent until then is sound."""
    play.watch(1)
    play.write(1)
    for n in rounds(2, 60):
        person = site.person(f"{why} {n}")
        clients = play.crowd.join(person, 3)
        lose(person)
        play.crowd.wait(lambda clients=clients: all(c.ended for c in clients), "a socket stays open", 10)
        assert {client.ended for client in clients} == {why}
    play.stop_writing()
    play.must_be_clean()


def test_given_back(play, site, rounds):
    """Whoever gets the right again, and opens the map again, has everything."""
    play.write(1)
    viewers = Group.objects.get(name="Viewer")
    for n in rounds(2, 60):
        person = site.person(f"in and out {n}")
        before = play.crowd.join(person)[0]
        take_the_permission(person)
        play.crowd.wait(lambda before=before: before.ended, "the socket stays open", 10)
        get_user_model().objects.get(pk=person.user).groups.add(viewers)
        play.crowd.join(person)
    play.stop_writing()
    play.must_be_clean()
