"""Connections to PostgreSQL are kept for whoever connects next, if they were left in good order."""

import os
import threading

import pytest
from django.db import connection, connections, transaction
from django.db.utils import DatabaseError

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs_postgis]


@pytest.fixture(autouse=True)
def _nothing_kept():
    connection.close_pool()  # type: ignore[attr-defined]  # of the site's own database engine
    yield
    connection.close_pool()  # type: ignore[attr-defined]


def in_a_thread(work=lambda: None):
    """Do something on this thread's connection, close it, and return the number of PostgreSQL's process."""
    found = []

    def run():
        try:
            found.append(backend())
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    return found[0]


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def kept() -> int:
    from tracker_project.postgis.base import idle

    return len(idle.connections)


def test_the_next_thread_goes_on_with_the_connection():
    assert in_a_thread() == in_a_thread()
    assert kept() == 1


def test_two_at_once_have_one_each():
    mine = backend()
    assert in_a_thread() != mine


def test_it_begins_in_autocommit_and_in_the_time_zone_of_the_site():
    def leave_autocommit_off():
        connection.set_autocommit(False)
        connection.commit()

    def look():
        assert connection.get_autocommit()
        with connection.cursor() as cursor:
            cursor.execute("SHOW TimeZone")
            assert cursor.fetchone() == ("UTC",)

    assert in_a_thread(leave_autocommit_off) == in_a_thread(look)


def test_one_that_was_left_in_a_transaction_is_not_kept():
    def leave():
        transaction.set_autocommit(False)
        backend()

    before = in_a_thread(leave)
    assert kept() == 0
    assert in_a_thread() != before


def test_one_that_had_an_error_is_not_kept():
    def fail():
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT nothing")

    in_a_thread(fail)
    assert kept() == 0


def test_one_that_postgresql_has_ended_is_not_handed_on():
    backend()  # a connection of this thread, from which to end the other
    before = in_a_thread()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
        assert cursor.fetchone() == (True,)
    assert in_a_thread() != before


def test_no_more_are_kept_than_a_few():
    from tracker_project.postgis.base import KEPT

    everybody_is_there = threading.Barrier(KEPT + 3)
    threads = [threading.Thread(target=in_a_thread, args=(everybody_is_there.wait,)) for _ in range(KEPT + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert kept() == KEPT


def test_old_ones_are_closed(monkeypatch):
    from tracker_project.postgis import base

    before = in_a_thread()
    monkeypatch.setattr(base, "IDLE_S", -1)
    assert in_a_thread() != before
    assert kept() == 0


def test_a_forked_child_leaves_them_to_its_parent():
    before = in_a_thread()
    connection.close()
    child = os.fork()
    if not child:
        os._exit(0 if kept() == 0 and backend() != before else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert kept() > 0
    assert before in {in_a_thread(), in_a_thread()}
