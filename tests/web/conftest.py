"""Fixtures of the tests of pages: senders that nobody has counted yet, queries counted, a database that commits."""

import ipaddress
import random
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tracker.accounts import mail_later, roles


@pytest.fixture
def fresh_address() -> str:
    """An IPv4 address from which nobody has reported."""
    return str(ipaddress.IPv4Address((10 << 24) + random.randrange(1 << 24)))


@pytest.fixture
def reporter(db, fresh_address) -> Client:
    """Somebody in the street, without an account."""
    return Client(REMOTE_ADDR=fresh_address)


@pytest.fixture
def queries():
    """``queries(client, address)``: how many queries the page takes; it must be answered with 200."""

    def count(client: Client, address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    return count


@pytest.fixture
def committing(transactional_db):
    """A database in which transactions commit, for threads; with the roles that emptying it took away."""
    roles.create_roles()


@pytest.fixture
def mails(committing) -> Callable[[], list[EmailMessage]]:
    """``mails()``: what was sent so far. It is sent by threads, which see what has committed."""

    def sent() -> list[EmailMessage]:
        assert mail_later.mails.are_sent_within(30)
        return mail.outbox

    return sent


@pytest.fixture
def alert(db):
    """An unacknowledged alert, with its incident and its area."""
    make.area("Harbour")
    return make.alerts_of(make.incident("Oil spill"))[0]
