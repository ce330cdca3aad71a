"""Every address, by every role, with GET and POST, as the table says (addresses.py); GET changes nothing."""

import asyncio
import ipaddress
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import override_settings
from django.urls import reverse

from tests import asgi
from tests.resolver import BESIDE, routes
from tests.web.addresses import ROLES, ROWS
from tests.web.one_of_each import OneOfEach
from tests.web.page import Page
from tracker import __version__
from tracker.models import AuditEntry

METHODS = ("GET", "POST")
OTHERS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
SIGN_IN = ("/accounts/login/", "/admin/login/")
REFUSED = {"in", "401", "403", "404", "405"}
MADE_BY_GET: dict[str, Any] = {"/tracker/job/<int:pk>/result/": AuditEntry}  # that a file was downloaded
NO_TOKEN_NEEDED = {*BESIDE, "/notifications/"}  # there a POST reaches no view


@pytest.fixture(scope="module")
def _here(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[OneOfEach]:
    """Made once, as hundreds of tests ask it; whatever one of them changes is taken back."""
    static = tmp_path_factory.mktemp("static")
    (static / "one.css").write_text("a {}")
    sender = str(ipaddress.IPv4Address((10 << 24) + random.randrange(1 << 24)))
    with django_db_blocker.unblock(), override_settings(STATIC_ROOT=static), transaction.atomic():
        here = OneOfEach(sender)
        for role in ROLES:
            here.client(role)  # signs in, once for all tests
        yield here
        transaction.set_rollback(True)


@pytest.fixture
def here(_here, db) -> OneOfEach:
    return _here


def ask(client, method: str, path: str, form: dict[str, Any] | None = None):
    response = client.generic(method, path) if method in OTHERS else getattr(client, method.lower())(path, form)
    if response.streaming:  # read to its end it closes its file
        asyncio.run(read(response)) if response.is_async else b"".join(response)
    return response


async def read(response) -> None:
    async for _ in response:
        pass


def outcome(response) -> str:
    if response.status_code not in {301, 302}:
        return str(response.status_code)
    assert not response.url.startswith("//")
    assert response.url.startswith(("/", "http://testserver/")), response.url
    return "in" if response.url.split("?")[0] in SIGN_IN else "302"


def answered(here: OneOfEach, address: str, method: str, role: str) -> str:
    """What becomes of this request; whatever it changes is taken back."""
    path = here.path(address)
    if address in {"/healthz", "/metrics"}:
        return str(asgi.answer(path, method).status)
    with transaction.atomic():
        response = ask(here.client(role), method, path, here.form(address, role) if method == "POST" else None)
        transaction.set_rollback(True)
    if "401" in getattr(ROWS.get(address), method.lower(), ()) and response.status_code in {401, 403}:
        assert response.json()["error"]
    return outcome(response)


def line(method: str, outcomes: tuple[str, ...]) -> str:
    return " ".join(f"{word:7}" for word in (method, *outcomes)).rstrip()


def test_every_address_has_a_row_and_every_row_an_address(here):
    there = {route.address for route in routes()}
    for address in sorted(there - set(ROWS)):
        now = [line(method, tuple(answered(here, address, method, role) for role in ROLES)) for method in METHODS]
        pytest.fail(
            f"{address} has no row. Put it into the TABLE of tests/web/addresses.py, below who shall get what; if it "
            f"takes a form, put one into tests/web/one_of_each.py. Now ({', '.join(ROLES)}) they get:\n"
            + "\n".join([*now, f"    {address}"])
        )
    gone = sorted(set(ROWS) - there)
    assert not gone, f"There is no address {gone[0]} any more. Take its row out of tests/web/addresses.py."


@pytest.mark.parametrize("address", ROWS)
def test_everybody_gets_what_the_table_says(address, here):
    for method, expected in zip(METHODS, ROWS[address], strict=True):
        got = tuple(answered(here, address, method, role) for role in ROLES)
        assert line(method, got) == line(method, expected), f"({', '.join(ROLES)})"


class Stored:
    """Everything that is stored; read again only after something was written, if only to be taken back."""

    COUNTED = {
        "postgresql": "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables",
        "sqlite": "SELECT total_changes()",
    }

    def __init__(self) -> None:
        self.writes = -1
        self.rows: dict[str, list[tuple]] = {}

    def __call__(self) -> dict[str, list[tuple]]:
        with connection.cursor() as cursor:
            cursor.execute(self.COUNTED[connection.vendor])
            writes = cursor.fetchone()[0]
        if writes != self.writes:
            models = apps.get_models(include_auto_created=True)
            self.rows = {m._meta.label: list(m._base_manager.order_by("pk").values_list()) for m in models}
            self.writes = writes
        return self.rows


rows = Stored()


def same(before: dict[str, list[tuple]], what: str, allowed: Any = None) -> None:
    now = rows()
    changed = {label for label in now if now[label] != before[label]}
    if allowed is not None:
        assert changed == {allowed._meta.label}, f"{what} is to be kept on record, and changes nothing else"
        changed = set()
    assert not changed, f"{what} changes {', '.join(sorted(changed))}"


@pytest.mark.parametrize("address", [address for address in ROWS if address not in NO_TOKEN_NEEDED])
def test_only_a_post_with_a_token_by_who_may_changes_anything(address, here):
    path = here.path(address)
    clients = {role: here.client(role) for role in ROLES}
    strict = {role: here.client(role, enforce_csrf_checks=True) for role in ROLES}
    before = rows()
    for role in ROLES:
        ask(clients[role], "GET", path)
    same(before, f"GET {path}", MADE_BY_GET.get(address))
    before = rows()
    for method in OTHERS:
        assert ask(strict["admin"], method, path).status_code < 500
    same(before, f"{', '.join(OTHERS)} of {path} without a token")
    for role in ROLES:
        response = ask(strict[role], "POST", path, here.form(address, role))
        assert response.status_code == 403, f"POST {path} by {role} without a token: {response.status_code}"
    same(before, f"POST {path} without a token")
    for role, expected in zip(ROLES, ROWS[address].post, strict=True):
        if expected in REFUSED and "logout" not in address and address != "/admin/login/":
            ask(clients[role], "POST", path, here.form(address, role))
    same(before, f"POST {path} by who is refused")


def behind_a_sign_in(address: str) -> bool:
    """Whether what is shown here is for some only; pages for a new password, and words for scripts, show nothing."""
    if "/password_change/" in address or address == "/admin/jsi18n/":
        return False
    answers = ROWS[address]
    return bool({answers.get[0], answers.post[0]} & {"in", "401"}) and "200" in {answers.get[-1], answers.post[-1]}


@pytest.mark.parametrize("address", [*filter(behind_a_sign_in, ROWS)])
def test_what_people_with_permission_see_is_not_kept_by_caches(address, here):
    method = "GET" if ROWS[address].get[-1] == "200" else "POST"
    response = ask(here.client("admin"), method, here.path(address), here.form(address, "admin"))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def shows_a_page(address: str) -> bool:
    return address not in BESIDE and ROWS[address].get[-1] == "200"


@pytest.mark.parametrize("address", [*filter(shows_a_page, ROWS)])
def test_every_page_has_the_version_at_its_foot(address, here):
    response = ask(here.client("admin"), "GET", here.path(address))
    if not response["Content-Type"].startswith("text/html"):
        return  # a collection, words for scripts, a picture
    assert [footer.text.strip() for footer in Page(response).all("footer")] == [f"Tracker {__version__}"]


def test_the_sign_in_page_is_where_it_was():
    assert reverse("login") == SIGN_IN[0]
